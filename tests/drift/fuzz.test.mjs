// Every function that reads what comes from outside has a harness, or a reason why not: the tables of tests/fuzz/README.md.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { files, read, root } from './program.mjs';

const folder = 'tests/fuzz';
const [fuzzed, spared] = read(`${folder}/README.md`).split('\nNot fuzzed by themselves:\n').map(rowsOf);
const reading = /\b([a-z0-9]+(?:_[a-z0-9]+)*_(?:parse|decode|read|check|verify|judge|fetch|load|request|next|find|carries|visible))\(/g;
const declared = new Set(files(/^(src|cmd)\/.*\.h$/).flatMap((file) => [...code(file).matchAll(/\b([a-z0-9_]+)\(/g)].map(([, name]) => name)));

// The rows of a table: the quoted words of the first cell, and of the second.
function rowsOf(text) {
  const quoted = (cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word);
  return text.split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split(' | ')).map(([first, second]) => [quoted(first), quoted(second)]);
}

// A header without its comments.
function code(file) {
  return read(file).replace(/\/\*[^]*?\*\//g, '');
}

test('every harness has a row, and every row a harness with a corpus', () => {
  const harnesses = files(/^tests\/fuzz\/fuzz_\w+\.c$/).map((file) => path.basename(file, '.c').slice('fuzz_'.length));
  assert.deepEqual(fuzzed.map(([[name]]) => name).sort(), harnesses.sort());
  for (const [[name]] of fuzzed) assert.ok(readdirSync(path.join(root, folder, 'corpus', name)).length >= 3, `seeds of ${name}`);
});

for (const [[name], functions] of fuzzed) {
  test(`${name} calls what it is said to`, () => {
    assert.ok(functions.length > 0);
    for (const called of functions) assert.match(read(`${folder}/fuzz_${name}.c`), new RegExp(`\\b${called}\\(`));
  });
}

test('every function that reads something is in a table', () => {
  const known = new Set([...fuzzed.flatMap(([, functions]) => functions), ...spared.flatMap(([functions]) => functions)]);
  const found = new Set(files(/^(src|cmd)\/.*\.h$/).flatMap((file) => [...code(file).matchAll(reading)].map(([, name]) => name)));
  assert.ok(found.size > 20);
  for (const name of found) assert.ok(known.has(name), `${name}() has no harness: write one, or say in tests/fuzz/README.md why it needs none`);
});

test('every function in a table exists', () => {
  for (const name of [...fuzzed.flatMap(([, functions]) => functions), ...spared.flatMap(([functions]) => functions)]) {
    assert.ok(declared.has(name), `${name}() is gone`);
  }
});
