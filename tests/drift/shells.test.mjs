// The completion scripts in the shells themselves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import { program, root, verbs } from './program.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'logto-shells-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(path.join(folder, 'config/logto'), { recursive: true });
writeFileSync(path.join(folder, 'config/logto/config.json'), '{"profiles":{"default":{},"work":{}}}');
writeFileSync(path.join(folder, 'secret file'), '');
symlinkSync(program, path.join(folder, 'logto'));

const environment = {
  PATH: `${folder}:${process.env.PATH}`, HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config'), LC_ALL: 'C.UTF-8', TERM: 'dumb',
};
const capture = fileURLToPath(new URL('capture.', import.meta.url));
const shells = {
  bash: (line) => ['bash', ['--norc', `${capture}bash`, path.join(root, 'completions/logto.bash'), line]],
  zsh: (line) => ['zsh', ['-f', `${capture}zsh`, path.join(root, 'completions'), line]],
  fish: (line) => ['fish', ['--no-config', '-c', `source ${root}/completions/logto.fish; complete -C "$argv"`, line]],
};

function complete(shell, line) {
  const { status, stdout, stderr } = spawnSync(...shells[shell](line), { encoding: 'utf8', env: environment, cwd: folder, timeout: 20_000 });
  assert.equal(status, 0, stderr);
  const matches = stdout.split('\n').filter(Boolean).map((match) => match.split('\t')[0].replace(/^--\w+=/, '').trim());
  return [...new Set(matches)].sort();
}

const has = (verb) => verbs.some(({ name }) => name === verb);
const cases = [
  ['logto ', verbs.map(({ name }) => name)],
  ['logto logo', ['logout']],
  ['logto login --no-b', ['--no-browser']],
  ['logto --color al', ['always']],
  ['logto token --format e', ['env', 'exec-credential']],
  ['logto token --format=e', ['env', 'exec-credential']],
  ['logto -p login token --format e', ['env', 'exec-credential']],
  ['logto completion ', ['bash', 'fish', 'zsh']],
  ['logto help whoa', ['whoami']],
  ['logto -p ', ['default', 'work']],
  ['logto token --profile w', ['work']],
  ['logto login --connector ', []],
  ...(has('profile') ? [['logto profile us', ['use']], ['logto profile use w', ['work']], ['logto profile set por', ['port']]] : []),
  ...(has('exec') ? [['logto exec --resource x -- secret-too', ['secret-tool']]] : []),
];

for (const shell of Object.keys(shells)) {
  test(`${shell} completes`, { skip: spawnSync(shell, ['--version']).error ? `${shell} is not installed` : false }, () => {
    for (const [line, expected] of cases) assert.deepEqual(complete(shell, line), [...expected].sort(), `${shell}: ${line}`);
    const file = complete(shell, 'logto login --app-secret-file sec').map((name) => name.replaceAll('\\', ''));
    assert.deepEqual(file, ['secret file'], `${shell}: files`);
  });
}
