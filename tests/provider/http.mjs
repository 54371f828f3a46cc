import { createServer } from 'node:http';

const bodyLimit = 1024 * 1024;

export function send(res, status, type, body, headers = {}) {
  res.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...headers });
  res.end(body);
}

export const sendJson = (res, status, body, headers) => send(res, status, 'application/json; charset=utf-8', JSON.stringify(body), headers);

export const sendHtml = (res, status, body) => send(res, status, 'text/html; charset=utf-8', body, { 'Cache-Control': 'no-store' });

export const redirect = (res, location, status = 302) => send(res, status, 'text/plain', '', { Location: String(location) });

export const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export async function readBody(req) {
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const listen = (server, port, host) => new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen({ port, host, ipv6Only: host === '::1' }, () => {
    server.off('error', reject);
    resolve(server.address().port);
  });
});

// `localhost` is both 127.0.0.1 and ::1, and a browser may try either first: both must answer on one port.
// A machine without IPv6 gets by with the first.
export async function listenOnLoopback(port, handler) {
  const servers = [createServer(handler), createServer(handler)];
  const bound = await listen(servers[0], port, '127.0.0.1');
  try {
    await listen(servers[1], bound, '::1');
  } catch (error) {
    if (error.code === 'EADDRINUSE' && port === 0) {
      servers[0].close();
      return listenOnLoopback(0, handler);
    }
    if (error.code === 'EADDRINUSE') throw error;
  }
  return {
    port: bound,
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}
