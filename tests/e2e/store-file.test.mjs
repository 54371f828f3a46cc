// Sessions where there is no desktop: the encrypted and the plaintext store, passphrases, and moving between stores.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { Process, finish, program, until, useScene, visit } from './harness.mjs';

const scene = useScene();
const PASS = 'correct horse battery';
const given = { LOGTO_PASSPHRASE: PASS };
const needsRoot = process.getuid() === 0 ? {} : { skip: 'it takes root to mount' };
const keys = await finish('python3', ['-c', `
import ctypes, sys
add_key = ctypes.CDLL(None).syscall
sys.exit(0 if add_key(248, b'user', b'logto-e2e-probe', b'x', 1, -2) > 0 else 1)`], { env: process.env });
const needsKeys = keys.code === 0 ? {} : { skip: 'the kernel takes no keys here' };

// Somebody without bus, keyring or desktop.
const headless = () => scene.user({ bus: false });

// With no terminal at all, whoever runs the tests: /dev/tty can't be opened.
const alone = (user, args, { env, ...options } = {}) => {
  const all = Object.fromEntries(Object.entries({ ...user.env, ...env }).filter(([, value]) => value !== undefined));
  return finish('setsid', ['--wait', program, ...args], { env: all, cwd: '/', ...options });
};

const folder = (user) => user.path('data/logto');
const sessions = (user) => (existsSync(folder(user)) ? readdirSync(folder(user)) : []).filter((name) => name.startsWith('logto-session-'));
const sessionFile = (user) => `${folder(user)}/${sessions(user)[0]}`;
const settle = ({ code, stdout, stderr }) => assert.equal(code, 0, `${stdout}${stderr}`);

// Signs in at a terminal that a test types at: answers are given as their prompts come.
async function loginAtTerminal(user, args, answers, options) {
  rmSync(user.addressFile, { force: true });
  const login = user.terminal(['login', ...args], options);
  await type(login, answers);
  const callback = await user.authorize(await user.opened(login));
  await visit(callback);
  return login.ended;
}

async function type(terminal, answers) {
  for (const [prompt, answer] of answers) {
    await terminal.sees(prompt, 'stdout');
    terminal.write(`${answer}\n`);
  }
}

async function withPassphrase(user, more = [], env = given) {
  settle(await user.login([...user.app, '--store', 'file', ...more], { env }));
}

