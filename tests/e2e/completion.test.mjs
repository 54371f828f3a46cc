// What completion knows of a session, and that it stays quiet and quick whatever happens.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { useScene } from './harness.mjs';

const scene = useScene();
const api = 'https://api.example.com';
const other = 'https://other.example.com';
const organizations = ['Acme\tacme00000001', 'acme00000001\tAcme', 'Globex\tglobex000002', 'globex000002\tGlobex'];
const everything = ['--resource', api, '--scope', 'read:things', '--organizations'];

// The candidates for the last word; whatever happens there is an answer, exit 0, and nothing on stderr.
async function complete(person, words, options) {
  const { code, stdout, stderr } = await person.run(['completion', '@complete', '--', ...words], options);
  assert.deepEqual([code, stderr], [0, ''], words.join(' '));
  const lines = stdout.split('\n').slice(0, -1);
  assert.equal(lines.pop(), ':none');
  return lines;
}

test('offers what the session covers', async () => {
  const person = await scene.signedIn(everything);
  await scene.provider.clearRequests();
  assert.deepEqual(await complete(person, ['token', '--resource', '']), [api]);
  assert.deepEqual(await complete(person, ['token', '--resource=']), [`--resource=${api}`]);
  assert.deepEqual(await complete(person, ['exec', '--organization', '']), organizations);
  const scopes = await complete(person, ['inspect', '--scope', '']);
  assert.ok(scopes.includes('read:things') && scopes.includes('openid'), scopes.join(' '));
  assert.deepEqual(await scene.asked(), []);

  await person.run(['profile', 'set', 'resources', `${api},${other}`]);
  assert.deepEqual(await complete(person, ['token', '--resource', '']), [api], 'only what is granted');
  assert.deepEqual(new Set(await complete(person, ['login', '--resource', ''])), new Set([api, other]));

  assert.deepEqual(await complete(person, ['-p', 'elsewhere', 'token', '--resource', '']), []);
  assert.deepEqual(await complete(person, ['token', '--resource', ''], { env: { LOGTO_PROFILE: 'elsewhere' } }), []);
  assert.deepEqual(await complete(person, ['-pdefault', 'token', '--resource', ''], { env: { LOGTO_PROFILE: 'elsewhere' } }), [api]);
});

test('offers nothing where nothing can be known', async () => {
  const person = await scene.signedIn(everything);
  const ask = () => complete(person, ['token', '--resource', '']);
  person.keyring.daemon.child.kill('SIGSTOP');
  const start = Date.now();
  assert.deepEqual(await ask(), []);
  assert.ok(Date.now() - start < 3000, 'a keyring that does not answer');
  person.keyring.daemon.child.kill('SIGCONT');
  assert.deepEqual(await ask(), [api]);

  await person.keyring.lock();
  assert.deepEqual(await ask(), [], 'a locked keyring');
  await person.keyring.stop();
  assert.deepEqual(await ask(), [], 'no keyring');
  writeFileSync(person.configFile, '{');
  assert.deepEqual([await ask(), await complete(person, ['-p', ''])], [[], []], 'a damaged config file');
});

test('loads no library unless the session is asked for', async () => {
  const person = await scene.signedIn(everything);
  const loads = async (...words) => {
    const { stderr } = await person.run(['completion', '@complete', '--', ...words], { env: { LD_DEBUG: 'libs' } });
    return ['libcurl', 'libsecret'].filter((name) => stderr.includes(`find library=${name}`));
  };
  for (const words of [[''], ['token', '-'], ['-p', ''], ['login', '--store', '']]) assert.deepEqual(await loads(...words), [], words.join(' '));
  assert.deepEqual(await loads('-p', 'elsewhere', 'token', '--resource', ''), [], 'a profile without a session');
  assert.deepEqual(await loads('token', '--resource', ''), ['libsecret']);
});
