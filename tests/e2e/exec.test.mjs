// `logto exec`: a command with the token in its environment, and nothing of ours left around it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { errorOf, finish, until, useScene } from './harness.mjs';
import { parts } from './lib/inspecting.mjs';

const scene = useScene();
const api = 'https://api.example.com';

test('the command finds the token, in all its sorts', async () => {
  const user = await scene.signedIn(['--resource', api, '--scope', 'read:things', '--scope', 'write:things', '--organizations']);
  const show = user.script('show', 'printf %s "$LOGTO_ACCESS_TOKEN"');
  const opaque = await user.run(['exec', '--', show]);
  assert.equal(`${opaque.stdout}\n`, (await user.token()).stdout);
  const jwt = await user.run(['exec', '--resource', api, '--', show]);
  assert.equal(parts(jwt.stdout)[1].aud, api);
  const narrow = await user.run(['exec', '--resource', api, '--scope', 'read:things', '--', show]);
  assert.equal(parts(narrow.stdout)[1].scope, 'read:things');
  const organization = await user.run(['exec', '--organization', 'acme00000001', show]);
  assert.equal(parts(organization.stdout)[1].aud, 'urn:logto:organization:acme00000001');
  for (const { code, stderr } of [opaque, jwt, narrow, organization]) assert.deepEqual([code, stderr], [0, '']);
});

test('words reach the command as they are, also those that look like our options', async () => {
  const user = await scene.signedIn();
  const words = user.script('words', 'for word; do printf "<%s>" "$word"; done');
  for (const args of [['--', words, '--json', '-p', 'x', '--', '', 'a b', '$HOME', '*'], [words, '--json', '-p', 'x', '--', '', 'a b', '$HOME', '*']]) {
    const { code, stdout } = await user.run(['exec', ...args]);
    assert.deepEqual([code, stdout], [0, '<--json><-p><x><--><><a b><$HOME><*>']);
  }
});

test('the exit code is its own, and so is its end by a signal', async () => {
  const user = await scene.signedIn();
  for (const code of [0, 1, 2, 3, 5, 42, 255]) assert.equal((await user.run(['exec', '--', 'sh', '-c', `exit ${code}`])).code, code);
  const killed = await user.run(['exec', '--', 'sh', '-c', 'kill -TERM $$']);
  assert.equal(killed.signal, 'SIGTERM', 'it takes our place, so its parent sees how it ended');
});

test('a command that is not there is 127, one that cannot be run 126, none at all 2', async () => {
  const user = await scene.signedIn();
  const missing = await user.run(['exec', '--', 'there-is-no-such-command']);
  assert.deepEqual([missing.code, missing.stdout], [127, '']);
  assert.match(errorOf(missing).message, /cannot run there-is-no-such-command: No such file/);
  const folder = await user.run(['exec', '--', user.folder]);
  assert.equal(folder.code, 126);
  const none = await user.run(['exec', '--']);
  assert.deepEqual([none.code, none.stdout], [2, '']);
  assert.match(none.stderr, /see 'logto exec --help'/);
});

test('stdin, stdout, folder and environment are untouched; nothing of ours is open', async () => {
  const user = await scene.signedIn();
  const cat = await user.run(['exec', '--', 'cat'], { stdin: 'through and through' });
  assert.equal(cat.stdout, 'through and through');
  const env = await user.run(['exec', '--', 'env'], { env: { FLAVOUR: 'vanilla' } });
  const lines = env.stdout.trimEnd().split('\n');
  assert.ok(lines.includes('FLAVOUR=vanilla'));
  assert.deepEqual(lines.filter((line) => /^LOGTO_/.test(line)).map((line) => line.split('=')[0]), ['LOGTO_WARM', 'LOGTO_ACCESS_TOKEN']);
  // Whatever the test's own parents left open is there without us too.
  const open = ['sh', '-c', 'ls /proc/self/fd; umask; ulimit -S -c; ulimit -H -c; ulimit -n; pwd; nice'];
  const [command, ...rest] = open;
  const without = await finish(command, rest, { env: user.env, cwd: user.env.HOME });
  assert.equal((await user.run(['exec', '--', ...open])).stdout, without.stdout);
});

