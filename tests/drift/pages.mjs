// The examples of a page, and a shell that has the program.
import { execFileSync, spawnSync } from 'node:child_process';

import { program, read } from './program.mjs';

export const fences = (file, language) => [...read(file).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block]) => block);

// The stand-in shares our process with nobody, so a blocking child is fine.
export function shell(machine, script, more) {
  const options = { env: machine.env, cwd: machine.env.HOME, encoding: 'utf8', timeout: 60_000, ...more };
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], options);
}

// The program as `logto`, for a shell.
export function onPath(user) {
  execFileSync('ln', ['-s', program, user.path('bin/logto')]);
  user.env.PATH = `${user.path('bin')}:${user.env.PATH}`;
  return user;
}
