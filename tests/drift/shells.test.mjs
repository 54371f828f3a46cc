// The completion scripts in the shells themselves, each interactive in a pseudo-terminal.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import { program, root, verbs } from './program.mjs';

const hostile = ['a$(touch pwned)b', 'x;touch pwned', 'it\'s "q" `touch pwned` !!', 'two words', '$HOME', 'back\\slash', 'z&*?[]{}<|>#~'];
const apis = ['https://api.example.com/v1', 'https://api.example.com/v2', 'https://b.example.com/?x=1&y=$(touch pwned)'];

const folder = mkdtempSync(path.join(tmpdir(), 'logto-shells-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(path.join(folder, 'config/logto'), { recursive: true });
writeFileSync(path.join(folder, 'config/logto/config.json'), JSON.stringify({
  profiles: { default: { resources: apis, scopes: ['read:orders', 'write:orders', ...hostile] }, work: {} },
}));
writeFileSync(path.join(folder, 'secret file'), '');
symlinkSync(program, path.join(folder, 'logto'));

const answer = path.join(folder, 'answer');
const environment = {
  PATH: `${folder}:${process.env.PATH}`, HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config'), XDG_DATA_HOME: path.join(folder, 'data'),
  LC_ALL: 'C.UTF-8', TERM: 'dumb', SCRIPTS: path.join(root, 'completions'), ANSWER: answer,
};
const shells = {
  bash: 'exec bash --noprofile --rcfile "$CAPTURE" -i',
  zsh: 'exec zsh -f -i',
  fish: 'exec fish --no-config -i -C "source $CAPTURE"',
};

// What the shell answers to these keys: Tab's candidates (MODE list), or the words that logto would be run with (MODE run).
function type(shell, mode, keys) {
  const env = { ...environment, MODE: mode, CAPTURE: fileURLToPath(new URL(`capture.${shell}`, import.meta.url)) };
  rmSync(answer, { force: true });
  const { error, stdout } = spawnSync('script', ['-qec', shells[shell], '/dev/null'], {
    encoding: 'utf8', env, cwd: folder, timeout: 20_000, input: `${shell === 'zsh' ? '. "$CAPTURE"\r' : ''}${keys}`,
  });
  assert.ok(!error && existsSync(answer), `${shell}: ${JSON.stringify(keys)}: ${error ?? ''} ${stdout}`);
  assert.ok(!existsSync(path.join(folder, 'pwned')), `${shell} ran what stands in a scope: ${JSON.stringify(keys)}`);
  return readFileSync(answer, 'utf8').split('\n').slice(0, -1);
}

// Without descriptions, and without what bash does not replace: the option before '=', or a URI up to its last colon.
function candidates(shell, line) {
  const found = type(shell, 'list', `${line}\t`).map((match) => match.split('\t')[0].replace(/^--\w+=/, '').trim());
  return [...new Set(found)].filter(Boolean).sort();
}

// [line, what Tab offers at its end]
const lists = [
  ['logto ', verbs.map(({ name }) => name)],
  ['logto logo', ['logout']],
  ['logto -p work --json logo', ['logout']],
  ['logto nonsense ', []],
  ['logto login --no-b', ['--no-browser']],
  ['logto login --no-browser --no-b', ['--no-browser']],
  ['logto --color al', ['always']],
  ['logto token --format e', ['env', 'exec-credential']],
  ['logto token --format=e', ['env', 'exec-credential']],
  ['logto token --format=', ['env', 'exec-credential', 'header', 'json', 'token']],
  ['logto -p login token --format e', ['env', 'exec-credential']],
  ['logto completion ', ['bash', 'fish', 'zsh']],
  ['logto completion bash ', []],
  ['logto help whoa', ['whoami']],
  ['logto token --profile w', ['work']],
  ['logto -qp w', ['work']],
  ['logto login --connector ', []],
  ['logto login --scope r', ['read:orders']],
  ['logto token --resource ', []],
  ['logto profile us', ['use']],
  ['logto profile use w', ['work']],
  ['logto profile set por', ['port']],
  ['logto profile set port ', []],
  ['logto exec --resource https://x -- secret-too', ['secret-tool']],
  ['logto exec secret-too', ['secret-tool']],
];

// [keys, the words that logto is run with]; a shell adds a space to a word that it has completed
const runs = [
  ['logto tok\t\r', ['token']],
  ['logto token --format=en\t\r', ['token', '--format=env']],
  ['logto login --resource https://api.example.com/v\t1\r', ['login', '--resource', apis[0]]],
  ['logto login --resource=https://api.example.com/v1\t\r', ['login', `--resource=${apis[0]}`]],
  ['logto login --resource=https://b\t\r', ['login', `--resource=${apis[2]}`]],
  ['logto login --resource="https://b\t\r', ['login', `--resource=${apis[2]}`]],
  ['logto login --resource https://api.example.com/v1 --scope rea\t\r', ['login', '--resource', apis[0], '--scope', 'read:orders']],
  ['logto login --scope read:o\t\r', ['login', '--scope', 'read:orders']],
  ['logto login --app-secret-file sec\t\r', ['login', '--app-secret-file', 'secret file']],
  ['logto login --app-secret-file=sec\t\r', ['login', '--app-secret-file=secret file']],
  ['logto exec -- cat sec\t\r', ['exec', '--', 'cat', 'secret file']],
  ['logto login --scope a\\$\\(t\t\r', ['login', '--scope', 'a$(touch pwned)b']],
  ['logto login --scope "two w\t\r', ['login', '--scope', 'two words']],
  ['logto login --scope two\\ w\t --no-b\t\r', ['login', '--scope', 'two words', '--no-browser']],
  ['logto login --scope \'$H\t\r', ['login', '--scope', '$HOME']],
  // A space follows what is completed. `$` begins nothing in double quotes and in none, so that it is escaped there.
  ...['', '\'', '"'].map((quote) => [
    `logto login ${hostile.map(([first]) => `--scope ${quote}${first === '$' && quote !== '\'' ? '\\' : ''}${first}\t`).join('')}\r`,
    ['login', ...hostile.flatMap((scope) => ['--scope', scope])],
  ]),
];

for (const shell of Object.keys(shells)) {
  const missing = spawnSync(shell, ['--version']).error ? `${shell} is not installed` : false;

  test(`${shell} offers what fits the place`, { skip: missing }, () => {
    for (const [line, expected] of lists) assert.deepEqual(candidates(shell, line), [...expected].sort(), `${shell}: ${line}`);
    assert.equal(candidates(shell, 'logto login --scope ').length, hostile.length + 2);
  });

  test(`${shell} quotes what it inserts, and evaluates nothing`, { skip: missing }, () => {
    for (const [keys, words] of runs) assert.deepEqual(type(shell, 'run', keys), words, `${shell}: ${JSON.stringify(keys)}`);
  });
}

test('bash completes a file behind a redirection', { skip: spawnSync('bash', ['--version']).error ? 'bash is not installed' : false }, () => {
  for (const keys of ['logto token >sec\t\r', 'logto token 2> sec\t\r']) assert.deepEqual(type('bash', 'run', keys), ['token'], keys);
  assert.ok(!existsSync(path.join(folder, 'sec')));
});