test('our credentials stay with us, also when they were used for the token', async () => {
  const user = await scene.user({ bus: false });
  const { m2m } = scene.provider.apps;
  const kept = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: m2m.id, LOGTO_APP_SECRET_FILE: user.path('secret'), LOGTO_PASSPHRASE_FILE: '/nowhere' };
  writeFileSync(user.path('secret'), m2m.secret);
  const ours = { LOGTO_APP_SECRET: 'planted-secret', LOGTO_PASSPHRASE: 'planted-passphrase' };
  const env = await user.run(['exec', '--resource', api, '--', 'env'], { env: { ...kept, ...ours, LOGTO_ACCESS_TOKEN: 'planted-token' } });
  assert.equal(env.code, 0, env.stderr);
  const names = env.stdout.split('\n').filter((line) => /^LOGTO_/.test(line)).map((line) => line.split('=')[0]);
  assert.deepEqual(names.sort(), [...Object.keys(kept), 'LOGTO_ACCESS_TOKEN', 'LOGTO_WARM'].sort());
  assert.ok(!env.stdout.includes('planted'), env.stdout);

  const session = await scene.signedIn();
  const withToken = await session.run(['exec', '--', 'env'], { env: { LOGTO_PAT: 'planted-pat', LOGTO_APP_SECRET: 'planted-secret' } });
  assert.ok(!withToken.stdout.includes('planted'), withToken.stdout);
});

test('signals reach it as they would without us', async () => {
  const user = await scene.signedIn();
  // SIGPIPE among them: ignored signals stay ignored across exec, and `yes | head` would complain.
  const signals = ['-E', '^Sig(Blk|Ign):', '/proc/self/status'];
  const without = await finish('grep', signals, { env: user.env });
  assert.equal((await user.run(['exec', '--', 'grep', ...signals])).stdout, without.stdout);
  const sleeping = user.start(['exec', '--', 'sh', '-c', 'echo ready; exec sleep 30']);
  await sleeping.sees(/ready/, 'stdout');
  await until(() => readFileSync(`/proc/${sleeping.pid}/cmdline`, 'utf8').startsWith('sleep'), 'the command in our place');
  assert.equal((await sleeping.kill('SIGINT')).signal, 'SIGINT');
});

test('the token is in no command line', async () => {
  const user = await scene.signedIn();
  const sleeping = user.start(['exec', '--', 'sh', '-c', 'echo ready; exec sleep 30']);
  await sleeping.sees(/ready/, 'stdout');
  const [{ token }] = (await user.session()).access_tokens;
  const lines = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8'); } catch { return ''; } });
  assert.ok(lines.every((line) => !line.includes(token)));
  await sleeping.kill();
});

test('without a session: exit 3 and the command is not run; not covered: exit 9', async () => {
  const user = await scene.user();
  const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: scene.provider.apps.native.id };
  const nobody = await user.run(['exec', '--', 'echo', 'was run'], { env });
  assert.deepEqual([nobody.code, nobody.stdout], [3, '']);
  await user.signIn();
  const uncovered = await user.run(['exec', '--resource', api, '--', 'echo', 'was run']);
  assert.deepEqual([uncovered.code, uncovered.stdout], [9, '']);
  assert.equal(errorOf(uncovered).hint, `logto login --resource ${api}`);
  const json = await user.run(['exec', '--json', '--resource', api, '--', 'echo', 'was run']);
  assert.equal(JSON.parse(json.stdout).error.code, 'not_granted');
});

test('a machine: the token of its environment', async () => {
  const user = await scene.user({ bus: false });
  const { m2m } = scene.provider.apps;
  const env = { LOGTO_ENDPOINT: scene.provider.endpoint, LOGTO_APP_ID: m2m.id, LOGTO_APP_SECRET: m2m.secret };
  const { code, stdout } = await user.run(['exec', '--resource', api, '--scope', 'read:things', '--', 'sh', '-c', 'printf %s "$LOGTO_ACCESS_TOKEN"'], { env });
  assert.equal(code, 0);
  assert.equal(parts(stdout)[1].client_id, m2m.id);
});

test('a token that is about to expire is refreshed first', async () => {
  const user = await scene.user();
  await scene.provider.set({ accessTokenTtl: 30 });
  await user.signIn();
  const [{ token }] = (await user.session()).access_tokens;
  const { stdout } = await user.run(['exec', '--', 'sh', '-c', 'printf %s "$LOGTO_ACCESS_TOKEN"']);
  assert.notEqual(stdout, token);
  assert.equal((await scene.provider.counts()).refreshes, 1);
});
