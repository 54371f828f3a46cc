// The calls of the Management API by which a case takes something away, and puts it back.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

// Logto Cloud names the API after the tenant; elsewhere it is that of the tenant `default`.
const resourceOf = (endpoint) => (/^https:\/\/[^/]+\.logto\.app$/.test(endpoint) ? `${endpoint}/api` : 'https://default.logto.app/api');
// As many as Logto lists at once.
const all = 'page_size=100';

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

  // The answer's JSON, if it has any. `fine` are statuses that are all right too: what was to be done is done already.
  async #ask(method, path, body, fine = []) {
    const response = await fetch(`${this.endpoint}/api/${path}`, {
      method,
      headers: { Authorization: `Bearer ${await this.#token()}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    assert.ok(response.ok || fine.includes(response.status), `${method} /api/${path}: ${response.status}`);
    return response.headers.get('content-type')?.includes('json') ? response.json() : undefined;
  }

  #list(path, query = '') {
    return this.#ask('GET', `${path}?${query}${all}`);
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

  // A personal access token of the user, for ten minutes: { name, value }.
  makePersonalToken() {
    const name = `logto-cli-test-${randomBytes(6).toString('hex')}`;
    return this.#ask('POST', `users/${this.env.ALICE_ID}/personal-access-tokens`, { name, expiresAt: Date.now() + 600_000 });
  }

  deletePersonalToken({ name }) {
    return this.#ask('DELETE', `users/${this.env.ALICE_ID}/personal-access-tokens/${name}`, undefined, [404]);
  }

  // Under the id of the environment, or, once it was deleted and made anew, under the one it was given then.
  async #findApi() {
    const resources = await this.#list('resources');
    const named = resources.find(({ id }) => id === this.env.RESOURCE_ID);
    assert.ok(!named || named.indicator === this.env.RESOURCE, 'RESOURCE_ID is the id of another API than RESOURCE');
    return resources.find(({ indicator }) => indicator === this.env.RESOURCE);
  }

  // What restoreApi() needs: the API, its permissions, and which of them each role has.
  async describeApi() {
    const { id, name, indicator, accessTokenTtl } = await this.#findApi();
    const permissions = await this.#list(`resources/${id}/scopes`);
    const roles = await Promise.all((await this.#list('roles', 'type=User&')).map(async (role) => {
      const scopes = await this.#list(`roles/${role.id}/scopes`);
      return { id: role.id, names: scopes.filter(({ resourceId }) => resourceId === id).map((scope) => scope.name) };
    }));
    return {
      api: { name, indicator, accessTokenTtl },
      permissions: permissions.map((scope) => ({ name: scope.name, description: scope.description })),
      roles: roles.filter(({ names }) => names.length > 0),
    };
  }

  async deleteApi() {
    const { id } = await this.#findApi();
    await this.#ask('DELETE', `resources/${id}`);
  }

  // Adds only what is missing, so that it can be called again after it failed halfway.
  async restoreApi({ api, permissions, roles }) {
    const { id } = await this.#findApi() ?? await this.#ask('POST', 'resources', api);
    const present = await this.#list(`resources/${id}/scopes`);
    for (const permission of permissions.filter(({ name }) => !present.some((scope) => scope.name === name))) {
      present.push(await this.#ask('POST', `resources/${id}/scopes`, permission));
    }
    for (const { id: roleId, names } of roles) {
      const granted = new Set((await this.#list(`roles/${roleId}/scopes`)).map((scope) => scope.id));
      const scopeIds = present.filter((scope) => names.includes(scope.name) && !granted.has(scope.id)).map((scope) => scope.id);
      if (scopeIds.length > 0) await this.#ask('POST', `roles/${roleId}/scopes`, { scopeIds });
    }
  }
}
