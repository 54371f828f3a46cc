// What holds for every command: help, usage errors, options everywhere, --json, the config file, output that cannot be written.
import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { errorOf, finish, program, useScene } from './harness.mjs';

const scene = useScene();
const verbs = (await finish(program, ['--help'], { env: { PATH: process.env.PATH } })).stdout
  .split('Commands:')[1].split('\n\n')[0].trim().split('\n').map((line) => line.trim().split(/\s+/)[0]);
const bare = { bus: false };

function writeConfig(user, config) {
  mkdirSync(user.path('config/logto'), { recursive: true });
  writeFileSync(user.configFile, typeof config === 'string' ? config : JSON.stringify(config, null, 2));
}

describe('help', () => {
  test('knows the commands of the contract', () => {
    for (const verb of ['login', 'logout', 'whoami', 'token', 'inspect', 'completion', 'help']) assert.ok(verbs.includes(verb), verb);
  });

  for (const args of [[], ['--help'], ['-h'], ['help']]) {
    test(`of the whole is printed by 'logto ${args.join(' ')}'`, async () => {
      const user = await scene.user(bare);
      const { code, stdout, stderr } = await user.run(args);
      assert.deepEqual([code, stderr], [0, '']);
      for (const verb of verbs) assert.match(stdout, new RegExp(`^  ${verb} +\\S`, 'm'));
    });
  }

  for (const verb of verbs) {
    test(`of ${verb} goes to stdout, exits 0, and needs nothing to be in order`, async () => {
      const user = await scene.user(bare);
      writeConfig(user, 'damaged');
      for (const args of [[verb, '--help'], [verb, '-h'], ['--help', verb], ['help', verb], [verb, '--json', '--help']]) {
        const { code, stdout, stderr } = await user.run(args, { env: { HOME: undefined } });
        assert.deepEqual([code, stderr], [0, ''], args.join(' '));
        assert.match(stdout, new RegExp(`^Usage: logto ${verb}( |$)`, 'm'));
      }
    });
  }
});

test('--version, -V and version say which program this is', async () => {
  const user = await scene.user(bare);
  for (const args of [['--version'], ['-V'], ['version'], ['whoami', '-V']]) {
    const { code, stdout, stderr } = await user.run(args);
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
    assert.match(stdout, /^logto-cli \d+\.\d+\.\d+ .*@logto\/cli.*\n$/);
    assert.match(JSON.parse((await user.run([...args, '--json'])).stdout).version, /^\d+\.\d+\.\d+$/);
  }
});

describe('a usage error is one line and where to look, exit 2:', () => {
  const cases = [
    ...verbs.map((verb) => [verb, '--no-such-option']),
    ['login', '--port', '0'], ['login', '--port', '65536'], ['login', '--port', '3000x'], ['login', '--port', ''], ['login', '--port'], ['login', '--timeout', '0'],
    ['login', '--timeout', '9999999999999999999999'], ['login', 'operand'], ['login', '--scope', ''], ['login', '--connector', 'google', '--no-connector'],
    ['login', '--store', 'nowhere'], ['whoami', '--claim'], ['whoami', '-x'], ['whoami', '--online=yes'], ['whoami', 'operand'], ['logout', 'operand'],
    ['token', '--min-ttl', '1.5'], ['token', '--format', 'xml'], ['token', '--id-token', '--scope', 'x'], ['whoami', '--color', 'sometimes'],
  ];
  for (const args of cases) {
    test(args.join(' '), async () => {
      const user = await scene.user(bare);
      const { code, stdout, stderr } = await user.run(args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, new RegExp(`^logto: [^\\n]+\\nsee 'logto ${args[0]} --help'\\n$`));
      const json = await user.run([...args.slice(0, 1), '--json', ...args.slice(1)]);
      assert.deepEqual([json.code, json.stderr], [2, '']);
      assert.equal(JSON.parse(json.stdout).error.code, 'usage');
    });
  }

  test('an unknown command', async () => {
    const user = await scene.user(bare);
    for (const args of [['lgoin'], ['help', 'lgoin'], ['--json', 'lgoin'], [''], ['frobnicate']]) {
      const { code, stdout, stderr } = await user.run(args);
      assert.equal(code, 2);
      if (args.includes('--json')) assert.equal(JSON.parse(stdout).error.code, 'usage');
      else assert.match(stderr, /^logto: unknown command '\w*'[^\n]*\nsee 'logto( help)? --help'\n$/);
      assert.equal((stdout + stderr).includes("(did you mean 'login'?)"), args.includes('lgoin'));
    }
  });

  test('the nearest option or value is named, and a hint of its own comes last', async () => {
    const user = await scene.user(bare);
    assert.equal((await user.run(['token', '--foo'])).stderr, "logto: unknown option --foo (did you mean --format?)\nsee 'logto token --help'\n");
    assert.match((await user.run(['token', '--format', 'jsn'])).stderr, /not 'jsn' \(did you mean 'json'\?\)\n/);
    assert.match((await user.run(['profile', 'lst'])).stderr, /^logto: unknown action 'profile lst' \(did you mean 'list'\?\)\n/);
  });

  test('an unknown option before the command', async () => {
    const user = await scene.user(bare);
    const { code, stderr } = await user.run(['--no-such-option', 'whoami']);
    assert.equal(code, 2);
    assert.match(stderr, /^logto: [^\n]+\nsee 'logto --help'\n$/);
  });

  test('what may be a secret is not repeated', async () => {
    const user = await scene.user(bare);
    for (const args of [['login', '--app-secret=hunter2'], ['login', '--no-browser=hunter2']]) {
      const { code, stderr } = await user.run(args);
      assert.equal(code, 2);
      assert.ok(!stderr.includes('hunter2'), stderr);
    }
  });

  test('a name that no profile can have', async () => {
    const user = await scene.user(bare);
    for (const name of ['', '../../etc', '.hidden', 'a/b', 'x'.repeat(65), 'a\nb']) {
      const { code, stdout, stderr } = await user.run(['whoami', '--profile', name]);
      assert.deepEqual([code, stdout], [2, ''], name);
      assert.equal(errorOf({ stderr }).lines.length, 1);
    }
  });
});

