import { pause } from './http.mjs';

// So that what was sent is read, and not thrown away with the connection.
const beforeReset = 50;

// The request is carried out, and its answer then leaves as a test wants it: cut, without its length, in chunks
// with endless trailers. Node's own response would not do that, so this one is written by hand.
export function mangle(res, rule) {
  const chunks = [];
  const add = (chunk) => { if (chunk) chunks.push(Buffer.from(chunk)); };
  res.writeHead = (status, headers = {}) => {
    res.statusCode = status;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    return res;
  };
  res.write = (chunk) => { add(chunk); return true; };
  res.end = (chunk) => {
    add(chunk);
    res.mangled = true;
    deliver(res, rule, Buffer.concat(chunks));
    return res;
  };
}

async function deliver(res, { body, cutAt, framing = 'length', headerBytes = 0, trailerBytes = 0, reset }, answered) {
  const { socket } = res;
  socket.on('error', () => {});
  const whole = body === undefined ? answered : Buffer.from(body);
  const part = whole.subarray(0, cutAt ?? whole.length);
  const head = `HTTP/1.1 ${res.statusCode} Mangled\r\n${headersOf(res)}${framingHeader[framing](whole)}`;
  await write(socket, [head]);
  await write(socket, padding('X-Padding', headerBytes));
  await write(socket, ['\r\n', framing === 'chunked' ? chunk(part) : part]);
  if (framing === 'chunked' && part.length === whole.length) {
    await write(socket, ['0\r\n']);
    await write(socket, padding('X-Trailer', trailerBytes));
    await write(socket, ['\r\n']);
  }
  if (!reset) return socket.end();
  await pause(beforeReset);
  return socket.resetAndDestroy();
}

const framingHeader = {
  length: (body) => `Content-Length: ${body.length}\r\n`,
  close: () => '',
  chunked: () => 'Transfer-Encoding: chunked\r\n',
};

const replaced = new Set(['content-length', 'transfer-encoding', 'connection']);

const headersOf = (res) => Object.entries({ ...res.getHeaders(), Date: new Date().toUTCString(), Connection: 'close' })
  .filter(([name]) => !replaced.has(name))
  .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`)).join('');

const chunk = (bytes) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

// As many lines as come to that many bytes, made only as they are sent.
function* padding(name, bytes) {
  const line = `${name}: ${'a'.repeat(1024 - name.length - 4)}\r\n`;
  for (let left = bytes; left > 0; left -= line.length) yield line;
}

// Padding may come to gigabytes: it stops as soon as the reader hangs up.
async function write(socket, pieces) {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    if (piece.length && !socket.write(piece)) await new Promise((resolve) => { socket.once('drain', resolve).once('close', resolve); });
  }
}
