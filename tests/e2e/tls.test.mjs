// https: a certificate that nobody vouches for is refused; one whose authority is named is believed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { after, before, describe, test } from 'node:test';

import { useScene } from './harness.mjs';

const scene = useScene();

describe('an endpoint with a certificate of its own', () => {
  let server, endpoint, certificate;

  // Enough of a tenant to be asked for its keys.
  const answer = (request, response) => {
    const body = request.url.endsWith('openid-configuration')
      ? { issuer: `${endpoint}/oidc`, jwks_uri: `${endpoint}/oidc/jwks` } : { keys: [] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  };

  before(async () => {
    const folder = execFileSync('mktemp', ['-d']).toString().trim();
    certificate = `${folder}/certificate.pem`;
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
      '-keyout', `${folder}/key.pem`, '-out', certificate], { stdio: 'ignore' });
    server = createServer({ key: readFileSync(`${folder}/key.pem`), cert: readFileSync(certificate) }, answer);
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    endpoint = `https://localhost:${server.address().port}`;
  });
  after(() => server.close());

  const inspect = async (env) => {
    const { token } = await scene.provider.mint({});
    const { code, stdout } = await (await scene.user()).run(['inspect', '--json', '--endpoint', endpoint, token], { env });
    return { code, answer: JSON.parse(stdout) };
  };

  test('is not believed: exit 6, and what to do', async () => {
    const { code, answer: { error } } = await inspect({});
    assert.deepEqual([code, error.code], [6, 'tls']);
    assert.match(error.message, /cannot establish a trusted connection to localhost/);
    assert.match(error.hint, /SSL_CERT_FILE/);
  });

  for (const name of ['SSL_CERT_FILE', 'CURL_CA_BUNDLE']) {
    test(`is believed when ${name} names it`, async () => {
      const { code, answer: { reason } } = await inspect({ [name]: certificate });
      assert.deepEqual([code, reason], [5, 'unknown_key']);
    });
  }

});
