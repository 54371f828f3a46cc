// https: a certificate that nobody vouches for is refused; one whose authority is named is believed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';

import { useScene } from './harness.mjs';
import { removeAtEnd } from './lib/process.mjs';

const scene = useScene();

// A certificate for localhost that signs itself, and its key: files.
function certificateOf(name, days) {
  const folder = mkdtempSync(`${tmpdir()}/logto-tls-`);
  removeAtEnd(folder);
  const files = { certificate: `${folder}/certificate.pem`, key: `${folder}/key.pem` };
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost', '-keyout', files.key, '-out', `${folder}/request`);
  openssl('x509', '-req', '-in', `${folder}/request`, '-signkey', files.key, '-copy_extensions', 'copy', '-days', `${days}`, '-out', files.certificate);
  return files;
}

describe('an endpoint with a certificate of its own', () => {
  let server, endpoint, certificate, key;

  // Enough of a tenant to be asked for its keys.
  const answer = (request, response) => {
    const body = request.url.endsWith('openid-configuration')
      ? { issuer: `${endpoint}/oidc`, jwks_uri: `${endpoint}/oidc/jwks` } : { keys: [] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  };

  before(async () => {
    ({ certificate, key } = certificateOf('localhost', 2));
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, answer);
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    endpoint = `https://localhost:${server.address().port}`;
  });
  after(() => server.close());

  const inspect = async (env, at = endpoint) => {
    const { token } = await scene.provider.mint({});
    const { code, stdout } = await (await scene.user()).run(['inspect', '--json', '--endpoint', at, token], { env });
    return { code, answer: JSON.parse(stdout) };
  };

  test('is not believed: exit 6, and what to do', async () => {
    const { code, answer: { error } } = await inspect({});
    assert.deepEqual([code, error.code], [6, 'tls']);
    assert.match(error.message, /cannot establish a trusted connection to localhost: .*self-signed certificate \(certificate of CN=localhost, issued by CN=localhost\)$/);
    assert.match(error.hint, /SSL_CERT_FILE/);
  });

  test('with another name is not believed either, and both names are said', async () => {
    const { code, answer: { error } } = await inspect({ SSL_CERT_FILE: certificate }, endpoint.replace('localhost', '127.0.0.1'));
    assert.deepEqual([code, error.code], [6, 'tls']);
    assert.match(error.message, /connection to 127\.0\.0\.1: .*\(certificate of CN=localhost, issued by CN=localhost\)$/);
  });

  for (const name of ['SSL_CERT_FILE', 'CURL_CA_BUNDLE']) {
    test(`a ${name} that cannot be read is named`, async () => {
      const { code, answer: { error } } = await inspect({ [name]: '/nowhere/ca.pem' });
      assert.deepEqual([code, error.code], [6, 'tls']);
      assert.ok(error.message.endsWith(`: cannot read certificates from /nowhere/ca.pem (${name})`), error.message);
    });

    test(`is believed when ${name} names it`, async () => {
      const { code, answer: { reason } } = await inspect({ [name]: certificate });
      assert.deepEqual([code, reason], [5, 'unknown_key']);
    });
  }

  test('that has expired: the clock may be wrong', async () => {
    const past = certificateOf('old.example', 0); // expired from its first second on
    const old = createServer({ key: readFileSync(past.key), cert: readFileSync(past.certificate) }, answer);
    await new Promise((resolve) => { old.listen(0, '127.0.0.1', resolve); });
    const { code, answer: { error } } = await inspect({ SSL_CERT_FILE: past.certificate }, `https://localhost:${old.address().port}`);
    old.close();
    assert.deepEqual([code, error.code], [6, 'tls']);
    assert.match(error.message, /certificate has expired \(certificate of CN=old\.example, /);
    assert.match(error.hint, /check the clock/);
  });
});
