import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { FakeBrowser } from './fakebrowser.mjs';

const script = fileURLToPath(new URL('run', import.meta.url));

// Starts the stand-in as any test would: as a child whose end comes with ours.
export async function startProvider(...args) {
  const child = spawn(script, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => { child.on('exit', resolve); });
  const [line] = await Promise.race([
    createInterface({ input: child.stdout })[Symbol.asyncIterator]().next().then(({ value }) => [value]),
    exited.then((code) => { throw new Error(`the provider ended with ${code}`); }),
  ]);
  const description = JSON.parse(line);
  return { ...description, child, exited, ...controlOf(description), stop: () => { child.stdin.end(); return exited; } };
}

function controlOf({ control }) {
  const ask = async (method, path, body) => {
    const response = await fetch(`${control}${path}`, { method, body: body && JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    return answer;
  };
  return {
    set: (switches) => ask('POST', '/set', switches),
    reset: () => ask('POST', '/reset'),
    counts: () => ask('GET', '/counts'),
    requests: async () => (await ask('GET', '/requests')).requests,
    apiRequests: async () => (await ask('GET', '/api-requests')).requests,
    clearRequests: () => ask('DELETE', '/requests'),
    grants: async () => (await ask('GET', '/grants')).grants,
    revokeGrants: () => ask('POST', '/revoke-grants'),
    expire: () => ask('POST', '/expire'),
    expireGoogle: () => ask('POST', '/expire-google'),
    endSessions: () => ask('POST', '/end-sessions'),
    mint: (wanted) => ask('POST', '/mint', wanted),
  };
}

// A client of the tenant, with plain fetch: what the command line does, in few words.
export class Client {
  constructor(provider, app = provider.apps.native) {
    Object.assign(this, { provider, app, oidc: provider.issuer, redirectUri: 'http://localhost:3000/callback' });
    this.browser = new FakeBrowser(provider.endpoint, provider.google);
  }

  authorizationUrl(more) {
    return `${this.oidc}/auth?${this.authorizationParams(more)}`;
  }

  authorizationParams(more = {}) {
    this.verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(this.verifier).digest('base64url');
    const query = {
      client_id: this.app.id, redirect_uri: this.redirectUri, response_type: 'code', scope: 'openid offline_access profile email',
      state: 'the-state', nonce: 'the-nonce', prompt: 'consent', code_challenge: challenge, code_challenge_method: 'S256', ...more,
    };
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) for (const one of [value ?? []].flat()) params.append(name, one);
    this.redirectUri = query.redirect_uri;
    return params;
  }

  // RFC 9126: what would be in the address is said beforehand, and the address only names it.
  push(more) {
    return this.post('/request', this.authorizationParams(more));
  }

  pushedUrl(requestUri) {
    return `${this.oidc}/auth?${new URLSearchParams({ client_id: this.app.id, request_uri: requestUri })}`;
  }

  // Through the password form unless the browser is signed in already. Returns the callback's address.
  async authorize(more, user = this.provider.users[0]) {
    const page = await this.browser.open(this.authorizationUrl(more));
    if (page.left || !page.text.includes('name="password"')) return page.left ?? page;
    const next = await this.browser.submit({ username: user.username, password: user.password });
    return next.left ?? next;
  }

  async signIn(more, user) {
    const callback = await this.authorize(more, user);
    const { body } = await this.redeem(callback.searchParams.get('code'));
    return body;
  }

  // Straight to Google, and through its consent page where there is one.
  async signInWithGoogle(email, more) {
    await this.browser.open(this.authorizationUrl({ direct_sign_in: 'social:google', ...more }));
    const next = await this.browser.submit({}, { button: email });
    const { left } = next.left ? next : await this.browser.submit({}, { button: 'Continue' });
    return (await this.redeem(left.searchParams.get('code'))).body;
  }

  redeem(code, more = {}) {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: this.redirectUri, code_verifier: this.verifier, ...more });
  }

  refresh(refreshToken, more = {}) {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...more });
  }

  token(form, headers) {
    return this.post('/token', form, headers);
  }

  // A confidential app proves itself in the header, a public one only says who it is.
  async post(path, form, headers = {}) {
    const { id, secret } = this.app;
    const basic = secret && { Authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}` };
    const body = new URLSearchParams(form);
    if (!secret && !body.has('client_id')) body.set('client_id', id);
    return answer(await fetch(`${this.oidc}${path}`, { method: 'POST', body, headers: { ...basic, ...headers } }));
  }

  async userinfo(token) {
    return answer(await fetch(`${this.oidc}/me`, { headers: { Authorization: `Bearer ${token}` } }));
  }
}

// A request as it is, without the redirects a browser would follow.
export const get = async (url, init) => answer(await fetch(url, { redirect: 'manual', ...init }));

export function refused({ status, body }, expectedStatus, error, description) {
  assert.equal(status, expectedStatus, JSON.stringify(body));
  assert.equal(body.code, `oidc.${error}`);
  assert.equal(body.error, error);
  if (description) assert.match(body.error_description, description);
}

// Logto's own API, whose bodies are JSON.
export const callApi = (address, token, { method = 'GET', body } = {}) => get(address, {
  method,
  headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) },
  body: body && JSON.stringify(body),
});

export async function answer(response) {
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') && text;
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
}

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
export const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
