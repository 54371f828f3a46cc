// The examples in the README and in docs/, as they stand there, at the stand-in tenant.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import test from 'node:test';

import { useScene } from '../e2e/harness.mjs';
import { fences, onPath, shell } from './pages.mjs';
import { program, read } from './program.mjs';

const scene = useScene();
const api = 'https://api.example.com';

// The shell lines of a pipeline: "run: |" blocks, and the items of "script:".
function steps(yaml) {
  const blocks = [...yaml.matchAll(/^( *)run: \|\n((?:\1 +.*\n)+)/gm)].map(([, indent, block]) => block.replaceAll(`\n${indent}  `, '\n').trim());
  const script = yaml.split('script:\n')[1];
  return script ? [...script.matchAll(/^ *- (.*)$/gm)].map(([, line]) => line) : blocks;
}

// A machine of a pipeline: no keyring, no session, a tenant in the environment.
async function pipeline() {
  const machine = await scene.user({ bus: false });
  const { m2m } = scene.provider.apps;
  machine.script('deploy.sh', 'test ${#LOGTO_ACCESS_TOKEN} -gt 100');
  execFileSync('cp', [machine.path('bin/deploy.sh'), machine.path('home/deploy.sh')]);
  Object.assign(onPath(machine).env, {
    LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: m2m.id, LOGTO_APP_SECRET: m2m.secret, GITHUB_ENV: machine.path('github.env'),
  });
  return machine;
}

// "$ COMMAND" and what it prints, where an ellipsis stands for anything.
function transcript(file) {
  const [session] = fences(file, 'console');
  return session.split(/^\$ /m).slice(1).map((part) => part.split(/\n(.*)/s)).map(([command, output]) => ({ command, output }));
}

function asPattern(output) {
  const words = output.trim().replaceAll('https://TENANT.logto.app', scene.provider.endpoint).split('…');
  return new RegExp(`^${words.map((part) => part.trim().replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[^]*')}$`);
}

test('the session at the top of README.md is what the program prints', async () => {
  const user = onPath(await scene.signedIn(['--resource', api, '--scope', 'read:things']));
  await user.run(['logout']); // what the sign-in was for stays in the profile
  const session = transcript('README.md');
  assert.deepEqual(session.map(({ command }) => command.split(' ')[1]), ['login', 'whoami', 'token', 'api', 'token']);
  for (const { command, output } of session) {
    const { stdout, stderr, code, status } = command === 'logto login' ? await user.login([]) : shell(user, command);
    assert.equal(code ?? status, 0, `${command}\n${stderr}`);
    assert.match(`${stdout}${stderr}`.trim(), asPattern(output), command);
  }
});

test('every step of docs/ci.md runs', async () => {
  const machine = await pipeline();
  const all = fences('docs/ci.md', 'yaml').flatMap(steps);
  assert.equal(all.length, 5);
  for (const step of all) {
    const { status, stderr } = shell(machine, step);
    assert.equal(status, 0, `${step}\n${stderr}`);
  }
  assert.match(readFileSync(machine.path('github.env'), 'utf8'), /^API_TOKEN=ey/);
  const written = ['config', 'data', 'run', 'cache'].flatMap((folder) => machine.files(machine.path(folder)).map(({ path }) => path));
  for (const path of written) assert.match(path, /\/cache\/logto\/.*\.(discovery|jwks)\.json$/, 'only public documents are kept');
});

test('the recipes of docs/ci.md say who, how many and why', async () => {
  const machine = await pipeline();
  const [single, reasons, owners, offline] = fences('docs/ci.md', 'sh');
  const good = await scene.provider.mint({});
  const expired = await scene.provider.mint({ claims: { exp: 1 } });
  const write = (...tokens) => writeFileSync(machine.path('home/tokens.txt'), tokens.map(({ token }) => `${token}\n`).join(''));

  for (const [{ token }, words] of [[good, 'valid, for '], [expired, 'refused: expired']]) {
    writeFileSync(machine.path('home/token.txt'), token);
    assert.ok(shell(machine, single).stdout.startsWith(words));
  }
  assert.match(shell({ ...machine, env: { ...machine.env, LOGTO_ENDPOINT: 'http://localhost:1' } }, single).stdout, /^no verdict: ./);
  write(good, expired, expired);
  assert.equal(shell(machine, reasons).stdout.trim(), '2 expired');
  assert.deepEqual(shell(machine, owners).stdout.trim().split('\n').slice(1), ['exp', 'exp']);
  assert.equal(shell(machine, offline).status, 0);
  const verdicts = readFileSync(machine.path('home/verdicts.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line).valid);
  assert.deepEqual(verdicts, [true, false, false]);
});

test('the kubeconfig of docs/kubernetes.md gives an ExecCredential', async () => {
  const user = await scene.signedIn();
  const [yaml] = fences('docs/kubernetes.md', 'yaml');
  const args = yaml.match(/args: \[(.*)\]/)[1].split(', ');
  assert.equal(yaml.match(/command: (.*)/)[1], 'logto');
  const { code, stdout } = await user.run(args);
  const credential = JSON.parse(stdout);
  assert.equal(code, 0);
  assert.deepEqual([credential.apiVersion, credential.kind], [yaml.match(/apiVersion: (.*)/)[1], 'ExecCredential']);
  assert.equal(credential.status.token, (await user.run(['token', '--id-token'])).stdout.trim());
  assert.ok(Date.parse(credential.status.expirationTimestamp) > Date.now());
});

test('kubectl itself sends the ID token', { skip: spawnSync('kubectl', ['version', '--client']).error ? 'kubectl is not installed' : false }, async () => {
  const user = await scene.signedIn();
  const folder = user.path('kube');
  mkdirSync(folder);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', `${folder}/key`, '-out', `${folder}/cert`], { stdio: 'ignore' });
  const sent = [];
  const server = createServer({ key: readFileSync(`${folder}/key`), cert: readFileSync(`${folder}/cert`) }, (req, res) => {
    sent.push(req.headers.authorization);
    res.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise((resolve) => { server.listen(0, 'localhost', resolve); });
  const cluster = `clusters: [{name: here, cluster: {server: "https://localhost:${server.address().port}", insecure-skip-tls-verify: true}}]
contexts: [{name: here, context: {cluster: here, user: logto}}]
current-context: here
apiVersion: v1
kind: Config
`;
  writeFileSync(`${folder}/config`, cluster + fences('docs/kubernetes.md', 'yaml')[0].replace('command: logto', `command: ${program}`));
  const kubectl = spawn('kubectl', ['--kubeconfig', `${folder}/config`, 'get', '--raw', '/'], { env: user.env, timeout: 30_000 });
  const code = await new Promise((resolve) => { kubectl.on('close', resolve); });
  server.close();
  assert.equal(code, 0);
  const token = (await user.run(['token', '--id-token'])).stdout.trim();
  assert.ok(sent.length > 0 && sent.every((header) => header === `Bearer ${token}`));
});
