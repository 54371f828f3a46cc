// As much of a browser as the sign-in pages need: cookies per host (ports share them, as in a real one),
// redirects, forms. It stops at addresses outside the tenant and Google, which is where a client listens.
export class FakeBrowser {
  #cookies = new Map();

  constructor(...origins) {
    this.origins = origins;
  }

  // What a client hands to a browser: an address of the tenant's, or a short one of its own that leads there.
  async start(address) {
    if (this.origins.includes(new URL(address).origin)) return this.open(address);
    return this.open(await leadsTo(address));
  }

  // Follows redirects until there is a page, or a way out.
  async open(address, init = {}) {
    let url = new URL(address, this.page?.url);
    for (let step = 0; step < 20; step += 1) {
      if (!this.origins.includes(url.origin)) return { left: url };
      const response = await fetch(url, { redirect: 'manual', ...init, headers: { accept: 'text/html', cookie: this.#header(url), ...init.headers } });
      this.#keep(response);
      const location = response.headers.get('location');
      const text = await response.text();
      this.page = { url, status: response.status, text, headers: response.headers };
      if (!location) return this.#selfSubmitting(text) ? this.submit({}) : this.page;
      url = new URL(location, url);
      init = {};
    }
    throw new Error(`too many redirects at ${url}`);
  }

  // Submits the form that has all the given fields, or presses the button that reads `button`.
  submit(fields, { button } = {}) {
    const forms = [...this.page.text.matchAll(/<form[\s\S]*?<\/form>/g)].map(([form]) => form);
    const form = forms.find((text) => (button ? text.includes(button) : Object.keys(fields).every((name) => text.includes(`name="${name}"`)))) ?? forms[0];
    const body = new URLSearchParams();
    for (const [tag] of form.matchAll(/<(input|button)[^>]*>/g)) {
      const name = attribute(tag, 'name');
      if (name && attribute(tag, 'value') !== undefined) body.set(name, attribute(tag, 'value'));
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.open(attribute(form, 'action'), { method: 'POST', body });
  }

  follow(text) {
    const link = [...this.page.text.matchAll(/<a [\s\S]*?<\/a>/g)].map(([tag]) => tag).find((tag) => tag.includes(text));
    if (!link) throw new Error(`no link reads "${text}" at ${this.page.url}`);
    return this.open(attribute(link, 'href'));
  }

  #selfSubmitting = (text) => /forms\[0\]\.submit\(\)/.test(text);

  #header = (url) => [...this.#cookies.values()]
    .filter(({ path }) => url.pathname.startsWith(path)).map(({ name, value }) => `${name}=${value}`).join('; ');

  #keep(response) {
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split('; ');
      const [name, value] = pair.split(/=(.*)/s);
      const path = attributes.find((text) => text.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
      if (value) this.#cookies.set(`${name};${path}`, { name, value, path });
      else this.#cookies.delete(`${name};${path}`);
    }
  }
}

// Where an address redirects to.
export async function leadsTo(address) {
  const response = await fetch(address, { redirect: 'manual', headers: { connection: 'close' } });
  const location = response.headers.get('location');
  if (response.status !== 303 || !location) throw new Error(`${address} answers ${response.status} ${await response.text()}`);
  return location;
}

function attribute(tag, name) {
  const value = new RegExp(`[ \\n]${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>');
}
