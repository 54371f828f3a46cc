// What the documents say about the program is true: commands, codes, links, names in the sources.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { files, globalOptions, helpOf, optionsOf, read, root, run, verbs } from './program.mjs';

const documents = files(/^(README|CONTRIBUTING|CHANGELOG|SECURITY|CODE_OF_CONDUCT)\.md$|^docs\/.*\.md$/);
// What is written for those who work on the tests.
const notes = files(/^tests\/\w+\/README\.md$|^\.github\/.*\.md$/);
const pages = files(/^man\/.*\.scd$/);
const names = new Set(verbs.map(({ name }) => name));

// Fenced blocks and `inline code`; comments of a shell are no commands.
function code(text) {
  const fences = [...text.matchAll(/^ *```\w*\n(.*?)^ *```/gms)].map(([, block]) => block.replace(/\s# .*$/gm, ''));
  const inline = [...text.replace(/^ *```.*?^ *```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, words]) => words);
  return [...fences, ...inline];
}

// Each call of the program with the words that belong to it; what follows '--' is another program's.
function calls(text) {
  return code(text).flatMap((block) => block.replace(/\\\n/g, ' ').split(/\n|\||&&|;|\$\(|<\(|'/)
    .map((part) => part.match(/(?:^|\s)logto (.*)$/)?.[1]).filter(Boolean)
    .map((words) => words.split(/ -- |[<>)"]/)[0].trim().split(/\s+/).filter(Boolean)));
}

function check(words, where) {
  const verb = words.find((word) => names.has(word));
  const known = new Set([...globalOptions, ...(verb ? optionsOf(verb) : [])].flatMap(({ name, letter }) => [`--${name}`, `-${letter}`]));
  const first = words.find((word) => /^[a-z]+$/.test(word) && words[words.indexOf(word) - 1] !== '-p' && words[words.indexOf(word) - 1] !== '--profile');
  if (first) assert.ok(names.has(first), `${where}: there is no command '${first}'`);
  for (const word of words.filter((one) => /^-{1,2}[a-z]/.test(one))) assert.ok(known.has(word.split('=')[0]), `${where}: logto ${words.join(' ')}: ${word}`);
}

for (const file of [...documents, ...pages]) {
  test(`${file}: its commands exist`, () => {
    for (const words of calls(read(file))) check(words, file);
  });
}

test('the commands are found at all', () => {
  assert.ok(calls(read('README.md')).length > 15 && calls(read('docs/ci.md')).length > 5);
});

test("help's own examples exist", () => {
  for (const { name } of verbs) for (const words of calls(`\`\`\`\n${helpOf(name).split('\nExamples:\n')[1] ?? ''}\`\`\``)) check(words, `${name} --help`);
});

// docs/comparison.md names functions of other programs too.
const ownText = (file) => (file === 'docs/comparison.md' ? read(file).split(/^- /m).filter((item) => item.startsWith('logto:')).join('\n') : read(file));

// As GitHub names the sections of a page.
const sectionsOf = (page) => [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'));

for (const file of [...documents, ...notes]) {
  test(`${file}: its lines have at most 100 columns, outside of tables`, () => {
    for (const line of read(file).split('\n').filter((one) => !one.startsWith('|'))) assert.ok([...line].length <= 100, line);
  });

  test(`${file}: its links lead somewhere`, () => {
    for (const [, target, section] of read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const page = target ? path.join(path.dirname(file), target) : file;
      assert.ok(existsSync(path.join(root, page)), target);
      if (section) assert.ok(sectionsOf(page).includes(section), `${page} has no section ${section}`);
    }
  });

  test(`${file}: the files that it names exist`, () => {
    const names = [...ownText(file).matchAll(/`((?:scripts|docs|tests|man|cmake|completions)\/[\w./-]*\w)\/?[`\s]/g)].map(([, name]) => name).filter((name) => !name.endsWith('NAME'));
    for (const name of names) assert.ok(existsSync(path.join(root, name)) || existsSync(path.join(root, `${name}.c`)), name);
  });
}

// Without comments, which may name what is gone.
const sources = files(/^(src|cmd|tests)\/.*\.[ch]$/).map((file) => read(file).replace(/\/\*.*?\*\/|\/\/.*$/gms, '')).join('\n');

// Every `name()`, in prose too, and every call in an example in C. A member is called through its pointer.
function functionsIn(page) {
  const text = page.replace(/^```(?!c\n)\w+\n.*?^```/gms, '');
  const examples = [...text.matchAll(/^```c\n(.*?)^```/gms)].map(([, block]) => block.replace(/"(?:\\.|[^"\\])*"|\/\*.*?\*\//gs, ''));
  const named = [...text.matchAll(/\b([a-z_]\w*)\(\)/g), ...examples.flatMap((block) => [...block.matchAll(/\b([a-z_]\w*)\(/g)])];
  return new Set(named.map(([, name]) => name).filter((name) => !['if', 'for', 'while', 'switch', 'sizeof', 'return'].includes(name)));
}

const exists = (name) => new RegExp(`\\b${name}\\)?\\(`).test(sources);

for (const file of documents.filter((name) => name !== 'CHANGELOG.md')) {
  test(`${file}: its functions and files exist`, () => {
    for (const name of functionsIn(ownText(file))) assert.ok(exists(name), `there is no ${name}()`);
    for (const [, name] of ownText(file).matchAll(/`((?:[\w.-]+\/)*[\w-]+\.(?:[ch]|mjs|cmake))`/g)) {
      const places = ['', 'src', ...(name.includes('/') ? [] : ['cmd'])];
      assert.ok(places.some((place) => existsSync(path.join(root, place, name))), name);
    }
  });
}

test('the functions are found at all, and one that is made up is not', () => {
  assert.ok(functionsIn(read('docs/architecture.md')).size > 5 && functionsIn(read('CONTRIBUTING.md')).has('error_context'));
  assert.ok(exists('error_context') && !exists('no_such_function'));
});

// Its rows: | `src/net/` | `http` over libcurl; `loopback`, … |
test('docs/architecture.md names files of each module', () => {
  for (const [, folder, text] of read('docs/architecture.md').matchAll(/^\| `((?:src\/)?\w+\/)` \| (.*) \|$/gm)) {
    const words = [...text.matchAll(/`([a-z]\w*)`/g)].map(([, word]) => word);
    for (const word of words) {
      const isFile = ['c', 'h'].some((suffix) => existsSync(path.join(root, `${folder}${word}.${suffix}`)));
      assert.ok(isFile || new RegExp(`\\b${word}\\b`).test(sources), `${folder}: ${word}`);
    }
  }
});

test('docs/errors.md and logto.1 have the codes of src/base/error.c', () => {
  const table = [...read('src/base/error.c').matchAll(/\[ERROR_\w+\] = \{"(\w+)", (\d+)\}/g)].map(([, word, status]) => [word, status]).slice(1);
  const documented = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, word, status]) => [word, status]);
  assert.deepEqual(documented, table);
  for (const [word, status] of table) assert.match(read('man/logto.1.scd'), new RegExp(`^\\*${status}\\*\n\t[^*]*_${word}_`, 'm'));
});

test('every protection that docs/security.md claims has a test of that name', () => {
  const claims = [...read('docs/security.md').matchAll(/\[([^\]]+)\]\(\.\.\/(tests\/(?:e2e|kills)\/[\w.-]+\.mjs)\)/g)];
  assert.ok(claims.length > 30);
  const isTested = (text, name) => text.includes(`test('${name.replaceAll("'", "\\'")}'`) || text.includes(`: ${name}\``) || text.includes(`, ${name}\``);
  for (const [, words, file] of claims) {
    const name = words.replace(/\s+/g, ' ');
    assert.ok(isTested(read(file), name), `${file} has no test '${name}'`);
  }
});

test('tests/e2e/README.md says what each file proves', () => {
  const listed = [...read('tests/e2e/README.md').matchAll(/^\| (`[\w-]+\.test\.mjs`.*?) \|/gm)].flatMap(([, cell]) => cell.match(/[\w-]+\.test\.mjs/g));
  assert.deepEqual(listed.sort(), files(/^tests\/e2e\/.*\.test\.mjs$/).map((file) => path.basename(file)).sort());
});

test('docs/comparison.md says of each row of the README where it comes from, and of logto', () => {
  const table = read('README.md').split('## How it compares')[1].split('\n## ')[0];
  const rows = [...table.matchAll(/^\| ([^|]*\S) \|/gm)].map(([, row]) => row).filter((row) => !/^-+$/.test(row));
  const [, ...sections] = read('docs/comparison.md').split(/^## /m);
  assert.ok(rows.length >= 10 && rows.length <= 14);
  assert.deepEqual(sections.map((section) => section.split('\n')[0]), rows);
});

test('the program, CMakeLists.txt and the newest release in CHANGELOG.md have one version', () => {
  const [, version] = read('CMakeLists.txt').match(/^project\(logto VERSION (\S+)/m);
  assert.equal(read('CHANGELOG.md').match(/^## \[(\d.*?)\]/m)[1], version);
  assert.equal(JSON.parse(run('version', '--json').stdout).version, version);
});

// The names that the sources ask the environment for, in a call or in a table; localtime() asks for TZ.
function variablesOfSources() {
  const code = files(/^(src|cmd)\/.*\.c$/).map((file) => read(file).replace(/\/\*.*?\*\//gms, '')).join('\n');
  const called = [...code.matchAll(/(?:environment_value|getenv)\("(\w+)"\)/g)];
  const tables = [...code.matchAll(/"((?:LOGTO|XDG|LC)_[A-Z_]+|[A-Z]+_(?:PROGRAM|WINDOW_ID|SESSION|VERSION)|[a-z]+_proxy|LANG)"/g)];
  const names = [...called, ...tables].map((found) => found.slice(1).find(Boolean)).filter((name) => !name.startsWith('LOGTO_FAULT'));
  return new Set([...names, 'TZ']);
}

test('the environment in logto(1) is what the sources read', () => {
  const section = read('man/logto.1.scd').split('\n# ENVIRONMENT\n')[1].split('\n# ')[0];
  const documented = new Set([...section.matchAll(/\*([A-Za-z]+(?:_[A-Za-z]+)*)\*/g)].map(([, name]) => name).filter((name) => /^[A-Z]|_|^container$/.test(name)));
  const used = [...variablesOfSources()].map((name) => (/_PROXY$/.test(name) ? name.toLowerCase() : name));
  assert.ok(used.length > 20);
  assert.deepEqual([...documented].sort(), [...new Set(used)].sort());
});

test('no document shows a secret on a command line', () => {
  for (const file of [...documents, ...pages]) {
    assert.doesNotMatch(read(file), /LOGTO_(APP_SECRET|PAT|PASSPHRASE)=(?!\$)[^\s`|]/, file);
  }
});

// A token may be assigned to a variable, piped, or put out by the shell itself, and nothing else.
function onCommandLine(block) {
  const lines = block.replace(/\\\n/g, ' ').split('\n');
  return lines.filter((line) => /\$\(logto (google )?token/.test(line.replace(/\w+="?\$\(logto[^)]*\)/g, ''))
    || /\$\{?\w*TOKEN\b/i.test(line.replace(/\b(echo|printf|test) [^|;]*/g, '')));
}

test('no example puts a token into the arguments of a program', () => {
  assert.equal(onCommandLine('curl -H "$(logto token --format header)" URL').length, 1);
  assert.equal(onCommandLine('curl -H "Authorization: Bearer $API_TOKEN" URL').length, 1);
  assert.deepEqual(onCommandLine('token=$(logto token)\nX="$(logto token)" git fetch\nprintf %s "$token" | curl -H @- URL'), []);
  const blocks = (text) => [...text.matchAll(/^ *```(\w*)\n(.*?)^ *```/gms)].filter(([, language]) => ['', 'sh', 'yaml', 'crontab'].includes(language)).map(([, , block]) => block);
  for (const file of [...documents, ...pages]) for (const block of blocks(read(file))) assert.deepEqual(onCommandLine(block), [], file);
  for (const { name } of verbs) assert.deepEqual(onCommandLine(helpOf(name).split('\nExamples:\n')[1] ?? ''), [], name);
});
