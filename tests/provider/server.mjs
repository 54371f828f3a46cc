import { createApi } from './api.mjs';
import { Catalog } from './catalog.mjs';
import { createControl } from './control.mjs';
import {
  People, firstResources, googleConnectorId, organizations, personalAccessToken, publicApps,
} from './directory.mjs';
import { createExperience } from './experience.mjs';
import { startGoogle } from './google.mjs';
import { listenOnLoopback, readBody, redirect, sendJson } from './http.mjs';
import { Journal } from './journal.mjs';
import { KeyRing } from './keys.mjs';
import { mangle } from './mangle.mjs';
import { misbehave } from './misbehave.mjs';
import { Switches } from './switches.mjs';
import { startThings } from './things.mjs';
import { createTenant } from './tenant.mjs';

const formType = 'application/x-www-form-urlencoded';
const bodyLimit = 56 * 1024;
const unreadable = {
  code: 'oidc.invalid_request', message: 'Request is invalid.', error: 'invalid_request', error_description: 'failed to parse the request body',
};

export async function startTenant({ port = 0, googlePort = 0, apiPort = 0, log = () => {} } = {}) {
  let answer;
  const listening = await listenOnLoopback(port, (req, res) => answer(req, res));
  const endpoint = `http://localhost:${listening.port}`;
  const issuer = `${endpoint}/oidc`;
  const [switches, journal, keys, people] = [new Switches(), new Journal(), new KeyRing(), new People()];
  const things = await startThings({ port: apiPort, answersTo: firstResources[0].indicator, keys, switches, issuer });
  const catalog = new Catalog([{ ...firstResources[0], name: 'Things at their address', indicator: things.resource }]);
  const google = await startGoogle({ port: googlePort, callbackUri: `${endpoint}/callback/${googleConnectorId}`, switches });
  const { provider, storage } = createTenant({ issuer, endpoint, switches, journal, keys, people, catalog });
  const experience = createExperience({ provider, people, switches, google, endpoint });
  const api = createApi({ provider, storage, issuer, keys, people, switches, catalog, google });
  const control = createControl({
    resettable: [switches, journal, keys, people, catalog, things.journal, api], things, switches, journal, keys, people, catalog, issuer, storages: [storage, google.storage],
  });
  const oidc = provider.callback();
  provider.on('server_error', (ctx, error) => log(error.stack));
  provider.on('error', (error) => log(error.stack));

  async function route(req, res) {
    const url = new URL(req.url, endpoint);
    const body = await readBody(req);
    if (url.pathname.startsWith('/_control')) return control(req, res, url, body);

    const form = url.pathname.startsWith('/api/') ? new URLSearchParams() : parseForm(req, body);
    journal.record(req, res, url, form);
    log(`${req.method} ${req.url}`);
    if (switches.clockSkew) res.setHeader('Date', new Date(switches.now() * 1000).toUTCString());
    const grantType = form.get('grant_type') ?? undefined;
    if (await misbehave(switches, res, url.pathname, grantType)) return undefined;
    const mangling = switches.take('mangle', url.pathname, grantType);
    if (mangling) mangle(res, mangling);

    if (url.pathname === '/device') return redirect(res, `/oidc/device${url.search}`);
    if (url.pathname.startsWith('/oidc/')) return enterProvider(req, res, url, form);
    return (await experience(req, res, url, form)) || api(req, res, url, body);
  }

  // The provider lives below /oidc and builds its addresses from what it is told here. A form posted to the
  // authorization endpoint counts as a query, and JSON as a form, as at Logto.
  function enterProvider(req, res, url, form) {
    const fields = form.toString();
    if (fields.length > bodyLimit || fields.includes('%00')) return sendJson(res, 400, unreadable);
    if (req.method === 'POST' && url.pathname === '/oidc/auth') {
      req.method = 'GET';
      req.url = `${url.pathname}?${fields}`;
    }
    req.headers.host = new URL(endpoint).host;
    req.originalUrl = req.url;
    req.url = req.url.slice('/oidc'.length);
    req.body = fields;
    return oidc(req, res);
  }

  answer = (req, res) => route(req, res).catch((error) => {
    log(error.stack);
    if (!res.headersSent) sendJson(res, 500, { message: 'Internal server error.' });
  });

  return {
    description: {
      endpoint,
      issuer,
      control: `${endpoint}/_control`,
      google: google.endpoint,
      api: things.endpoint,
      apiResource: things.resource,
      apps: publicApps(),
      resources: catalog.resources.map(({ indicator }) => indicator),
      resourceIds: Object.fromEntries(catalog.resources.map(({ indicator, id }) => [indicator, id])),
      roles: catalog.roles.map(({ id, name }) => ({ id, name })),
      organizations,
      users: people.users.map(({ id, username, password, name, email, googleId, memberships }) => (
        { id, username, password, name, email, google: Boolean(googleId), organizations: Object.keys(memberships) }
      )),
      pat: personalAccessToken,
      connectorId: googleConnectorId,
    },
    close() {
      listening.close();
      google.close();
      things.close();
    },
  };
}

function parseForm(req, body) {
  const type = req.headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) return new URLSearchParams(type.startsWith(formType) ? body : '');
  req.headers['content-type'] = formType;
  try {
    return new URLSearchParams(JSON.parse(body));
  } catch {
    return new URLSearchParams();
  }
}
