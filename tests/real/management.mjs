// The calls of the Management API by which a case takes something away, and puts it back.
import assert from 'node:assert/strict';

// Logto Cloud names the API after the tenant; elsewhere it is that of the tenant `default`.
const resourceOf = (endpoint) => (/^https:\/\/[^/]+\.logto\.app$/.test(endpoint) ? `${endpoint}/api` : 'https://default.logto.app/api');

export class Management {
  constructor(env, endpoint) {
    Object.assign(this, { env, endpoint, resource: env.MGMT_RESOURCE ?? resourceOf(endpoint) });
  }

  async #token() {
    const { MGMT_APP_ID: id, MGMT_APP_SECRET: secret } = this.env;
    const response = await fetch(`${this.endpoint}/oidc/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: this.resource, scope: 'all' }),
    });
    assert.equal(response.status, 200, 'no token for the Management API');
    return (await response.json()).access_token;
  }

  // `fine` are statuses that are all right too: what was to be done is done already.
  async #ask(method, path, body, fine = []) {
    const response = await fetch(`${this.endpoint}/api/${path}`, {
      method,
      headers: { Authorization: `Bearer ${await this.#token()}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    assert.ok(response.ok || fine.includes(response.status), `${method} /api/${path}: ${response.status}`);
  }

  rotateKeys() {
    return this.#ask('POST', 'configs/oidc/private-keys/rotate', { signingKeyAlgorithm: 'EC' });
  }

  takeRole() {
    return this.#ask('DELETE', `users/${this.env.ALICE_ID}/roles/${this.env.ROLE_ID}`);
  }

  // Logto answers 422 to a role that the user has.
  giveRole() {
    return this.#ask('POST', `users/${this.env.ALICE_ID}/roles`, { roleIds: [this.env.ROLE_ID] }, [422]);
  }

  suspend(isSuspended) {
    return this.#ask('PATCH', `users/${this.env.ALICE_ID}/is-suspended`, { isSuspended });
  }
}