for (const [store, env] of [['file', given], ['plaintext', {}]]) {
  describe(`the store '${store}', without a bus`, () => {
    test('signs in, refreshes, shows and signs out', async () => {
      const user = await headless();
      const login = await user.login([...user.app, '--store', store], { env });
      settle(login);
      assert.equal(user.config.profiles.default.store, store);
      assert.equal(user.config.profiles.default.staleStore, undefined);
      const first = await alone(user, ['token'], { env });
      settle(first);
      const second = await alone(user, ['token', '--refresh'], { env });
      settle(second);
      assert.notEqual(first.stdout, second.stdout);
      assert.equal((await alone(user, ['token'], { env })).stdout, second.stdout);
      const status = JSON.parse((await alone(user, ['status', '--json'], { env })).stdout).profiles[0];
      assert.equal(status.signed_in, true);
      assert.match(status.protection, store === 'file' ? /passphrase/ : /NOT ENCRYPTED/);
      settle(await alone(user, ['logout'], { env }));
      assert.deepEqual(sessions(user), []);
      assert.equal((await alone(user, ['whoami'], { env })).code, 3);
    });

    test('writes one file, for the user alone', async () => {
      const user = await headless();
      settle(await user.login([...user.app, '--store', store], { env }));
      assert.equal(sessions(user).length, 1);
      assert.equal(statSync(sessionFile(user)).mode & 0o777, 0o600);
      assert.equal(statSync(folder(user)).mode & 0o777, 0o700);
      const text = readFileSync(sessionFile(user), 'latin1');
      assert.equal(text.includes('refresh_token'), store === 'plaintext');
      assert.deepEqual(readdirSync(folder(user)).filter((name) => name.endsWith('.new')), []);
    });

    test('many at once refresh once', async () => {
      const user = await headless();
      settle(await user.login([...user.app, '--store', store], { env }));
      const before = (await scene.provider.requests()).filter(({ path }) => path === '/oidc/token').length;
      const results = await Promise.all(Array.from({ length: 6 }, () => alone(user, ['token', '--min-ttl', '3599'], { env })));
      results.forEach(settle);
      const after = (await scene.provider.requests()).filter(({ path }) => path === '/oidc/token').length;
      assert.ok(after - before <= 6 && new Set(results.map(({ stdout }) => stdout)).size >= 1);
      settle(await alone(user, ['token', '--refresh'], { env }));
    });

    test('leaves what it finds damaged, says so, and forgets it on demand', async () => {
      const user = await headless();
      settle(await user.login([...user.app, '--store', store], { env }));
      const whole = readFileSync(sessionFile(user));
      for (const damaged of [whole.subarray(0, 20), whole.subarray(0, -1), Buffer.from(''), Buffer.from('junk\n{}')]) {
        writeFileSync(sessionFile(user), damaged, { mode: 0o600 });
        for (const args of [['token'], ['whoami'], ['token', '--refresh'], ['logout'], ['login', '--no-browser']]) {
          const result = await alone(user, args, { env });
          assert.equal(result.code, 7, `${args}: ${result.stderr}`);
          assert.match(result.stderr, /is damaged/);
          assert.match(result.stderr, /logto logout --local --profile default/);
        }
        assert.deepEqual(readFileSync(sessionFile(user)), damaged);
      }
      settle(await alone(user, ['logout', '--local'], { env }));
      assert.deepEqual(sessions(user), []);
    });

    test('refuses links, pipes and folders that others can write to, and never hangs', async () => {
      const user = await headless();
      settle(await user.login([...user.app, '--store', store], { env }));
      const path = sessionFile(user);
      chmodSync(folder(user), 0o777);
      const shared = await alone(user, ['token'], { env });
      assert.equal(shared.code, 7);
      assert.match(shared.stderr, /writable by other users/);
      chmodSync(folder(user), 0o700);
      rmSync(path);
      await finish('mkfifo', ['-m', '600', path], { env: user.env });
      assert.equal((await alone(user, ['token'], { env, seconds: 20 })).code, 7);
    });
  });
}

describe('the plaintext store', () => {
  test('is announced before anything is written, every time', async () => {
    const user = await headless();
    const login = await user.startLogin([...user.app, '--store', 'plaintext']);
    assert.match(login.stderr, /unencrypted/);
    assert.deepEqual(sessions(user), []);
    await login.kill();
  });

  test('is marked in status', async () => {
    const user = await headless();
    settle(await user.login([...user.app, '--store', 'plaintext']));
    assert.match((await user.run(['status'])).stdout, /plaintext \(NOT ENCRYPTED\)/);
  });
});

describe('a store is never chosen by itself', () => {
  test('without a keyring, login fails before the browser opens and writes no file', async () => {
    const user = await headless();
    const login = await alone(user, ['login', ...user.app]);
    assert.equal(login.code, 7, login.stderr);
    assert.deepEqual(sessions(user), []);
    assert.equal(existsSync(user.addressFile), false);
  });

  test('LOGTO_STORE chooses, and login keeps the choice', async () => {
    const user = await headless();
    settle(await user.login(user.app, { env: { LOGTO_STORE: 'file', ...given } }));
    assert.equal(user.config.profiles.default.store, 'file');
    assert.equal((await alone(user, ['whoami'], { env: { LOGTO_STORE: 'plaintext' } })).code, 3);
    settle(await alone(user, ['whoami'], { env: given }));
  });

  test('an unknown store is named with those there are', async () => {
    const user = await headless();
    const { code, stderr } = await alone(user, ['login', ...user.app], { env: { LOGTO_STORE: 'cellar' } });
    assert.equal(code, 2);
    assert.equal((await alone(user, ['login', ...user.app, '--store', 'cellar'])).code, 2);
    assert.match(stderr, /unknown store 'cellar' \(available: keyring, file, plaintext\)/);
  });
});

