// Every header stands by itself, and no file grows beyond what one can read.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import test from 'node:test';

import { files, read, root } from './program.mjs';

// The one library whose headers lie elsewhere.
const secret = execFileSync('pkg-config', ['--cflags', 'libsecret-1'], { encoding: 'utf8' }).trim().split(' ').map((flag) => flag.replace(/^-I/, '-isystem'));
const flags = ['-std=gnu17', '-D_GNU_SOURCE', '-DLOGTO_VERSION="0"', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', `-I${root}`, `-I${root}/src`, ...secret];
const headers = files(/^(src|cmd)\/.*\.h$/);

test('every header compiles alone, and twice', () => {
  assert.ok(headers.length > 20);
  for (const header of headers) {
    const input = `#include "${header}"\n#include "${header}"\nint one_declaration;\n`;
    const { status, stderr } = spawnSync('cc', [...flags, '-x', 'c', '-'], { input, encoding: 'utf8', cwd: root });
    assert.equal(status, 0, `${header}: ${stderr}`);
  }
});

test('every header begins with what it is for', () => {
  for (const header of headers) assert.match(read(header), /^\/\*/, header);
});

test('files stay under 400 lines', () => {
  const long = files(/^(src|cmd)\/.*\.[ch]$/).filter((file) => read(file).split('\n').length > 401);
  assert.deepEqual(long, []);
});