describe('global options', () => {
  test('work before and after the command', async () => {
    const user = await scene.user();
    await user.signIn(['--profile', 'work']);
    const expected = (await user.run(['whoami', '--json', '--profile', 'work'])).stdout;
    assert.equal(JSON.parse(expected).profile, 'work');
    for (const args of [
      ['--json', '--profile', 'work', 'whoami'], ['--json', 'whoami', '-p', 'work'], ['-p', 'work', 'whoami', '--json'], ['-pwork', '--json', 'whoami'],
      ['--profile=work', 'whoami', '--json', '-q'],
    ]) {
      const { code, stdout } = await user.run(args);
      assert.deepEqual([code, stdout], [0, expected], args.join(' '));
    }
  });

  test('an option goes before the environment, and that before the profile', async () => {
    const user = await scene.user();
    await user.signIn(['--profile', 'one']);
    await user.signIn(['--profile', 'two']);
    const which = async (args, env) => JSON.parse((await user.run(['whoami', '--json', ...args], { env })).stdout).profile;
    assert.equal(await which([]), 'one', 'the first profile is the default one');
    assert.equal(await which([], { LOGTO_PROFILE: 'two' }), 'two');
    assert.equal(await which(['--profile', 'one'], { LOGTO_PROFILE: 'two' }), 'one');
    assert.equal(await which([], { LOGTO_PROFILE: '' }), 'one');
    const elsewhere = await user.run(['whoami'], { env: { LOGTO_APP_ID: 'another' } });
    assert.equal(elsewhere.code, 3);
  });

  test('two profiles never see each other\'s session', async () => {
    const user = await scene.user();
    await user.signIn(['--profile', 'one']);
    assert.equal((await user.run(['whoami', '--profile', 'two'])).code, 3);
    await user.signIn(['--profile', 'two']);
    assert.notEqual((await user.token('-p', 'one')).stdout, (await user.token('-p', 'two')).stdout);
    assert.equal((await user.run(['logout', '--local', '--profile', 'two'])).code, 0);
    assert.equal((await user.token('-p', 'one')).code, 0);
    assert.equal((await user.token('-p', 'two')).code, 3);
  });

  test('--quiet leaves only errors, --verbose shows requests, twice decisions too', async () => {
    const user = await scene.user();
    const quiet = await user.login([...user.app, '--quiet']);
    assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '', '']);
    assert.equal((await user.token('--refresh', '-v')).stderr.match(/^\* POST http:\S+ -> 200 \(\d+ ms\)$/gm).length, 1);
    const failed = await user.run(['token', '--resource', 'https://nowhere.example.com', '--quiet']);
    assert.equal(failed.code, 9);
    assert.equal(errorOf(failed).lines.length, 1);
  });

  test('the overview fits the smallest terminal', async () => {
    const user = await scene.user();
    const lines = (await user.run(['--help'])).stdout.trimEnd().split('\n');
    assert.ok(lines.length < 24 && lines.every((line) => line.length <= 80), `${lines.length} lines`);
  });

  test('color is for terminals, and can be forced or forbidden', async () => {
    const user = await scene.signedIn();
    const colored = /\x1b\[\d+m/;
    const shown = async (run) => colored.test((await run).stdout);
    assert.equal(await shown(user.run(['whoami'])), false);
    assert.equal(await shown(user.run(['whoami', '--color', 'always'])), true);
    assert.equal(await shown(user.terminal(['whoami']).ended), true);
    assert.equal(await shown(user.terminal(['whoami'], { env: { NO_COLOR: '1' } }).ended), false);
    assert.equal(await shown(user.terminal(['whoami'], { env: { TERM: 'dumb' } }).ended), false);
    assert.equal(await shown(user.terminal(['whoami', '--color=never']).ended), false);
  });
});

