// What the tests of `logto inspect` share: running it, the shape of its verdict, and tokens of any maker.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';

import { CompactSign, SignJWT, exportJWK, generateKeyPair } from 'jose';

import { finish } from './process.mjs';

export const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512'];
export const now = () => Math.floor(Date.now() / 1000);

export const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
export const parts = (token) => token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));

const results = ['pass', 'fail', 'skipped'];
const names = ['format', 'signature', 'active', 'exp', 'nbf', 'iat', 'issuer', 'audience', 'type', 'scope', 'organization', 'claim'];

// A verdict is whole, agrees with itself, and doesn't give the token back.
export function checkVerdict(verdict, token) {
  assert.deepEqual(Object.keys(verdict).sort(), ['checks', 'claims', 'header', 'reason', 'valid']);
  assert.equal(typeof verdict.valid, 'boolean');
  if (verdict.valid) assert.equal(verdict.reason, null);
  const failed = verdict.checks.filter(({ result }) => result === 'fail');
  assert.equal(failed.length > 0, verdict.reason !== null, JSON.stringify(verdict));
  for (const check of verdict.checks) {
    assert.deepEqual(Object.keys(check).sort(), ['check', 'detail', 'result']);
    assert.ok(results.includes(check.result), check.result);
    assert.ok(names.includes(check.check), check.check);
    assert.ok(check.result === 'pass' || check.detail, `${check.check} says why`);
  }
  if (token) checkSilence(JSON.stringify(verdict), token);
}

// Neither the token nor its signature is in the text.
export function checkSilence(text, token) {
  const signature = token.split('.')[2];
  if (token.length >= 20) assert.ok(!text.includes(token), 'the token is printed');
  if (signature?.length >= 20) assert.ok(!text.includes(signature), 'the signature is printed');
}

// Runs it with --json and the token on stdin, and checks all that is so whatever the token.
export async function inspect(user, token, args = [], options) {
  const result = await user.run(['inspect', '--json', ...args], { stdin: token, ...options });
  return judged(result, `${token}`.trim());
}

export function judged(result, token) {
  checkSilence(`${result.stdout}${result.stderr}`, token);
  assert.equal(result.stdout.split('\n').length, 2, `one line: ${result.stdout}`);
  const verdict = JSON.parse(result.stdout);
  if (verdict.error) return { ...result, error: verdict.error };
  checkVerdict(verdict, token);
  assert.equal(result.code, verdict.valid ? 0 : 5, result.stdout);
  return { ...result, verdict, reason: verdict.reason, check: (name) => verdict.checks.find(({ check }) => check === name) };
}

// Many tokens, one process: their verdicts, in order.
export async function inspectAll(user, tokens, args = []) {
  const result = await user.run(['inspect', '--batch', ...args], { stdin: `${tokens.join('\n')}\n` });
  const verdicts = result.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(verdicts.length, tokens.length, result.stderr);
  verdicts.forEach((verdict, index) => checkVerdict(verdict, tokens[index]));
  assert.equal(result.code, verdicts.every(({ valid }) => valid) ? 0 : 5);
  return { ...result, verdicts, reasons: verdicts.map(({ reason }) => reason) };
}

export function keyFile(user, keys, name = 'keys.json') {
  const path = user.path(name);
  writeFileSync(path, typeof keys === 'string' ? keys : JSON.stringify(keys));
  return path;
}

export const soundClaims = (more = {}) => ({
  iss: 'https://tenant.example.com/oidc', sub: 'somebody', aud: 'https://api.example.com', client_id: 'some-app', scope: 'read:things write:things',
  iat: now() - 10, nbf: now() - 10, exp: now() + 3600, jti: 'one', ...more,
});

// ---- two independent programs that make keys and sign ----

// Node's jose.
export async function nodeMaker(alg, kid = `node-${alg}`) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    alg, kid, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt', kid, ...header }).sign(privateKey),
    signText: (text, header = {}) => new CompactSign(Buffer.from(text)).setProtectedHeader({ alg, typ: 'at+jwt', kid, ...header }).sign(privateKey),
  };
}

// The jose command.
export async function commandMaker(alg, folder, kid = `jose-${alg}`) {
  const jose = async (args, stdin) => {
    const { code, stdout, stderr } = await finish('jose', args, { env: process.env, stdin });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const path = `${folder}/${kid}.jwk`;
  writeFileSync(path, await jose(['jwk', 'gen', '-i', JSON.stringify({ alg, kid }), '-o', '-']), { mode: 0o600 });
  const jwk = JSON.parse(await jose(['jwk', 'pub', '-i', path, '-o', '-']));
  return {
    alg, kid, jwk,
    sign: async (claims, header = {}) => {
      const template = JSON.stringify({ protected: { alg, typ: 'at+jwt', kid, ...header } });
      return (await jose(['jws', 'sig', '-I', '-', '-k', path, '-s', template, '-c', '-o', '-'], JSON.stringify(claims))).trim();
    },
  };
}
