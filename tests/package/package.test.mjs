// What scripts/package makes: a .deb that says what it needs and has every file, and a tarball that builds by itself.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { files, read, root } from '../drift/program.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'logto-package-'));
after(() => rmSync(folder, { recursive: true }));

const output = (command, ...words) => execFileSync(command, words, { encoding: 'utf8', cwd: root, maxBuffer: 1 << 24 });
const { status, stdout, stderr } = spawnSync('scripts/package', { encoding: 'utf8', cwd: root });
const [tarball, deb] = stdout.trim().split('\n');
const [, version] = read('CMakeLists.txt').match(/^project\(logto VERSION (\S+)/m);

test('scripts/package prints the names of a tarball and of a package that lintian accepts, and nothing else', () => {
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  assert.equal(tarball, `build/package/logto-cli-${version}.tar.gz`);
  assert.match(deb, new RegExp(`^build/package/logto-cli_${version}-1_\\w+\\.deb$`));
  assert.deepEqual(readdirSync(path.join(root, 'build/package')).sort(), [tarball, deb].map((name) => path.basename(name)).sort());
});

// "libcurl4 (>= 7.85) | libcurl4t64, …" as {libcurl4: '7.85'}
const field = (name) => Object.fromEntries(output('dpkg-deb', '--field', deb, name).trim().split(', ')
  .map((one) => one.match(/^(\S+)(?: \(>= (\S+)\))?/)).map(([, required, least]) => [required, least]));
const depends = field('Depends');
const recommends = field('Recommends');

test('every library that is opened at run time is named, with the version that the build asks for', () => {
  const opened = files(/^(src|cmd)\/.*\.c$/).flatMap((file) => [...read(file).matchAll(/library_open\("([^"]+)", "([^"]+)"/g)]);
  const asked = Object.fromEntries([...read('CMakeLists.txt').matchAll(/ (?:lib)?([a-z]+)[\d-]*>=([\d.]+)\)/g)].map(([, name, least]) => [name, least]));
  asked.crypto = asked.ssl = read('CMakeLists.txt').match(/find_package\(OpenSSL (\S+)/)[1];

  assert.ok(opened.length >= 7);
  for (const [, soname, name] of opened) {
    const least = asked[soname.match(/^lib([a-z]+)/)[1]];
    assert.ok(least, `CMakeLists.txt has no version of ${soname}`);
    assert.equal((name === 'libqrencode4' ? recommends : depends)[name], least, `${name}, for ${soname}`);
  }
});

test('what is linked is named, and certificates, a Secret Service and a way to open the browser', () => {
  for (const name of ['libc6', 'libcjson1', 'ca-certificates']) assert.ok(name in depends, name);
  for (const name of ['gnome-keyring', 'xdg-utils']) assert.ok(name in recommends, name);
});

// Of what is installed: where the program, the pages, completions and documents are.
function expected(bin, man, data, doc, { zsh = 'site-functions', compressed = '' } = {}) {
  return [
    `${bin}/logto`,
    ...files(/^man\/.*\.scd$/).map((name) => path.basename(name, '.scd')).map((name) => `${man}/man${name.at(-1)}/${name}${compressed}`),
    `${data}/bash-completion/completions/logto`, `${data}/zsh/${zsh}/_logto`, `${data}/fish/vendor_completions.d/logto.fish`,
    ...files(/^docs\/[^/]+\.md$/).map((name) => `${doc}/${name}`), `${doc}/README.md`,
  ];
}

test('the package has these files, with these permissions', () => {
  const listed = output('dpkg-deb', '--contents', deb).trim().split('\n').map((line) => line.split(/\s+/));
  const documents = ['copyright', 'changelog.gz', 'changelog.Debian.gz'].map((name) => `/usr/share/doc/logto-cli/${name}`);
  const names = expected('/usr/bin', '/usr/share/man', '/usr/share', '/usr/share/doc/logto-cli', { zsh: 'vendor-completions', compressed: '.gz' });

  assert.deepEqual(listed.map((words) => words[5].slice(1)).filter((name) => !name.endsWith('/')).sort(), [...names, ...documents].sort());
  for (const [mode, owner, , , , name] of listed) {
    assert.equal(owner, 'root/root', name);
    assert.equal(mode, name.endsWith('/') ? 'drwxr-xr-x' : name === './usr/bin/logto' ? '-rwxr-xr-x' : '-rw-r--r--', name);
  }
});

test('the packaged program is hardened, stripped, and looks for libraries nowhere else', () => {
  output('dpkg-deb', '--extract', deb, `${folder}/deb`);
  const program = `${folder}/deb/usr/bin/logto`;
  assert.equal(output('scripts/hardening', program).replaceAll(/^# .*\n/gm, ''), '');
  assert.doesNotMatch(output('readelf', '--dynamic', '--wide', program), /R(UN)?PATH/);
  assert.doesNotMatch(output('readelf', '--sections', '--wide', program), /\.symtab|\.debug/);
  assert.match(output(program, '--version'), new RegExp(version.replaceAll('.', '\\.')));
});

test('the tarball has what git knows', () => {
  const listed = output('tar', '-tf', tarball).trim().split('\n').filter((name) => !name.endsWith('/'));
  const known = output('git', 'ls-files').trim().split('\n');
  assert.deepEqual(listed.map((name) => name.replace(`logto-cli-${version}/`, '')).sort(), known.filter((name) => existsSync(path.join(root, name))).sort());
});

// Where only root may make a network namespace, others build with the network.
const alone = spawnSync('unshare', ['-rn', 'true']).status === 0 ? ['unshare', '-rn'] : ['env'];
const source = path.join(folder, `logto-cli-${version}`);
const build = path.join(folder, 'build');

function withoutGit(...words) {
  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, DESTDIR: `${folder}/installed` };
  const [command, ...rest] = [...alone, ...words];
  const ended = spawnSync(command, rest, { encoding: 'utf8', env, cwd: folder });
  assert.equal(ended.status, 0, `${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
}

test('the tarball builds without git and without the network', () => {
  mkdirSync(`${folder}/bin`);
  writeFileSync(`${folder}/bin/git`, `#!/bin/sh\necho "$@" >>${folder}/git-was-run\nexit 1\n`);
  chmodSync(`${folder}/bin/git`, 0o755);
  output('tar', '-xf', tarball, '-C', folder);
  withoutGit('cmake', '-S', source, '-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Debug', '-DCMAKE_INSTALL_PREFIX=/opt/logto',
    '-DCMAKE_INSTALL_BINDIR=programs', '-DCMAKE_INSTALL_MANDIR=manuals', '-DCMAKE_INSTALL_DATADIR=data', '-DCMAKE_INSTALL_DOCDIR=papers');
  withoutGit('cmake', '--build', build);
  assert.ok(!existsSync(`${folder}/git-was-run`));
});

test('cmake --install honors DESTDIR, the prefix and the folders of GNUInstallDirs', () => {
  withoutGit('cmake', '--install', build);
  const installed = output('find', `${folder}/installed`, '-type', 'f', '-printf', '/%P\n').trim().split('\n');
  const documents = ['LICENSE', 'CHANGELOG.md'].map((name) => `/opt/logto/papers/${name}`);
  const names = expected('/opt/logto/programs', '/opt/logto/manuals', '/opt/logto/data', '/opt/logto/papers');
  assert.deepEqual(installed.sort(), [...names, ...documents].sort());
  assert.match(output(`${folder}/installed/opt/logto/programs/logto`, '--version'), /^logto-cli /);
});
