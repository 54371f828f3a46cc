// A minimal Debian system, made by scripts/bare-root.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { root } from '../drift/program.mjs';

const script = path.join(root, 'scripts/bare-root');
const minutes = 60_000;

function call(...words) {
  const { status, stdout, stderr, error } = spawnSync(script, words, { encoding: 'utf8', input: '', timeout: 30 * minutes, maxBuffer: 1 << 26 });
  assert.ifError(error);
  return { status, stdout, stderr, output: stdout + stderr };
}

export function makeSystem(suite) {
  const folder = mkdtempSync(path.join(tmpdir(), `logto-${suite}-`));
  const made = call('make', suite, folder);
  assert.equal(made.status, 0, made.output);
  // Runs a line of sh as root of the system, without network (`run`) or with it (`online`), and gives its output.
  const succeed = (how) => (line) => {
    const ended = call(how, folder, 'sh', '-c', line);
    assert.equal(ended.status, 0, `${suite}: ${line}\n${ended.output}`);
    return ended.output;
  };
  const online = succeed('online');
  return {
    folder,
    run: succeed('run'),
    online,
    attempt: (line) => call('run', folder, 'sh', '-c', line),
    install: (...names) => online(`DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends ${names.join(' ')} 2>&1`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
