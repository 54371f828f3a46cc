// What fits a terminal of 80 columns and 24 lines: help, and the man pages as two formatters show them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { files, program, run, verbs } from './program.mjs';

const folder = path.join(path.dirname(program), 'man');
const pages = readdirSync(folder).filter((name) => /\.\d$/.test(name));
const formatters = { man: ['--warnings', '--local-file'], mandoc: ['-T', 'utf8', '-O', 'width=78'] };

function fits(text) {
  for (const line of text.split('\n')) assert.ok([...line].length <= 80, line);
}

// Bold and underlined characters are overstruck.
function shown(formatter, page) {
  const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', MANWIDTH: '80' };
  const { status, stdout, stderr } = spawnSync(formatter, [...formatters[formatter], path.join(folder, page)], { env, encoding: 'utf8', timeout: 20_000 });
  assert.deepEqual([status, stderr], [0, ''], formatter);
  return stdout.replace(/.\x08/gu, '');
}

// A line ends where the next word would not have fitted.
function isFilled(paragraph) {
  const lines = paragraph.split('\n');
  for (const [at, line] of lines.slice(0, -1).entries()) assert.ok([...`${line} ${lines[at + 1].split(' ')[0]}`].length > 80, `'${line}' ends early`);
}

for (const args of [['--help'], ...verbs.map(({ name }) => [name, '--help'])]) {
  test(`'logto ${args.join(' ')}' is at most 80 columns wide`, () => fits(run(...args).stdout));
}

test('the overview fits one screen', () => {
  assert.ok(run('--help').stdout.trimEnd().split('\n').length <= 24);
});

for (const { name } of verbs) {
  test(`'logto ${name} --help' breaks its lines where they are full, and a usage between alternatives`, () => {
    const [, usage, ...description] = run(name, '--help').stdout.split(/\n(?:Options|Global options):/)[0].trim().split('\n\n');
    for (const line of usage.split('\n').slice(0, -1)) assert.match(line, /\|$/);
    description.forEach(isFilled);
  });
}

test('every man page was built', () => {
  assert.deepEqual(pages.map((name) => `man/${name}.scd`).sort(), files(/^man\/.*\.scd$/).sort());
});

for (const page of pages) {
  for (const formatter of Object.keys(formatters)) {
    test(`${page} by ${formatter}: at most 80 columns wide, and no name is broken at a hyphen`, () => {
      const text = shown(formatter, page);
      assert.match(text, /^NAME\n +logto/m);
      fits(text);
      for (const line of text.split('\n')) assert.doesNotMatch(line, /\w\p{Pd}$/u);
    });
  }
}
