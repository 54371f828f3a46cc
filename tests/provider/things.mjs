import { createHash } from 'node:crypto';

import { bearerClaims } from './bearer.mjs';
import { listenOnLoopback, pause, redirect, sendJson } from './http.mjs';
import { Journal } from './journal.mjs';

const shownBody = 4096;
const block = Buffer.from('0123456789abcdef'.repeat(4096));
const scopeFor = (method) => (['GET', 'HEAD'].includes(method) ? 'read:things' : 'write:things');

// An API of one's own, on a port of its own: it wants a token for `https://api.example.com` or for its address,
// says what reached it, and misbehaves where the path says so. Below /open nobody needs a token.
export async function startThings({ port = 0, answersTo, keys, switches, issuer }) {
  const journal = new Journal();
  const listening = await listenOnLoopback(port, (req, res) => answer(req, res).catch(() => res.destroy()));
  const endpoint = `http://localhost:${listening.port}`;
  const resource = `${endpoint}/v1`;

  function refusal(req, claims) {
    if (!claims || switches.takeOne('apiUnauthorized')) return [401, 'invalid_token'];
    return claims.scope?.split(' ').includes(scopeFor(req.method)) ? undefined : [403, 'insufficient_scope'];
  }

  async function answer(req, res) {
    const url = new URL(req.url, endpoint);
    const entry = journal.record(req, res, url, new URLSearchParams());
    const body = await digest(req);
    Object.assign(entry, { url: req.url, body });
    const claims = bearerClaims(req, { keys, issuer, audiences: [answersTo, resource] });
    const refused = !/^\/open(\/|$)/.test(url.pathname) && refusal(req, claims);
    if (refused) {
      const [status, error] = refused;
      return sendJson(res, status, { error, message: 'The token will not do.' }, { 'WWW-Authenticate': `Bearer error="${error}"` });
    }
    const [, action, argument] = /\/(bytes|status|redirect)(?:\/(\d+))?$/.exec(url.pathname) ?? [];
    if (action) return actions[action](res, Number(argument), url.searchParams);
    return sendJson(res, 200, { method: req.method, url: req.url, headers: req.headers, body, claims: claims ?? null });
  }

  return { endpoint, resource, journal, close: listening.close };
}

const actions = {
  redirect: (res, status, query) => redirect(res, query.get('to'), status || 302),

  status: (res, status) => sendJson(res, status, { code: `things.status_${status}`, message: 'As asked for.' }),

  // Without a length when `chunked`, over `seconds`, and no more than `early` of them before it hangs up.
  async bytes(res, size, query) {
    const most = Number(query.get('early') ?? size);
    const rest = Number(query.get('seconds') ?? 0) * 1000;
    res.writeHead(200, { 'Content-Type': 'application/octet-stream', ...(query.has('chunked') ? {} : { 'Content-Length': size }) });
    const step = rest ? Math.ceil(size / 10) : block.length;
    for (let sent = 0; sent < most && !res.destroyed; sent += step) {
      await writePattern(res, sent, Math.min(sent + step, most));
      if (rest) await pause(rest / 10);
    }
    if (most < size) res.destroy();
    else res.end();
  },
};

// Byte n of it is the n-th hexadecimal digit, over and over, wherever it is cut.
async function writePattern(res, from, to) {
  for (let at = from; at < to && !res.destroyed;) {
    const start = at % block.length;
    const piece = block.subarray(start, Math.min(block.length, start + to - at));
    if (!res.write(piece)) await new Promise((resolve) => { res.once('drain', resolve).once('close', resolve); });
    at += piece.length;
  }
}

// However large, it is never held.
async function digest(req) {
  const hash = createHash('sha256');
  let bytes = 0;
  let text = '';
  for await (const piece of req) {
    hash.update(piece);
    bytes += piece.length;
    if (bytes <= shownBody) text += piece;
  }
  return { bytes, sha256: hash.digest('hex'), text: bytes <= shownBody ? text : null };
}
