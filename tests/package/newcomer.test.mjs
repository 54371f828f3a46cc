// What README.md tells someone who has a bare Debian 12 or 13 and git: the demo, the package, its manual, and the end of it. As root,
// so without the sudo of the commands. Prints how long each step takes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { fences } from '../drift/pages.mjs';
import { read, root } from '../drift/program.mjs';
import { makeSystem } from './bare-root.mjs';

const skip = process.getuid() !== 0 && 'only root can make a system';
const git = (...words) => execFileSync('git', ['-C', root, ...words]);
const asRoot = (command) => command.replaceAll('sudo ', '');

const [demo, build, install, manual] = [...fences('README.md', 'sh').find((block) => block.startsWith('scripts/demo')).trim().split('\n'),
  ...fences('README.md', 'sh').find((block) => block.startsWith('scripts/package')).trim().split('\n')];
const [, uninstall] = read('README.md').match(/`(sudo apt purge .*)`/);

const steps = [
  ['git', 'apt-get install -qq git 2>&1', /Setting up git/],
  ['clone', 'git clone -q origin.git clone', /^$/],
  ['demo', demo, /^The demo has finished\.$/m],
  ['package', build, /^build\/package\/logto-cli_.*\.deb$/m],
  ['install', install, /^Setting up logto-cli /m],
  ['program', 'logto --version', /^logto-cli \d/],
  // A bare system has no man; who reads manuals has installed it.
  ['manual', `apt-get install -qq man-db 2>&1 && ${manual}`, /^logto\(1\)/im],
  ['uninstall', uninstall, /^Removing logto-cli /m],
];

async function followReadme(t, suite) {
  const system = makeSystem(suite);
  const origin = path.join(system.folder, 'root/origin.git');
  t.after(() => system.remove());
  // Nobody is there to answer.
  writeFileSync(path.join(system.folder, 'etc/apt/apt.conf.d/yes'), 'APT::Get::Assume-Yes "true";\n');
  writeFileSync(path.join(system.folder, 'root/.profile'), 'export DEBIAN_FRONTEND=noninteractive\n');
  git('init', '-q', '--bare', '-b', 'main', origin);
  git('push', '-q', origin, 'HEAD:refs/heads/main');

  for (const [name, line, expected] of steps) {
    const start = Date.now();
    await t.test(`${suite}: ${name}: ${line}`, () => {
      assert.match(system.online(`. ./.profile && { [ ! -d clone ] || cd clone; } && ${asRoot(line)}`), expected);
    });
    console.log(`newcomer: ${suite}: ${((Date.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  }
  await t.test(`${suite}: nothing of the program is left`, () => {
    assert.equal(system.run("find /usr /etc /opt -iname '*logto*'"), '');
  });
}

for (const suite of ['bookworm', 'trixie']) test(`from a bare ${suite} to the manual, and back`, { skip }, (t) => followReadme(t, suite));
