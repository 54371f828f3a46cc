// One real run at the stand-in tenant: what a terminal shows of the session at the top of README.md, and the page that the browser
// ends at. What differs from run to run is replaced, so that two recordings of one program are equal.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { leadsTo } from '../provider/fakebrowser.mjs';
import { User, program, visit } from '../e2e/lib/user.mjs';
import { Process } from '../e2e/lib/process.mjs';

const readme = new URL('../../README.md', import.meta.url);
const api = ['--resource', 'https://api.example.com', '--scope', 'read:things'];

// The commands of the first console block, without the last, which signs out.
export function commands() {
  const [, block] = readFileSync(readme, 'utf8').match(/^```console\n(.*?)^```/ms);
  return [...block.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command).filter((command) => command !== 'logto logout');
}

// The user has signed in before, so `logto login` is enough.
export async function record(provider) {
  const user = await User.arrive(provider, { warm: true });
  try {
    execFileSync('ln', ['-s', program, user.path('bin/logto')]);
    user.env.PATH = `${user.path('bin')}:${user.env.PATH}`;
    const port = await freePort();
    await user.signIn([...api, '--port', port]);
    await user.run(['logout']);
    return await steps(user, port);
  } finally {
    await user.leave();
  }
}

async function steps(user, port) {
  const constant = (text) => normal(text, user.provider.endpoint, port);
  const recording = { steps: [] };
  for (const command of commands()) {
    const shown = atTerminal(user, command);
    if (command === 'logto login') {
      const address = await leadsTo(await user.opened(shown));
      recording.page = constant((await visit(await user.authorize(address))).text);
    }
    const { code, stdout } = await shown.ended;
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stdout}`);
    recording.steps.push({ command, output: constant(stdout) });
  }
  return recording;
}

// With colors, and wider than any line: the picture wraps them.
function atTerminal(user, command) {
  const env = { ...user.env, TERM: 'xterm-256color', TZ: 'UTC' };
  return new Process('script', ['-qefc', `stty cols 500 rows 50; ${command}`, '/dev/null'], { env, cwd: env.HOME, stdin: 'open', name: command });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => { server.listen(0, 'localhost', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return `${port}`;
}

// Addresses, tokens, keys, nonces and times.
function normal(text, endpoint, port) {
  return text.replaceAll('\r\n', '\n').replaceAll(endpoint, 'https://tenant.logto.app').replaceAll(`localhost:${port}`, 'localhost:3000')
    .replace(/(localhost:3000\/)[\w-]{22}/g, '$1E3bHP0kJVOAiFcfzxAGgag')
    .replace(/(key |kid +)[\w-]{43}/g, '$1CiAjyneH5D3idYuAFLZvjkuhM7eRqB3usuiWRpVWQBs')
    .replace(/\b(eyJhbGciOiJ[\w-]{34})[\w.-]+/g, '$1…')
    .replace(/(expires in )\d+ \w+/g, '$160 minutes').replace(/\b(now|\d+ seconds? ago)\b/g, 'now')
    .replace(/(program on )[^<]+/g, '$1this computer');
}