describe('with --json', () => {
  test('an error is one object on stdout, with the same exit code as without', async () => {
    const user = await scene.user();
    const cases = [
      [['whoami'], 'not_signed_in', 3], [['token'], 'not_signed_in', 3], [['login'], 'config', 2], [['whoami', 'x'], 'usage', 2],
      [['login', '--endpoint', 'http://localhost:9', '--app-id', 'x'], 'network', 6],
      [['login', ...user.app, '--timeout', '1', '--no-browser'], 'timeout', 4],
    ];
    for (const [args, word, code] of cases) {
      const plain = await user.run(args);
      const json = await user.run([...args, '--json']);
      assert.deepEqual([plain.code, plain.stdout, json.code], [code, '', code], args.join(' '));
      assert.match(json.stdout, /^\{[^\n]*\}\n$/);
      const { error } = JSON.parse(json.stdout);
      assert.deepEqual(Object.keys(error), ['code', 'message', 'hint']);
      assert.equal(error.code, word);
      const timeless = (text) => text.replace(/after \d+ ms/, 'after a while');
      assert.ok(timeless(plain.stderr).includes(`logto: ${timeless(error.message)}`), plain.stderr);
      assert.equal(errorOf(json).lines.length, 0);
    }
  });
});

describe('output that cannot be written is exit 1:', () => {
  async function full(user, args, options) {
    const stdout = openSync('/dev/full', 'w');
    try {
      return await user.run(args, { stdout, ...options });
    } finally {
      closeSync(stdout);
    }
  }

  test('of every command', async () => {
    const user = await scene.signedIn();
    for (const args of [
      ['--help'], ['--version'], ['token', '--help'], ['help'], ['whoami'], ['whoami', '--json'], ['whoami', '--claim', 'sub'], ['token'], ['token', '--json'],
      ['token', '--format', 'header'], ['token', '--format', 'exec-credential'], ['logout', '--json'],
    ]) {
      const { code, stderr } = await full(user, args);
      assert.equal(code, 1, `${args.join(' ')} ${stderr}`);
      if (!args.includes('--json')) assert.match(stderr, /^logto: cannot write to standard output: No space left on device/m);
    }
  });

  test('closed, or a pipe that nobody reads', async () => {
    const user = await scene.signedIn();
    const shell = (text) => finish('sh', ['-c', text], { env: user.env, cwd: user.folder });
    await shell('mkfifo pipe');
    for (const args of ['token', 'token --json', '--version', 'whoami']) {
      for (const [line, why] of [
        [`exec '${program}' ${args} >&-`, 'Bad file descriptor'],
        [`exec 3<>pipe 4>pipe 3<&-; exec '${program}' ${args} >&4`, 'Broken pipe'],
      ]) {
        const { code, signal, stderr } = await shell(line);
        assert.deepEqual([code, signal], [1, null], `${line}: ${stderr}`);
        assert.equal(errorOf({ stderr }).message, `cannot write to standard output: ${why}`);
      }
    }
  });

  test('a sign-in is done and stored all the same', async () => {
    const user = await scene.user();
    const stdout = openSync('/dev/full', 'w');
    const login = await user.startLogin([...user.app, '--json'], { stdout });
    closeSync(stdout);
    await fetch(await user.authorize(login.address));
    assert.equal((await login.ended).code, 1);
    assert.equal((await user.run(['whoami'])).code, 0);
  });
});