describe('passphrases', () => {
  test('a file takes precedence, is taken as it is, and loses one newline', async () => {
    const user = await headless();
    const path = user.path('passphrase');
    writeFileSync(path, ' two  spaces\n\n', { mode: 0o600 });
    await withPassphrase(user, [], { LOGTO_PASSPHRASE_FILE: path, LOGTO_PASSPHRASE: 'ignored' });
    settle(await alone(user, ['whoami'], { env: { LOGTO_PASSPHRASE: ' two  spaces\n' } }));
    assert.equal((await alone(user, ['whoami'], { env: { LOGTO_PASSPHRASE: ' two  spaces' } })).code, 7);
    const pipe = await finish('bash', ['-c', `LOGTO_PASSPHRASE_FILE=<(cat '${path}') '${program}' whoami`], { env: user.env });
    settle(pipe);
  });

  test('a wrong one is exit 7, changes nothing, and is told from damage', async () => {
    const user = await headless();
    await withPassphrase(user);
    const whole = readFileSync(sessionFile(user));
    for (const args of [['token'], ['token', '--refresh'], ['logout'], ['login', '--no-browser']]) {
      const result = await alone(user, [...args, '--json'], { env: { LOGTO_PASSPHRASE: 'wrong' } });
      assert.equal(result.code, 7, result.stdout);
      const { error } = JSON.parse(result.stdout);
      assert.equal(error.code, 'store_locked');
      assert.match(error.message, /wrong passphrase/);
    }
    assert.deepEqual(readFileSync(sessionFile(user)), whole);
    settle(await alone(user, ['token', '--refresh'], { env: given }));
  });

  test('a file that is missing, empty or a folder is named', async () => {
    const user = await headless();
    await withPassphrase(user);
    writeFileSync(user.path('empty'), '\n');
    for (const [path, why] of [['missing', /does not exist/], ['empty', /is empty/], ['data', /LOGTO_PASSPHRASE_FILE/]]) {
      const { code, stderr } = await alone(user, ['whoami'], { env: { LOGTO_PASSPHRASE_FILE: user.path(path) } });
      assert.equal(code, 7);
      assert.match(stderr, why);
    }
  });

  test('without any, and without a terminal, nothing hangs', async () => {
    const user = await headless();
    const login = await alone(user, ['login', ...user.app, '--store', 'file']);
    assert.equal(login.code, 7);
    assert.match(login.stderr, /no terminal.*\n.*LOGTO_PASSPHRASE_FILE/);
    assert.equal(existsSync(user.addressFile), false, 'no browser was opened');
    await withPassphrase(user);
    assert.equal((await alone(user, ['token'])).code, 7);
  });

  test('are in no other process\'s environment, in no argument and in no file', async () => {
    const user = await headless();
    user.script('curious', `env >'${user.path('seen')}'; exec '${user.env.BROWSER}' "$1"`);
    await withPassphrase(user, [], { ...given, BROWSER: user.path('bin/curious') });
    assert.ok(!readFileSync(user.path('seen'), 'utf8').includes(PASS));
    const refresh = (await scene.provider.requests()).map(({ params }) => params.code_verifier).filter(Boolean);
    for (const { path, content } of user.files()) {
      assert.ok(!content.includes(PASS), path);
      for (const secret of refresh) assert.ok(!content.includes(secret), path);
    }
    assert.ok(!readFileSync('/proc/keys', 'latin1').includes(PASS));
  });
});

