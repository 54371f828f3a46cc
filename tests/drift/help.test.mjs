// Options = help = man pages = completions.
import assert from 'node:assert/strict';
import test from 'node:test';

import { complete, files, globalOptions, helpOf, optionsOf, read, run, verbs } from './program.mjs';

// scdoc escapes what means something to it.
const manPage = (name) => read(`man/${name}.scd`).replaceAll('\\', '');
const scripts = { bash: 'completions/logto.bash', zsh: 'completions/_logto', fish: 'completions/logto.fish' };
const withPage = verbs.filter(({ name }) => !['help', 'version'].includes(name));

test('the program says something about itself', () => {
  assert.ok(verbs.length >= 7 && globalOptions.length >= 7);
  for (const { name } of verbs) assert.match(helpOf(name), new RegExp(`^Usage: logto ${name} `, 'm'));
});

for (const [shell, file] of Object.entries(scripts)) {
  test(`${file} is what 'logto completion ${shell}' prints`, () => {
    assert.equal(run('completion', shell).stdout, read(file));
    assert.equal(JSON.parse(run('completion', shell, '--json').stdout).script, read(file));
  });

  test(`${file} names no option and no command but its own, so that it cannot drift`, () => {
    const code = read(file).replace(/^\s*# .*$/gm, '');
    for (const { name } of [...globalOptions, ...verbs.flatMap((verb) => optionsOf(verb.name))]) assert.doesNotMatch(code, new RegExp(`--${name}\\b`));
    for (const { name } of verbs.filter((verb) => verb.name !== 'completion')) assert.doesNotMatch(code, new RegExp(`logto ${name}\\b`));
  });
}

test('completion offers every verb, with its summary, where a command is expected', () => {
  for (const words of [[''], ['--json', ''], ['-p', 'work', ''], ['help', '']]) {
    const { candidates, directive } = complete(...words);
    assert.deepEqual(candidates, verbs.map(({ name, summary }) => ({ name, description: summary })));
    assert.equal(directive, ':none');
  }
});

for (const verb of verbs) {
  test(`completion offers every option of ${verb.name}, with its line of help`, () => {
    const expected = [...globalOptions, ...optionsOf(verb.name)].flatMap(({ letter, name, help }) => [letter && `-${letter}`, `--${name}`]
      .filter(Boolean).map((option) => ({ name: option, description: help })));
    assert.deepEqual(complete(verb.name, '-').candidates, expected);
    assert.deepEqual(complete('--json', verb.name, '--js').candidates, expected);
  });
}

test('completion knows files, and where another program begins', () => {
  assert.equal(complete('login', '--app-secret-file', '').directive, ':files 0');
  assert.equal(complete('login', '--app-secret-file=se').directive, ':files 18');
  assert.equal(complete('exec', '').directive, ':command 2');
  assert.equal(complete('exec', '--resource', 'x', '--', 'cat', '-').directive, ':command 5');
  assert.equal(complete('-p', 'exec', 'token', '--', '-').directive, ':none');
  assert.deepEqual(complete('token', '--', '-').candidates, []);
});

for (const { name, summary } of withPage) {
  test(`logto-${name}.1 has every option, with its argument and its line of help`, () => {
    const page = manPage(`logto-${name}.1`);
    for (const { letter, name: option, argument, help } of optionsOf(name)) {
      const heading = `${letter ? `*-${letter}*, ` : ''}*--${option}*${argument ? ` _${argument}_` : ''}`;
      assert.ok(page.includes(`\n${heading}\n\t`), `no paragraph for ${heading}`);
      const [first] = page.split(`\n${heading}\n\t`)[1].split('\n\n');
      assert.ok(normal(first).startsWith(normal(help)), `--help says '${help}', the page '${normal(first)}'`);
    }
    assert.ok(normal(page).includes(`logto-${name} - ${normal(summary)}`), `the page's NAME differs from '${summary}'`);
  });

  test(`logto-${name}.1 has no option that the program lacks`, () => {
    const known = new Set([...optionsOf(name), ...globalOptions].map((option) => option.name));
    for (const [, option] of manPage(`logto-${name}.1`).matchAll(/^(?:\*-\w\*, )?\*--([\w-]+)\*/gm)) assert.ok(known.has(option), `--${option}`);
  });
}

test('every page belongs to a verb, and logto.1 lists all verbs and the options of every command', () => {
  const page = manPage('logto.1');
  for (const { name } of withPage) assert.ok(page.includes(`*logto-${name}*(1)`), name);
  for (const name of ['help', 'version']) assert.ok(page.includes(`*logto ${name}*`), name);
  for (const { letter, name } of globalOptions) assert.ok(page.includes(`${letter ? `*-${letter}*, ` : ''}*--${name}*`), name);
  const pages = files(/^man\/.*\.scd$/).map((file) => file.match(/man\/logto-?(\w*)\./)[1]);
  assert.deepEqual(pages.sort(), ['', 'config', 'setup', ...withPage.map(({ name }) => name)].sort());
});

test('completion knows the values of a key', () => {
  const names = (...words) => complete('profile', ...words).candidates.map(({ name }) => name);
  assert.deepEqual(names('set', 'warm', ''), ['true', 'false']);
  assert.deepEqual(names('set', 'store', ''), ['keyring', 'file', 'plaintext']);
  for (const words of [['set', 'port', ''], ['unset', 'warm', ''], ['warm', ''], ['set', 'warm', 'true', '']]) assert.deepEqual(names(...words), [], words.join(' '));
});

test('every key of a profile is in logto-config(5), in the help, in what show prints and in completion', () => {
  const { candidates } = complete('profile', 'set', '');
  assert.ok(candidates.length >= 12);
  for (const { name } of candidates) {
    assert.ok(manPage('logto-config.5').includes(`\n*${name}*\n\t`), name);
    assert.match(helpOf('profile').replace(/\s+/g, ' '), new RegExp(`Keys: [^.]*\\b${name}\\b`));
    assert.match(read('cmd/profile.c'), new RegExp(`print_\\w*key\\(output, stored, "${name}"`));
  }
});

test('every key of a profile in logto-config(5) can be set, but what the program alone writes', () => {
  const section = manPage('logto-config.5').split('\nThe keys of a profile:\n')[1].split('\n# ')[0];
  const documented = [...section.matchAll(/^\*(\w+)\*\n\t(.*)/gm)].filter(([, , text]) => !text.startsWith('Written by ')).map(([, name]) => name);
  assert.deepEqual(documented.sort(), complete('profile', 'set', '').candidates.map(({ name }) => name).sort());
});

test('logto-setup(7) has the symptoms of docs/logto-setup.md', () => {
  const page = normal(manPage('logto-setup.7'));
  const rows = read('docs/logto-setup.md').split('## When it does not work')[1].split('\n').filter((line) => /^\| (?!symptom)/.test(line));
  const words = rows.flatMap((row) => [...row.split(' | ')[0].matchAll(/"([^"]+)"|`([^`]+)`|\*([^*]+)\*/g)].map((found) => found.slice(1).find(Boolean)));
  assert.ok(words.length >= 10);
  for (const word of words) assert.ok(page.includes(normal(word)), word);
});

// Case of the first letter, emphasis, line breaks and the full stop differ between a page and a line of help.
function normal(text) {
  return text.replace(/[*_\\]/g, '').replace(/\s+/g, ' ').trim().toLowerCase();
}
