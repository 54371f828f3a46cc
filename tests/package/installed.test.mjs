// The .deb of this machine in a bare Debian 12 and 13: installed, used, upgraded, removed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { files, read, root } from '../drift/program.mjs';
import { makeSystem } from './bare-root.mjs';

const skip = process.getuid() !== 0 && 'only root can make a system';
const [, version] = read('CMakeLists.txt').match(/^project\(logto VERSION (\S+)/m);
const made = path.join(root, 'build/package');
const scratch = mkdtempSync(path.join(tmpdir(), 'logto-installed-'));
const earlier = path.join(scratch, 'earlier.deb');

// The same files as version 0.0.1, and one that later versions don't have.
function packEarlier(deb) {
  const folder = path.join(scratch, 'earlier');
  execFileSync('dpkg-deb', ['--raw-extract', deb, folder]);
  const control = path.join(folder, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, 'Version: 0.0.1-1'));
  appendFileSync(path.join(folder, 'usr/share/doc/logto-cli/gone'), 'not in later versions\n');
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', folder, earlier], { stdio: 'ignore' });
}

let deb;
before(() => {
  execFileSync(path.join(root, 'scripts/package'), { stdio: ['ignore', 'ignore', 'inherit'] });
  deb = path.join(made, readdirSync(made).find((name) => name.endsWith('.deb')));
  packEarlier(deb);
});
after(() => rmSync(scratch, { recursive: true }));

