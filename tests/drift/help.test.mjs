// Options = help = man pages = completions.
import assert from 'node:assert/strict';
import test from 'node:test';

import { files, globalOptions, helpOf, optionsOf, read, run, verbs } from './program.mjs';

// scdoc escapes what means something to it.
const manPage = (name) => read(`man/${name}.scd`).replaceAll('\\', '');
const scripts = { bash: 'completions/logto.bash', zsh: 'completions/_logto', fish: 'completions/logto.fish' };
const withPage = verbs.filter(({ name }) => name !== 'help');

test('the program says something about itself', () => {
  assert.ok(verbs.length >= 7 && globalOptions.length >= 7);
  for (const { name } of verbs) assert.match(helpOf(name), new RegExp(`^Usage: logto ${name} `, 'm'));
});

for (const [shell, file] of Object.entries(scripts)) {
  test(`${file} is what 'logto completion ${shell}' prints (mend: scripts/completions)`, () => {
    assert.equal(read(file), run('completion', shell).stdout);
  });
}

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
  for (const { name } of globalOptions) assert.ok(page.includes(`*--${name}*`), name);
  const pages = files(/^man\/.*\.scd$/).map((file) => file.match(/man\/logto-?(\w*)\./)[1]);
  assert.deepEqual(pages.sort(), ['', 'config', ...withPage.map(({ name }) => name)].sort());
});

// Case of the first letter, emphasis, line breaks and the full stop differ between a page and a line of help.
function normal(text) {
  return text.replace(/[*_\\]/g, '').replace(/\s+/g, ' ').trim().toLowerCase();
}
