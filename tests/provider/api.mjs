import { createAccount } from './account.mjs';
import { createManagement } from './management.mjs';
import { ConnectorError } from './connector.mjs';
import { send, sendJson } from './http.mjs';
import { Refusal, router } from './routes.mjs';
import { signInExperience } from './signinexp.mjs';
import { Verifications } from './verifications.mjs';

const parse = (body) => {
  try {
    return JSON.parse(body || '{}');
  } catch {
    throw new Refusal(400, 'guard.invalid_input', 'The request body is not JSON.');
  }
};

// The few parts of Logto's own API that a command line has a use for. Errors are `code` and `message` here.
export function createApi({ provider, storage, issuer, keys, people, switches, catalog, google }) {
  const verifications = new Verifications({ switches, google });

  const find = router({
    'GET /api/status': ({ res }) => { res.writeHead(204); res.end(); },
    'GET /api/.well-known/sign-in-exp': ({ req, res }) => signInExperience(switches, req, res),
    ...createAccount({ provider, people, switches, catalog, google, verifications }),
    ...createManagement({ storage, issuer, keys, people, catalog }),
  });

  // A handler answers by itself, or returns a body, or [status, body].
  async function answer(req, res, url, body) {
    const route = find(req.method, url.pathname);
    if (!route) throw new Refusal(404, 'request.not_found', 'Not found.');
    const said = await route.handler({ req, res, names: route.names, body: parse(body) });
    if (res.headersSent) return;
    const [status, content] = Array.isArray(said) && Number.isInteger(said[0]) ? said : [200, said];
    if (status === 204) res.writeHead(204).end();
    else sendJson(res, status, content);
  }

  function refuse(res, error) {
    if (error instanceof Refusal) {
      const { status, code, message, data } = error;
      sendJson(res, status, { code, message, data });
    } else if (error instanceof ConnectorError) {
      sendJson(res, 400, { code: 'connector.general', message: `Error occurred in connector.\n${error.message}`, data: error.data });
    } else {
      throw error;
    }
  }

  async function api(req, res, url, body) {
    if (!url.pathname.startsWith('/api/')) return send(res, 404, 'text/plain', 'Not Found');
    return answer(req, res, url, body).catch((error) => refuse(res, error));
  }

  return Object.assign(api, { reset: () => verifications.reset() });
}