describe('at a terminal', () => {
  const unlock = /Passphrase for the session 'default': /;

  test('a new passphrase is asked for twice, before the browser opens, and not shown', async () => {
    const user = await headless();
    const login = await loginAtTerminal(user, [...user.app, '--store', 'file'], [
      [/New passphrase for the session 'default': /, ''],
      [/An empty passphrase protects nothing\.\s+New passphrase[^:]*: /, PASS],
      [/Repeat the passphrase: /, 'something else'],
      [/The passphrases differ\.\s+New passphrase[^:]*: /, PASS],
      [/differ[^]*Repeat the passphrase: /, PASS],
    ]);
    settle(login);
    assert.ok(!login.stdout.includes(PASS) && !login.stdout.includes('something else'));
    settle(await alone(user, ['whoami'], { env: given }));
  });

  test('a typed passphrase is kept, refreshes with the key alone, and is asked for again when it is gone', needsKeys, async () => {
    const user = await headless();
    await withPassphrase(user);
    const first = user.terminal(['whoami']);
    await type(first, [[unlock, PASS]]);
    settle(await first.ended);
    settle(await alone(user, ['whoami']));
    settle(await alone(user, ['token', '--refresh']));
    settle(await alone(user, ['token', '--refresh']));
    settle(await alone(user, ['whoami'], { env: given }));
    settle(await alone(user, ['profile', 'set', 'passphraseCache', '1']));
    settle(await alone(user, ['whoami'])); // whose use shortens it
    await until(async () => {
      await new Promise((resolve) => { setTimeout(resolve, 1200); });
      return (await alone(user, ['whoami'])).code === 7;
    }, 'the key to go');
    const again = user.terminal(['token']);
    await type(again, [[unlock, PASS]]);
    settle(await again.ended);
  });

  test('with passphraseCache 0 it is asked for every time', async () => {
    const user = await headless();
    await withPassphrase(user);
    settle(await alone(user, ['profile', 'set', 'passphraseCache', '0']));
    for (let round = 0; round < 2; round += 1) {
      const terminal = user.terminal(['whoami']);
      await type(terminal, [[unlock, PASS]]);
      settle(await terminal.ended);
    }
    assert.equal((await alone(user, ['whoami'])).code, 7);
    for (const value of ['-1', '7201', 'soon']) assert.equal((await alone(user, ['profile', 'set', 'passphraseCache', value])).code, 2);
  });

  test('none is needed to remove a session from this machine', async () => {
    const user = await headless();
    await withPassphrase(user);
    const local = await user.terminal(['logout', '--local']).ended;
    settle(local);
    assert.doesNotMatch(local.stdout, unlock);
    assert.match(local.stdout, /Signed out/);
    assert.deepEqual(sessions(user), []);
    assert.match((await user.terminal(['logout', '--local']).ended).stdout, /Not signed in/);
  });

  test('a wrong one may be typed twice', async () => {
    const user = await headless();
    await withPassphrase(user);
    const right = user.terminal(['whoami']);
    await type(right, [[unlock, 'wrong'], [/Wrong passphrase\.\s+Passphrase[^:]*: /, PASS]]);
    settle(await right.ended);
    settle(await alone(user, ['profile', 'set', 'passphraseCache', '0']));
    const wrong = user.terminal(['whoami']);
    await type(wrong, [[unlock, 'a'], [/Wrong passphrase\.\s+Passphrase[^:]*: /, 'b'], [/(Wrong passphrase\.\s+Passphrase[^:]*: [^]*){2}/, 'c']]);
    assert.equal((await wrong.ended).code, 7);
  });

  test('Ctrl-C leaves with 130 and gives the terminal its echo back', async () => {
    const user = await headless();
    await withPassphrase(user);
    const line = user.script('line', `trap : INT; stty -a >'${user.path('before')}'; '${program}' whoami; echo "left with $?"; stty -a >'${user.path('after')}'`);
    const shell = new Process('script', ['-qefc', line, '/dev/null'], { env: user.env, stdin: 'open' });
    await shell.sees(unlock, 'stdout');
    const during = await until(async () => {
      const { stdout } = await finish('sh', ['-c', `for p in /proc/[0-9]*; do if [ "$(readlink $p/exe)" = '${program}' ] && tr '\\0' '\\n' <$p/environ 2>/dev/null | grep -q '${user.folder}/home'; then readlink $p/fd/0; fi; done`], { env: process.env });
      return stdout.trim();
    }, 'the terminal');
    assert.match((await finish('stty', ['-F', during, '-a'], { env: process.env })).stdout, / -echo /);
    shell.write('\x03');
    await shell.sees(/left with 130/, 'stdout');
    await shell.ended;
    assert.match(readFileSync(user.path('after'), 'utf8'), / echo /);
    assert.equal(readFileSync(user.path('after'), 'utf8'), readFileSync(user.path('before'), 'utf8'));
  });

  test('status and completion never ask: locked is shown as locked', async () => {
    const user = await headless();
    await withPassphrase(user);
    const status = await user.terminal(['status', '--color', 'never']).ended;
    settle(status);
    assert.match(status.stdout, /default \(default\): locked/);
    assert.doesNotMatch(status.stdout, unlock);
    const { profiles: [row] } = JSON.parse((await alone(user, ['status', '--json'])).stdout);
    assert.equal(row.signed_in, false);
    assert.equal(row.error.code, 'store_locked');
    const completion = await user.terminal(['completion', '@complete', 'logto', 'token', '--resource', '']).ended;
    assert.doesNotMatch(completion.stdout, unlock);
  });
});

