import { pause } from './http.mjs';

const dripEveryMs = 250;
const floodChunk = Buffer.alloc(64 * 1024, ' ');

// Faults that need no knowledge of the protocol. True when the request is dealt with, or never will be.
export async function misbehave(switches, res, path, grantType) {
  for (const [name, act] of Object.entries(faults)) {
    const rule = switches.take(name, path, grantType);
    if (rule) {
      await act(res, rule);
      return true;
    }
  }
  return false;
}

const faults = {
  failNext(res, { status = 500, headers = {}, body = '' }) {
    const json = typeof body !== 'string';
    res.writeHead(status, { 'Content-Type': json ? 'application/json' : 'text/plain', ...headers });
    res.end(json ? JSON.stringify(body) : body);
  },

  // Neither an answer nor an end: the client's own deadline has to do it.
  hang() {},

  // As when the machine is not there, but at once.
  disconnect(res) {
    res.socket.destroy();
  },

  redirect(res, { to, status = 302 }) {
    res.writeHead(status, { Location: to });
    res.end();
  },

  // Starts like JSON, so that nothing but the size can give it away. Stops as soon as the reader hangs up.
  async flood(res, { bytes = 100 * 1024 * 1024 }) {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.write('{');
    for (let left = bytes; left > 0 && !res.destroyed; left -= floodChunk.length) {
      if (!res.write(floodChunk.subarray(0, Math.min(left, floodChunk.length)))) await drained(res);
    }
    res.end('}');
  },

  async slowDrip(res, { seconds = 600 }) {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    for (let elapsed = 0; elapsed < seconds * 1000 && !res.destroyed; elapsed += dripEveryMs) {
      res.write(elapsed ? ' ' : '{');
      await pause(dripEveryMs);
    }
    res.end('}');
  },
};

const drained = (res) => new Promise((resolve) => {
  res.once('drain', resolve);
  res.once('close', resolve);
});