describe('the config file', () => {
  const damaged = {
    'cut off': ['{\n  "defaultProfile": "default",\n  "profiles": {\n', /line [45]/],
    'with a comma too many': ['{\n  "profiles": {\n    "default": {\n      "appId": "x",\n    }\n  }\n}\n', /line 5/],
    'with a text that does not end': ['{\n  "profiles": {\n    "default": { "appId": "x }\n  }\n}\n', /line 3/],
    empty: ['', /line 1/],
    'of another kind': ['[]\n', /not a JSON object/],
    'with a profile that is none': ['{"profiles":{"default":7}}\n', /"default"/],
    'with a port that is none': ['{"profiles":{"default":{"port":"x"}}}\n', /port/],
    'with a list that is none': ['{"profiles":{"default":{"scopes":"x"}}}\n', /scopes/],
  };
  for (const [what, [text, where]] of Object.entries(damaged)) {
    test(`${what} is named with the place, exit 2, and never overwritten`, async () => {
      const user = await scene.user();
      writeConfig(user, text);
      for (const args of [['whoami'], ['token'], ['logout'], ['login', ...user.app]]) {
        const result = await user.run(args);
        assert.deepEqual([result.code, result.stdout], [2, ''], `${args[0]}: ${result.stderr}`);
        const { message } = errorOf(result);
        assert.match(message, where);
        assert.match(message, /config/);
        assert.equal(JSON.parse((await user.run([...args, '--json'])).stdout).error.code, 'config');
      }
      assert.equal(readFileSync(user.configFile, 'utf8'), text);
      assert.equal(existsSync(user.addressFile), false, 'no browser was opened');
    });
  }

  test('that breaks while somebody signs in is not overwritten either', async () => {
    const user = await scene.signedIn();
    const login = await user.startLogin([]);
    writeFileSync(user.configFile, '{ broken');
    await fetch(await user.authorize(login.address));
    assert.equal((await login.ended).code, 2);
    assert.equal(readFileSync(user.configFile, 'utf8'), '{ broken');
  });

  test('keeps what it does not know when it is rewritten', async () => {
    const user = await scene.user();
    const config = {
      $schema: 'https://example.com/schema.json', future: { deep: [1, 2.5, { x: null }], big: 12345678901234, text: 'ünïcödé \u0001 "' },
      defaultProfile: 'work', profiles: { work: { endpoint: scene.provider.endpoint, appId: scene.provider.apps.native.id, color: 'red', scopes: ['email'] }, other: { unknown: true } },
    };
    writeConfig(user, config);
    assert.equal((await user.login(['--scope', 'phone'])).code, 0);
    const after = user.config;
    assert.deepEqual(after.future, config.future);
    assert.equal(after.$schema, config.$schema);
    assert.deepEqual(after.profiles.other, config.profiles.other);
    assert.equal(after.profiles.work.color, 'red');
    assert.deepEqual(after.profiles.work.scopes, ['email', 'phone']);
    assert.equal(after.defaultProfile, 'work');
  });

  test('takes in what two sign-ins write at the same time', async () => {
    const user = await scene.user();
    const first = await user.startLogin([...user.app, '--profile', 'one']);
    const second = await user.startLogin([...user.app, '--profile', 'two', '--port', '38919']);
    for (const login of [second, first]) {
      await fetch(await user.authorize(login.address));
      assert.equal((await login.ended).code, 0, login.stderr);
    }
    assert.deepEqual(Object.keys(user.config.profiles).sort(), ['one', 'two']);
  });

  test('lies below HOME when XDG_CONFIG_HOME is not set, and without both nothing can be kept: exit 2', async () => {
    const user = await scene.user();
    assert.equal((await user.login(user.app, { env: { XDG_CONFIG_HOME: undefined, XDG_CACHE_HOME: undefined } })).code, 0);
    assert.ok(existsSync(user.path('home/.config/logto/config.json')));
    assert.ok(existsSync(user.path('home/.cache/logto')));
    const { code, stderr } = await user.run(['profile', 'set', 'port', '3001'], { env: { XDG_CONFIG_HOME: undefined, HOME: undefined } });
    assert.equal(code, 2);
    assert.match(stderr, /HOME/);
  });
});