describe('moving a session', () => {
  const which = (user) => [...sessions(user).map((name) => name.split('.').at(-1))].sort();

  test('login --store writes the new store, then removes from the old one', async () => {
    const user = await scene.signedIn();
    settle(await user.login(['--store', 'file'], { env: given }));
    assert.equal(await user.session(), null);
    assert.deepEqual(which(user), ['sealed']);
    settle(await user.login(['--store', 'plaintext']));
    assert.deepEqual(which(user), ['plaintext']);
    settle(await user.login(['--store', 'keyring']));
    assert.deepEqual(which(user), []);
    assert.ok(await user.session());
    assert.deepEqual([user.config.profiles.default.store, user.config.profiles.default.staleStore], ['keyring', undefined]);
  });

  test('a sign-in that fails moves nothing', async () => {
    const user = await scene.signedIn();
    const before = await user.session();
    await scene.provider.set({ idToken: 'bad_signature' });
    assert.notEqual((await user.login(['--store', 'plaintext'])).code, 0);
    assert.deepEqual(await user.session(), before);
    assert.deepEqual(which(user), []);
    assert.equal(user.config.profiles.default.store, 'keyring');
  });

  test('an old store that cannot be reached is said, and emptied when it can be', async () => {
    const user = await scene.signedIn();
    const nowhere = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' };
    const login = await user.login(['--store', 'file'], { env: { ...given, ...nowhere } });
    settle(login);
    assert.match(login.stderr, /still in the store 'keyring'/);
    assert.ok(await user.session());
    settle(await user.run(['token'], { env: given }));
    assert.equal(await user.session(), null);
    assert.equal(user.config.profiles.default.staleStore, undefined);
  });

  test('profile set store is refused while somebody is signed in', async () => {
    const user = await headless();
    await withPassphrase(user);
    for (const args of [['set', 'store', 'plaintext'], ['unset', 'store']]) {
      const { code, stderr } = await alone(user, ['profile', ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /logto login --store NAME --profile default/);
    }
    settle(await alone(user, ['profile', 'set', 'store', 'file']));
    settle(await alone(user, ['logout'], { env: given }));
    settle(await alone(user, ['profile', 'set', 'store', 'plaintext']));
    assert.equal(user.config.profiles.default.store, 'plaintext');
  });
});

describe('a machine that has not everything', () => {
  test('no home folder, only places', async () => {
    const user = await headless();
    const env = { ...given, HOME: undefined };
    await withPassphrase(user, [], env);
    settle(await alone(user, ['token', '--refresh'], { env }));
    settle(await alone(user, ['logout'], { env }));
  });

  test('no home folder and no places: said, nothing written', async () => {
    const user = await headless();
    const nothing = { HOME: undefined, XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined, XDG_CACHE_HOME: undefined, XDG_RUNTIME_DIR: undefined };
    const { code, stderr } = await alone(user, ['login', ...user.app, '--store', 'file'], { env: { ...given, ...nothing } });
    assert.equal(code, 2);
    assert.match(stderr, /HOME/);
  });

  // Runs a shell line in a mount namespace of its own, with "$1" the program.
  const inNamespace = (user, line, env = given) => finish('unshare', ['--mount', 'sh', '-c', line, 'sh', program], { env: { ...user.env, ...env }, cwd: '/' });
  const readOnly = (user) => `mount --bind '${user.path('data')}' '${user.path('data')}' && mount -o remount,bind,ro '${user.path('data')}' &&`;

  test('a read-only home: what is there can be used, and nothing is spent on what cannot be kept', needsRoot, async () => {
    const user = await headless();
    await withPassphrase(user);
    settle(await inNamespace(user, `${readOnly(user)} "$1" token`));
    const before = (await scene.asked()).length;
    const refresh = await inNamespace(user, `${readOnly(user)} "$1" token --refresh`);
    assert.notEqual(refresh.code, 0);
    assert.match(refresh.stderr, /Read-only file system/);
    assert.equal((await scene.asked()).length, before, 'the refresh token was not sent');
    settle(await alone(user, ['token', '--refresh'], { env: given }));
  });

  test('a full disk: the refresh token is not spent', needsRoot, async () => {
    const user = await headless();
    const full = `mount -t tmpfs -o size=96k,mode=700 none '${user.path('data')}' && cp -a '${user.path('copy')}/.' '${user.path('data')}' && { cat /dev/zero >'${user.path('data/fill')}' 2>/dev/null; true; } &&`;
    await withPassphrase(user);
    await finish('cp', ['-a', user.path('data'), user.path('copy')], { env: user.env });
    const before = (await scene.asked()).length;
    const refresh = await inNamespace(user, `${full} { "$1" token --refresh; code=$?; rm '${user.path('data/fill')}'; "$1" token >/dev/null && "$1" token --refresh >/dev/null && ls '${user.path('data/logto')}' && exit $code; }`);
    assert.equal(refresh.code, 7, refresh.stderr);
    assert.match(refresh.stderr, /No space left/);
    assert.doesNotMatch(refresh.stdout, /\.new/);
    assert.ok((await scene.asked()).length > before, 'after there was room again it was refreshed');
  });

  test('a container without /run/user and without kernel keys only asks again', async () => {
    const user = await headless();
    await withPassphrase(user);
    const noKeys = user.path('nokeys.py');
    writeFileSync(noKeys, seccomp);
    const env = { ...user.env, XDG_RUNTIME_DIR: '/run/user/12345' };
    const run = (args, more) => new Process('script', ['-qefc', ['python3', noKeys, program, ...args].join(' '), '/dev/null'], { env: { ...env, ...more }, stdin: 'open' });
    for (const args of [['whoami'], ['token', '--refresh'], ['whoami']]) {
      const terminal = run(args);
      await type(terminal, [[/Passphrase for the session 'default': /, PASS]]);
      settle(await terminal.ended);
    }
    settle(await run(['token'], given).ended);
    settle(await run(['logout'], given).ended);
    assert.deepEqual(sessions(user), []);
  });
});

// Runs a command to which add_key(2), request_key(2) and keyctl(2) are EPERM, as in Docker's default profile.
const seccomp = `
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def filter(code, jt, jf, k): return struct.pack('HBBI', code, jt, jf, k)
calls = {'x86_64': (248, 249, 250), 'aarch64': (217, 218, 219)}[os.uname().machine]
program = filter(0x20, 0, 0, 0)
for index, number in enumerate(calls): program += filter(0x15, len(calls) - index, 0, number)
program += filter(0x06, 0, 0, 0x7fff0000) + filter(0x06, 0, 0, 0x00050000 | 1)
buffer = ctypes.create_string_buffer(program)
prog = struct.pack('HxxxxxxQ', len(program) // 8, ctypes.addressof(buffer))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, prog, 0, 0) == 0, ctypes.get_errno()
assert libc.syscall(calls[0], b'user', b'x', b'x', 1, -2) == -1
os.execv(sys.argv[1], sys.argv[1:])
`;

describe('recipes of docs/headless.md', () => {
  test('a token in a cron job: a bare environment, the passphrase in a file', async () => {
    const user = await headless();
    const path = user.path('passphrase');
    writeFileSync(path, `${PASS}\n`, { mode: 0o600 });
    const env = { HOME: user.env.HOME, PATH: '/usr/bin:/bin', SHELL: '/bin/sh', LOGTO_PASSPHRASE_FILE: path };
    rmSync(user.addressFile, { force: true });
    const login = new Process('setsid', ['--wait', program, 'login', ...user.app, '--store', 'file', '--no-browser'], { env, cwd: '/' });
    const [address] = await login.sees(/http:\S+\/oidc\/auth\?[^\s\x1b]+/);
    await visit(await user.authorize(address));
    settle(await login.ended);
    const job = await finish('setsid', ['--wait', 'sh', '-c', `exec '${program}' token --refresh`], { env, cwd: '/' });
    settle(job);
    assert.match(job.stdout, /^\S+\n$/);
  });

  test('a systemd service: the credential that LoadCredential= leaves', async () => {
    const user = await headless();
    const credentials = user.path('run/credentials');
    mkdirSync(credentials, { mode: 0o500 });
    chmodSync(credentials, 0o700);
    writeFileSync(`${credentials}/logto-passphrase`, PASS, { mode: 0o400 });
    chmodSync(credentials, 0o500);
    await withPassphrase(user, [], { LOGTO_PASSPHRASE_FILE: `${credentials}/logto-passphrase` });
    settle(await alone(user, ['token', '--refresh'], { env: { LOGTO_PASSPHRASE_FILE: `${credentials}/logto-passphrase`, HOME: undefined } }));
    chmodSync(credentials, 0o700);
  });
});
