// The released program is hardened, and scripts/hardening notices one that is not.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { root } from './program.mjs';

const directory = mkdtempSync(path.join(tmpdir(), 'hardening-'));
const source = path.join(directory, 'small.c');
const program = path.join(directory, 'small');

after(() => rmSync(directory, { recursive: true }));
writeFileSync(source, '#include <stdio.h>\nint main(int count, char **words) { char text[64]; snprintf(text, count * 4, "%s", words[0]); return puts(text); }\n');

const strong = '-w -O2 -fPIE -fstack-protector-all -D_FORTIFY_SOURCE=2 -fcf-protection -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,shstk';
const complaints = (file) => spawnSync(path.join(root, 'scripts/hardening'), [file], { encoding: 'utf8' }).stdout.trim();

function build(more) {
  execFileSync('gcc', [...`${strong} ${more}`.trim().split(' '), source, '-o', program], { stdio: 'ignore' });
  return complaints(program).replaceAll(`failed: ${program}: `, '');
}

test('logto is hardened', () => assert.equal(complaints(process.env.LOGTO_BIN), ''));

test('nothing is said against a small program with all of it', () => assert.equal(build(''), ''));

for (const [more, missing] of [
  ['-fno-pie -no-pie', /position-independent/],
  ['-Wl,-z,norelro', /^RELRO$/],
  ['-Wl,-z,lazy', /bound at start/],
  ['-Wl,-z,execstack', /no executable stack/],
  ['-fno-stack-protector', /stack protector/],
  ['-U_FORTIFY_SOURCE', /_FORTIFY_SOURCE/],
]) {
  test(`${more} is noticed`, () => assert.match(build(more), missing));
}

test('a program without CET is noticed', { skip: process.arch !== 'x64' && 'CET is for x86' }, () => {
  execFileSync('gcc', [...strong.replace(',-z,shstk', '').split(' '), '-fcf-protection=none', source, '-o', program], { stdio: 'ignore' });
  assert.match(complaints(program), /shadow stack/);
});
