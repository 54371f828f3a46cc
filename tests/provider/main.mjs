import { fstatSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage = 'usage: tests/provider/run [--port N] [--google-port N] [--api-port N] [--verbose]\n';

function options() {
  try {
    const number = { type: 'string', default: '0' };
    return parseArgs({ options: { port: number, 'google-port': number, 'api-port': number, verbose: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}`);
    return process.exit(64);
  }
}

const { port, 'google-port': googlePort, 'api-port': apiPort, verbose } = options();
const log = (...words) => { if (verbose) process.stderr.write(`${words.join(' ')}\n`); };

// The first line of stdout is all that a caller reads, and the libraries like to talk: they are silenced
// before they are loaded.
for (const level of ['log', 'info', 'warn', 'error', 'debug']) console[level] = log;
const { startTenant } = await import('./server.mjs');

const tenant = await startTenant({ port: Number(port), googlePort: Number(googlePort), apiPort: Number(apiPort), log }).catch((error) => {
  process.stderr.write(`cannot start: ${error.message}\n`);
  process.exit(1);
});

function stop() {
  tenant.close();
  process.exit(0);
}

// A parent that is gone closes the pipe that is our stdin. One that gave us no pipe (but a terminal, which a
// background process must not read, or /dev/null) is noticed by the process number that replaces its own.
function stopWithParent() {
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) {
    process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
    return;
  }
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) stop(); }, 300).unref();
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
stopWithParent();
process.stdout.on('error', stop);
process.stdout.write(`${JSON.stringify(tenant.description)}\n`);