const opened = files(/^(src|cmd)\/.*\.c$/).flatMap((file) => [...read(file).matchAll(/library_open\("([^"]+)", "([^"]+)"/g)]);
const pages = files(/^man\/.*\.scd$/).map((name) => path.basename(name, '.scd').split('.'));
const shells = {
  // bash-completion of Debian 12 and of 13 load the script of a command with different functions.
  bash: `bash -c '. /usr/share/bash-completion/bash_completion
    declare -F _comp_load >/dev/null && _comp_load logto || _completion_loader logto
    COMP_WORDS=(logto logo) COMP_CWORD=1 COMP_LINE="logto logo" COMP_POINT=10
    [[ $(complete -p logto) == *"-F _logto logto" ]] && _logto logto logo logto && echo "\${COMPREPLY[@]}"'`,
  zsh: `zsh -fc 'autoload -Uz compinit && compinit -D && [[ $_comps[logto] == _logto ]] && whence -v _logto >/dev/null && print logout'`,
  fish: `fish -c 'complete -C "logto logo"' | cut -f 1`,
};
const curl = "dpkg-query -S '*/libcurl.so.4' | sed 's/:.*//'";
const configured = (system) => system.run('find .config .local -type f -exec sha256sum {} + 2>/dev/null | sort');

async function checkSystem(t, suite) {
  const system = makeSystem(suite);
  t.after(() => system.remove());
  copyFileSync(deb, path.join(system.folder, 'root/logto.deb'));
  copyFileSync(earlier, path.join(system.folder, 'root/earlier.deb'));
  system.install('man-db', 'bash-completion', 'zsh', 'fish');

  await t.test(`${suite}: apt takes the recommended packages too`, () => {
    const simulated = system.online('apt-get install -s ./logto.deb');
    for (const name of ['libqrencode4', 'gnome-keyring', 'xdg-utils']) assert.match(simulated, new RegExp(`^Inst ${name} `, 'm'));
  });

  await t.test(`${suite}: it installs and runs`, () => {
    system.install('./logto.deb');
    assert.ok(system.run('logto --version').includes(version));
  });

  await t.test(`${suite}: every man page is found`, () => {
    for (const [name, section] of pages) assert.match(system.run(`man ${section} ${name}`), new RegExp(`^${name}\\(${section}\\)`, 'im'));
    assert.match(system.run('man logto'), /^logto\(1\)/im);
  });

  for (const [shell, line] of Object.entries(shells)) {
    await t.test(`${suite}: ${shell} completes its commands`, () => assert.equal(system.run(line).trim(), 'logout'));
  }

  await t.test(`${suite}: of the libraries opened at run time only libqrencode is missing, and named`, () => {
    assert.match(system.attempt('logto doctor').output, /libqrencode missing[^]*sudo apt install libqrencode4$/m);
    system.install('libqrencode4');
    assert.doesNotMatch(system.attempt('logto doctor').output, / missing|apt install/);
  });

  await t.test(`${suite}: a library that is missing is named, and installed by the command of the hint`, () => {
    const request = 'logto login --no-browser --store plaintext --endpoint http://127.0.0.1:9 --app-id aaaaaaaaaaaaaaaaaaaaa';
    system.run(`dpkg --remove --force-depends $(${curl}) 2>&1`);
    const { status, stderr } = system.attempt(request);
    assert.notEqual(status, 0);
    assert.match(stderr, /the library libcurl\.so\.4 is not installed/);
    const [, names] = stderr.match(/^hint: install it: sudo apt install (.*)$/m);
    system.install(names);
    assert.match(system.attempt(request).stderr, /cannot reach/);
  });

  // libssl, which only says what is wrong with a certificate, comes with libcrypto.
  for (const [, soname, name] of opened.filter(([, soname]) => soname !== 'libssl.so.3')) {
    await t.test(`${suite}: doctor says that ${soname} is missing`, () => {
      const { output } = system.attempt(`file=$(readlink -f /usr/lib/*/${soname}) && mv "$file" /tmp/away && { logto doctor; mv /tmp/away "$file"; }`);
      assert.match(output, new RegExp(`sudo apt install .*${name}\\b`));
    });
  }

  await t.test(`${suite}: removed and purged, nothing is left`, () => {
    const installed = system.run('dpkg -L logto-cli').trim().split('\n');
    for (const how of ['remove', 'purge']) {
      system.run(`dpkg --${how} logto-cli 2>&1`);
      // man-db keeps what it has formatted, and the user's files are the user's.
      assert.equal(system.run("find / -xdev -iname '*logto*' ! -path '/root/*' ! -path '/var/cache/man/*'"), '');
      assert.equal(system.run(`for name in ${installed.join(' ')}; do [ ! -f "$name" ] || echo "$name"; done`), '');
      assert.notEqual(system.attempt('dpkg-query -W logto-cli').status, 0);
      if (how === 'remove') system.install('./logto.deb');
    }
  });

  await t.test(`${suite}: an upgrade keeps the user's files, and removal does`, () => {
    system.install('./earlier.deb');
    system.run('logto profile set endpoint https://tenant.example.com && logto profile set appId aaaaaaaaaaaaaaaaaaaaa');
    const kept = configured(system);
    assert.match(kept, /config\.json/);
    system.install('./logto.deb');
    assert.equal(system.run("dpkg-query -W -f '${Version}' logto-cli"), `${version}-1`);
    assert.equal(configured(system), kept);
    assert.match(system.run('logto profile show'), /https:\/\/tenant\.example\.com/);
    assert.equal(system.attempt('ls /usr/share/doc/logto-cli/gone').status, 2);
    system.run('dpkg --purge logto-cli 2>&1');
    assert.equal(configured(system), kept);
  });

  // As Debian's images for containers are set up.
  await t.test(`${suite}: without man pages and documents it helps itself`, () => {
    writeFileSync(path.join(system.folder, 'etc/dpkg/dpkg.cfg.d/docker'), 'path-exclude /usr/share/man/*\npath-exclude /usr/share/doc/*\n');
    system.install('./logto.deb');
    assert.notEqual(system.attempt('man logto').status, 0);
    assert.match(system.run('logto help login'), /--endpoint/);
  });
}

for (const suite of ['bookworm', 'trixie']) test(suite, { skip }, (t) => checkSystem(t, suite));
