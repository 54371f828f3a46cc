// What a terminal shows and a pipe does not: lines of its width, color, links; and times, which are the user's in both.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { errorOf, useScene } from './harness.mjs';

const scene = useScene();
const wide = { shell: 'stty rows 24 cols 80; ' };
const names = {
  'a word': 'x'.repeat(200),
  words: 'Maximiliane Theodora '.repeat(10).trim(),
  Japanese: '山田太郎'.repeat(50),
  Arabic: 'محمد عبد الرحمن '.repeat(13).trim(),
  'combining accents': 'e\u0301a\u0308'.repeat(100),
  emoji: '😀🎉'.repeat(100),
};

// Columns, of the characters above.
const widthOf = (text) => [...text.replace(/\p{M}/gu, '')].reduce((sum, letter) => sum + (/\p{Script=Han}|\p{Emoji_Presentation}/u.test(letter) ? 2 : 1), 0);
const linesOf = ({ stdout }) => stdout.replace(/\x1b\[[0-9;]*m/g, '').replaceAll('\r', '').trimEnd().split('\n');
// The value of a field, with the lines that it goes on in.
const valueOf = (lines, label, indent) => {
  const first = lines.findIndex((line) => line.startsWith(`  ${label} `));
  const next = lines.findIndex((line, i) => i > first && !line.startsWith(' '.repeat(indent)));
  return lines.slice(first, next < 0 ? undefined : next).map((line) => line.slice(indent));
};

async function signedInAs(name, args = []) {
  await scene.provider.set({ idTokenClaims: { name }, organizationNames: { acme00000001: name } });
  return scene.signedIn(args);
}

describe('columns', () => {
  for (const [kind, name] of Object.entries(names)) {
    test(`hold with a name of ${kind}`, async () => {
      const user = await signedInAs(name, ['--organizations']);
      const plain = name.replaceAll(' ', '');
      for (const [command, label] of [['whoami', 'member of'], ['status', 'user']]) {
        const lines = linesOf(await user.terminal([command], wide).ended);
        for (const line of lines) assert.ok(widthOf(line) <= 80, `${command}: ${line}`);
        const value = valueOf(lines, label, 12);
        assert.ok(value.length > 2, value.join('\n'));
        assert.ok(value.join('').replaceAll(' ', '').startsWith(plain), value.join('\n'));
        assert.ok((await user.run([command])).stdout.includes(`  ${label.padEnd(9)} ${name} `), 'whole in a pipe');
      }
    });
  }

  test('hold with claims of any name and value', async () => {
    const user = await scene.user();
    const { token } = await scene.provider.mint({
      claims: { name: names.Japanese, [names.emoji]: names.words, 名前: 'short', roles: Array.from({ length: 20 }, (_, i) => `role-${i}`) },
    });
    const lines = linesOf(await user.terminal(['inspect', '--endpoint', scene.provider.endpoint, token], wide).ended);
    for (const line of lines) assert.ok(widthOf(line) <= 80, line);
    assert.equal(valueOf(lines, 'name', 24).join(''), names.Japanese);
    assert.ok(lines.includes(`  名前${' '.repeat(18)}short`), 'counted in columns');
    const roles = valueOf(lines, 'roles', 24);
    assert.ok(roles.length > 2 && roles.slice(0, -1).every((line) => line.endsWith('",')), roles.join('\n'));
  });

  test('a list of profiles is a table, or blocks where that is too wide', async () => {
    const user = await scene.user({ bus: false });
    for (const [name, endpoint] of [['a', 'https://a.example.com'], ['n'.repeat(64), 'https://b.example.com']]) await user.run(['profile', 'set', 'endpoint', endpoint, '-p', name]);
    const rows = (gap, name) => [`* a${gap}https://a.example.com${gap && '  '}(no app id)`, `  ${name}${gap && '  '}https://b.example.com${gap && '  '}(no app id)`];
    assert.deepEqual(linesOf(await user.terminal(['profile', 'list'], { shell: 'stty cols 120; ' }).ended), rows(' '.repeat(65), 'n'.repeat(64)));
    assert.deepEqual(linesOf(await user.run(['profile', 'list'])), rows(' '.repeat(65), 'n'.repeat(64)));
    assert.deepEqual(linesOf(await user.terminal(['profile', 'list'], wide).ended), [
      '* a', '    https://a.example.com', '    (no app id)', `  ${'n'.repeat(64)}`, '    https://b.example.com', '    (no app id)',
    ]);
  });

  test('an error is broken between words, the command of its hint not at all', async () => {
    const user = await scene.signedIn();
    const args = ['token', '--resource', `https://api.example.com/${'x'.repeat(60)}`];
    const { message, hint } = errorOf(await user.run(args));
    const lines = linesOf(await user.terminal(args, wide).ended);
    assert.ok(lines.length > 2);
    assert.ok(lines.includes(`hint: ${hint}`), lines.join('\n'));
    assert.equal(lines.slice(0, -1).map((line) => line.slice('logto: '.length)).join(' '), message);
    assert.ok(linesOf(await user.terminal(args, { env: { COLUMNS: '500' }, ...wide }).ended).includes(`logto: ${message}`), 'COLUMNS goes first');
  });
});

describe('control sequences', () => {
  const escape = /\x1b/;

  test('color can be forced into a pipe by a variable, and forbidden by another', async () => {
    const user = await scene.signedIn();
    const has = async (env, args = []) => escape.test((await user.run(['status', ...args], { env })).stdout);
    assert.equal(await has({ CLICOLOR_FORCE: '1' }), true);
    assert.equal(await has({ CLICOLOR_FORCE: '0' }), false);
    assert.equal(await has({ CLICOLOR_FORCE: '1', NO_COLOR: '1' }), false);
    assert.equal(await has({ CLICOLOR_FORCE: '1' }, ['--color', 'never']), false);
  });

  test('are in no JSON and in no token, forced or not', async () => {
    const user = await scene.signedIn();
    const env = { CLICOLOR_FORCE: '1', VTE_VERSION: '7006' };
    const id = (await user.token('--id-token')).stdout.trim();
    const commands = [
      ['token'], ['token', '--id-token'], ...['header', 'json', 'env', 'exec-credential'].map((format) => ['token', '--format', format]),
      ['whoami', '--claim', 'email'], ['whoami', '--json'], ['status', '--json'], ['profile', 'list', '--json'], ['profile', 'show', '--json'],
      ['inspect', '--json', id], ['version', '--json'], ['token', '--resource', 'https://nowhere.example.com', '--json'],
      ['exec', '--', 'sh', '-c', 'echo $LOGTO_ACCESS_TOKEN'],
    ];
    for (const args of commands) {
      for (const shown of [user.run(args, { env }), user.terminal(args, { env, ...wide }).ended]) assert.doesNotMatch((await shown).stdout, escape, args.join(' '));
    }
  });

  test('are not for a dumb terminal, not even to redraw a line', async () => {
    const user = await scene.user();
    const login = user.terminal(['login', ...user.app, '--timeout', '1'], { env: { TERM: 'dumb', VTE_VERSION: '7006' } });
    const { code, stdout } = await login.ended;
    assert.equal(code, 4);
    assert.match(stdout, /open this URL:/);
    assert.doesNotMatch(stdout, /\x1b|\d:\d\d left/);
  });
});

describe('links', () => {
  const link = /\x1b\]8;;([^\x1b]*)\x1b\\(?:\x1b\[1m)?([^\x1b]*)(?:\x1b\[0m)?\x1b\]8;;\x1b\\/g;
  const linksOf = ({ stdout }) => [...stdout.matchAll(link)].map(([, target, text]) => [target, text]);
  const login = (user, env, more = []) => user.terminal(['login', ...user.app, '--no-browser', '--timeout', '1', ...more], { env, ...wide });

  test('the URLs of a sign-in are links where the terminal is known to have them', async () => {
    const user = await scene.user();
    const shown = linksOf(await login(user, { VTE_VERSION: '7006' }).ended);
    assert.equal(shown.length, 2);
    for (const [target, text] of shown) assert.equal(target, text);
    assert.match(shown[0][0], /^http:\/\/localhost:\d+\/[\w-]+$/);
    assert.match(shown[1][0], /^http:\S+\/oidc\/auth\?\S+$/);
  });

  test('so is that of a device', async () => {
    const user = await scene.user();
    const { endpoint, apps } = scene.provider;
    const device = user.terminal(['login', '--device', '--endpoint', endpoint, '--device-app-id', apps.device.id], { env: { TERM: 'xterm-kitty' }, ...wide });
    await device.sees(/Waiting\. Press Ctrl-C/, 'stdout');
    assert.deepEqual(linksOf(device), [[`${endpoint}/device`, `${endpoint}/device`]]);
  });

  test('nowhere else', async () => {
    const user = await scene.user();
    for (const [env, more] of [[{}], [{ VTE_VERSION: '7006', TMUX: '/tmp/t' }], [{ VTE_VERSION: '7006' }, ['--color', 'never']]]) {
      assert.doesNotMatch((await login(user, env, more).ended).stdout, /\x1b\]/);
    }
    const piped = await user.run(['login', ...user.app, '--no-browser', '--timeout', '1'], { env: { VTE_VERSION: '7006', CLICOLOR_FORCE: '1' } });
    assert.doesNotMatch(`${piped.stdout}${piped.stderr}`, /\x1b\]/);
  });
});

test('times are in the zone of the user, those of JSON are Unix seconds', async () => {
  const user = await scene.signedIn();
  const [{ expires_at: expires }] = JSON.parse((await user.run(['status', '--json'])).stdout).profiles;
  const id = (await user.token('--id-token')).stdout.trim();
  const expected = (hours) => new Date((expires + hours * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  for (const [TZ, hours, offset] of [['XYZ-3', 3, '+03:00'], ['XYZ5', -5, '-05:00'], ['UTC', 0, 'UTC'], ['Nowhere/Nothing', 0, 'UTC'], ['', 0, 'UTC']]) {
    const env = { TZ };
    assert.ok((await user.run(['status'], { env })).stdout.includes(`(${expected(hours)} ${offset})`), TZ);
    assert.ok((await user.run(['inspect', ...user.app.slice(0, 2), id], { env })).stdout.includes(` ${offset})`), TZ);
    assert.equal(JSON.parse((await user.run(['status', '--json'], { env })).stdout).profiles[0].expires_at, expires);
  }
});
