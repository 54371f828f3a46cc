// The examples of docs/other-programs.md and docs/errors.md, at the stand-in tenant and its API.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import test from 'node:test';

import { useScene } from '../e2e/harness.mjs';
import { fences, onPath, shell } from './pages.mjs';

const scene = useScene();
const page = 'docs/other-programs.md';

// An example with the stand-in in the place of the tenant and the API.
function here(text) {
  const { endpoint, apiResource } = scene.provider;
  return text.replaceAll(/https:\/\/TENANT\.logto\.app|http:\/\/localhost:3001/g, endpoint).replaceAll('https://api.example.com', apiResource);
}

const user = async () => onPath(await scene.signedIn(['--resource', scene.provider.apiResource, '--scope', 'read:things']));
const example = (word, language = 'sh') => here(fences(page, language).find((block) => block.includes(word)));

function runs(who, script) {
  const { status, stdout, stderr } = shell(who, script);
  assert.equal(status, 0, `${script}\n${stdout}${stderr}`);
  return stdout;
}

test('curl and HTTPie', async () => {
  const who = await user();
  for (const word of ['curl ', 'http --']) assert.match(runs(who, example(word)), /"sub": ?"ada0lovelace"/);
});

test('Python and Node', async () => {
  const who = await user();
  writeFileSync(who.path('home/example.py'), example('', 'python'));
  writeFileSync(who.path('home/example.mjs'), example('', 'js'));
  for (const command of ['python3 example.py', `${process.execPath} example.mjs`]) assert.equal(runs(who, command), 'ada0lovelace\n', command);
});

test('the program of Terraform prints strings only, and the command for headers a header', async () => {
  const who = await user();
  const [, command] = example('', 'hcl').match(/"sh", "-c", <<-END\n(.*?)\n *END$/ms);
  const result = JSON.parse(runs(who, command));
  assert.deepEqual(Object.entries(result).map(([name, value]) => [name, typeof value]), [['access_token', 'string']]);
  assert.deepEqual(JSON.parse(runs(who, example('jq \'{Authorization'))), { Authorization: `Bearer ${result.access_token}` });
  runs(who, example('logto exec'));
});

test('git sends the token to its server, and not on its command line', async () => {
  const who = await user();
  const sent = [];
  const packet = (text) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
  const server = createServer((req, res) => {
    sent.push(req.headers.authorization);
    res.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
    res.end(`${packet('# service=git-upload-pack\n')}0000${packet(`${'1'.repeat(40)} refs/heads/main\0 \n`)}0000`);
  });
  await new Promise((resolve) => { server.listen(0, 'localhost', resolve); });
  const script = example('ls-remote').replaceAll('https://git.example.com', `http://localhost:${server.address().port}`);
  assert.doesNotMatch(script, /git -c/);
  const git = spawn('bash', ['-e', '-c', script], { env: { ...who.env, no_proxy: 'localhost' }, timeout: 30_000 });
  let output = '';
  git.stdout.on('data', (chunk) => { output += chunk; });
  await new Promise((resolve) => { git.on('close', resolve); });
  server.close();
  assert.match(output, /^1{40}\trefs\/heads\/main$/m);
  const token = (await who.run(['token', '--resource', scene.provider.apiResource])).stdout.trim();
  assert.ok(sent.length > 0 && sent.every((header) => header === `Bearer ${token}`));
});

test('tokens made by hand are found, and judged', async () => {
  const who = await user();
  const { token } = await scene.provider.mint({ claims: { exp: 1 } });
  writeFileSync(who.path('home/.env'), `TOKEN=${token}\n`);
  assert.match(runs(who, example('grep -rhoE')), /^expired http/m);
});

test('the error in docs/errors.md is what the program prints', async () => {
  const { stdout, code } = await (await scene.signedIn()).run(['token', '--json', '--resource', 'https://api.example.com']);
  assert.equal(code, 9);
  assert.deepEqual(JSON.parse(fences('docs/errors.md', 'json')[0]), JSON.parse(stdout));
});

test('the script of docs/errors.md tells who has to act', async () => {
  const who = await user();
  const script = here(fences('docs/errors.md', 'sh')[0]);
  assert.equal(shell(who, script).stderr, '');
  assert.match(readFileSync(who.path('home/token.txt'), 'utf8'), /^ey/);
  assert.match(shell({ env: { ...who.env, LOGTO_ENDPOINT: 'http://localhost:1' } }, script).stderr, /someone has to sign in/);
  await scene.provider.expire();
  const refresh = script.replace('logto token', 'logto token --refresh');
  await scene.provider.set({ failNext: { path: '/oidc/token', status: 503, count: 9 } });
  assert.match(shell(who, refresh).stderr, /try again later/);
});
