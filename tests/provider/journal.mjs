// What was asked of the tenant, for assertions. It keeps secrets on purpose: tests look for them elsewhere.
export class Journal {
  constructor() {
    this.reset();
  }

  reset() {
    this.entries = [];
    this.refreshes = 0;
    this.refreshedAt = null;
    this.grants = {};
  }

  record(req, res, url, form) {
    const params = { ...collect(url.searchParams), ...collect(form) };
    const entry = {
      at: Date.now(),
      method: req.method,
      path: url.pathname,
      // Null until the answer has begun, and for good when it was never given.
      get status() {
        return res.headersSent || res.mangled ? res.statusCode : null;
      },
      grant_type: params.grant_type,
      user_agent: req.headers['user-agent'] ?? null,
      params,
      headers: req.headers,
    };
    this.entries.push(entry);
    return entry;
  }

  // A grant that the provider gave, whether or not the answer reached anyone.
  granted(type) {
    this.grants[type] = (this.grants[type] ?? 0) + 1;
    if (type !== 'refresh_token') return;
    this.refreshes += 1;
    this.refreshedAt = performance.timeOrigin + performance.now();
  }

  get counts() {
    const paths = {};
    for (const { path } of this.entries) paths[path] = (paths[path] ?? 0) + 1;
    return {
      requests: this.entries.length,
      token_requests: paths['/oidc/token'] ?? 0,
      refreshes: this.refreshes,
      refreshed_at: this.refreshedAt,
      discovery: paths['/oidc/.well-known/openid-configuration'] ?? 0,
      jwks: paths['/oidc/jwks'] ?? 0,
      userinfo: paths['/oidc/me'] ?? 0,
      revocations: paths['/oidc/token/revocation'] ?? 0,
      grants: this.grants,
      paths,
    };
  }
}

// A parameter sent twice becomes an array, as `resource` may be.
function collect(searchParams) {
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(names.map((name) => {
    const values = searchParams.getAll(name);
    return [name, values.length > 1 ? values : values[0]];
  }));
}
