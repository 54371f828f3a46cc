// Several tenants, several people: `logto profile`, `logto status`, --profile, LOGTO_PROFILE.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { errorOf, pause, useScene } from './harness.mjs';
import { now } from './lib/inspecting.mjs';

const scene = useScene();
const api = 'https://api.example.com';

function writeConfig(user, value) {
  mkdirSync(user.path('config/logto'), { recursive: true, mode: 0o700 });
  writeFileSync(user.configFile, typeof value === 'string' ? value : JSON.stringify(value));
}

const status = async (user, args = [], options) => JSON.parse((await user.run(['status', '--json', ...args], options)).stdout).profiles;

describe('two profiles', () => {
  test('never see the session of each other', async () => {
    const user = await scene.user();
    await user.signIn(['--profile', 'ada']);
    user.browser = new user.browser.constructor(scene.provider.endpoint, scene.provider.google);
    await user.signIn(['--profile', 'alan'], { user: 'alan@example.com' });
    const subject = async (...args) => (await user.run(['whoami', '--claim', 'sub', ...args])).stdout.trim();
    assert.deepEqual([await subject('-p', 'ada'), await subject('-p', 'alan')], ['ada0lovelace', 'alan1turing2']);
    assert.equal((await user.run(['whoami', '--claim', 'sub'], { env: { LOGTO_PROFILE: 'alan' } })).stdout, 'alan1turing2\n');
    assert.equal((await user.run(['whoami', '--claim', 'sub', '-p', 'ada'], { env: { LOGTO_PROFILE: 'alan' } })).stdout, 'ada0lovelace\n', 'the option goes first');
    assert.notEqual((await user.token('-p', 'ada')).stdout, (await user.token('-p', 'alan')).stdout);
    assert.equal((await user.run(['logout', '-p', 'ada'])).code, 0);
    assert.equal((await user.run(['whoami', '-p', 'ada'])).code, 3);
    assert.equal(await subject('-p', 'alan'), 'alan1turing2');
  });

  test('a signed-in profile is not moved to another endpoint, app or store', async () => {
    const user = await scene.signedIn();
    const before = readFileSync(user.configFile, 'utf8');
    for (const args of [['set', 'appId', 'another'], ['set', 'endpoint', 'https://else.example.com'], ['unset', 'appId'], ['unset', 'endpoint']]) {
      const result = await user.run(['profile', ...args]);
      assert.equal(result.code, 2, args.join(' '));
      assert.match(errorOf(result).message, /has a session at/);
      assert.match(errorOf(result).hint, /-p NAME.*logto logout --profile default/);
    }
    const login = await user.run(['login', '--endpoint', scene.provider.endpoint, '--app-id', 'another']);
    assert.deepEqual([login.code, errorOf(login).hint], [2, 'use another profile (-p NAME), or sign out first: logto logout --profile default']);
    assert.equal(readFileSync(user.configFile, 'utf8'), before);
    assert.equal((await user.run(['profile', 'set', 'appId', scene.provider.apps.native.id])).code, 0, 'the same value moves nothing');
    assert.equal((await user.run(['whoami'])).code, 0);
    assert.equal((await user.run(['whoami'], { env: { LOGTO_ENDPOINT: 'https://else.example.com' } })).code, 3);
  });

  test('one that is not set up: the hint names what it lacks, and the profile', async () => {
    const user = await scene.user({ bus: false });
    const hint = async () => errorOf(await user.run(['-p', 'work', 'whoami'])).hint;
    await user.run(['profile', 'set', 'appId', 'x']); // which makes another one the default
    assert.equal(await hint(), 'logto login --endpoint https://TENANT.logto.app --app-id ID --profile work');
    await user.run(['-p', 'work', 'profile', 'set', 'endpoint', 'https://work.example.com']);
    assert.equal(await hint(), 'logto login --app-id ID --profile work');
    await user.run(['-p', 'work', 'profile', 'unset', 'endpoint']);
    await user.run(['-p', 'work', 'profile', 'set', 'deviceAppId', 'x']);
    assert.equal(await hint(), 'logto login --device --endpoint https://TENANT.logto.app --profile work');
  });

  test('the first one is the default; `use` chooses another', async () => {
    const user = await scene.user({ bus: false });
    for (const name of ['one', 'two']) assert.equal((await user.run(['-p', name, 'profile', 'set', 'endpoint', `https://${name}.example.com`])).code, 0);
    assert.equal(user.config.defaultProfile, 'one');
    const used = await user.run(['profile', 'use', 'two']);
    assert.deepEqual([used.code, used.stdout, used.stderr], [0, '', "The default profile is now 'two'.\n"]);
    assert.equal(user.config.defaultProfile, 'two');
    await user.run(['profile', 'set', 'appId', 'app-of-two']);
    assert.equal(user.config.profiles.two.appId, 'app-of-two');
    const missing = await user.run(['profile', 'use', 'three']);
    assert.deepEqual([missing.code, errorOf(missing).hint], [2, 'logto profile list']);
    assert.equal(user.config.defaultProfile, 'two');
  });
});

describe('profile', () => {
  test('list: as text, as JSON, and of none', async () => {
    const user = await scene.user({ bus: false });
    const none = await user.run(['profile']);
    assert.deepEqual([none.code, none.stdout], [0, '']);
    assert.match(none.stderr, /logto login/);
    assert.deepEqual(JSON.parse((await user.run(['profile', '--json'])).stdout), { profiles: [] });
    writeConfig(user, { defaultProfile: 'b', profiles: { a: { endpoint: 'https://a.example.com', appId: 'x' }, b: {} } });
    for (const args of [['profile'], ['profile', 'list']]) {
      assert.equal((await user.run(args)).stdout, '  a  https://a.example.com  x\n* b  (no endpoint)          (no app id)\n');
    }
    assert.deepEqual(JSON.parse((await user.run(['profile', 'list', '--json'])).stdout), {
      profiles: [{ profile: 'a', default: false, endpoint: 'https://a.example.com', app_id: 'x' }, { profile: 'b', default: true, endpoint: null, app_id: null }],
    });
  });

  test('show: every key with the value in effect, and which are defaults', async () => {
    const user = await scene.user({ bus: false });
    writeConfig(user, { profiles: { default: { endpoint: 'https://a.example.com', appId: 'x', scopes: ['a', 'b'], connector: '', port: 3100 }, b: {} } });
    const { code, stdout, stderr } = await user.run(['profile', 'show'], { env: { LOGTO_ENDPOINT: 'https://else.example.com' } });
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^default \(default\)\n {2}endpoint +https:\/\/a\.example\.com\n {2}appId +x\n {2}deviceAppId +\(none\) \(default\)\n {2}scopes +a b\n/);
    for (const line of [/^ {2}connector +\(none\)$/m, /^ {2}port +3100$/m, /^ {2}store +keyring \(default\)$/m, /^ {2}passphraseCache +900 \(default\)$/m, /^ {2}warm +true \(default\)$/m]) assert.match(stdout, line);
    assert.deepEqual(JSON.parse((await user.run(['profile', 'show', '--json', '-p', 'b'])).stdout), {
      profile: 'b', default: false, endpoint: null, issuer: null, app_id: null, device_app_id: null, scopes: [], resources: [], organizations: false, connector: 'google', google_scopes: [],
      port: 3000, store: 'keyring', passphrase_cache: 900, warm: true, insecure_http: false,
    });
    const missing = await user.run(['profile', 'show', '-p', 'c']);
    assert.deepEqual([missing.code, missing.stdout], [2, '']);
    assert.equal((await user.run(['profile', 'show', 'b'])).code, 2, 'the name is given with --profile');
  });

  test('path: where the profiles are, though the file is damaged or not there', async () => {
    const user = await scene.user({ bus: false });
    assert.deepEqual((({ code, stdout, stderr }) => [code, stdout, stderr])(await user.run(['profile', 'path'])), [0, `${user.configFile}\n`, '']);
    writeConfig(user, '{');
    assert.deepEqual(JSON.parse((await user.run(['profile', 'path', '--json'])).stdout), { path: user.configFile });
  });

  test('set and unset: every key, with the type that it has', async () => {
    const user = await scene.user({ bus: false });
    const values = {
      endpoint: ['https://tenant.example.com', 'https://tenant.example.com'], appId: ['app', 'app'], deviceAppId: ['tv', 'tv'],
      scopes: ['read:things, write:things', ['read:things', 'write:things']], resources: [`${api} https://b.example.com`, [api, 'https://b.example.com']],
      organizations: ['true', true], connector: ['github', 'github'], port: ['3100', 3100], store: ['keyring', 'keyring'], insecureHttp: ['false', false],
      passphraseCache: ['60', 60], warm: ['false', false], googleScopes: ['https://www.googleapis.com/auth/drive', ['https://www.googleapis.com/auth/drive']],
    };
    for (const [key, [text, value]] of Object.entries(values)) {
      const { code, stdout, stderr } = await user.run(['profile', 'set', key, text]);
      assert.deepEqual([code, stdout, stderr], [0, '', `Set ${key} in the profile 'default'.\n`], key);
      assert.deepEqual(user.config.profiles.default[key], value);
    }
    assert.deepEqual(Object.keys(user.config.profiles.default).sort(), Object.keys(values).sort());
    for (const key of Object.keys(values)) assert.equal((await user.run(['profile', 'unset', key])).stderr, `Unset ${key} in the profile 'default'.\n`);
    assert.deepEqual(user.config.profiles.default, {});
    assert.equal((await user.run(['profile', 'unset', 'port'])).code, 0, 'unset twice is no mistake');
  });

  test('set refuses what could not be used later, and changes nothing', async () => {
    const user = await scene.user({ bus: false });
    await user.run(['profile', 'set', 'endpoint', 'https://tenant.example.com']);
    const before = readFileSync(user.configFile, 'utf8');
    for (const [key, value] of [['port', '0'], ['port', '65536'], ['port', 'http'], ['port', '3000x'], ['port', ''], ['organizations', 'yes'], ['endpoint', 'two words'], ['endpoint', 'ftp://tenant.example.com'],
      ['endpoint', 'http://tenant.example.com'], ['endpoint', ''], ['store', 'cloud'], ['passphraseCache', '7201'], ['warm', 'no'], ['appId', ''], ['deviceAppId', 'a b'], ['scopes', '"'], ['resources', 'things'], ['password', 'x'], ['appid', 'x'], ['__proto__', 'x']]) {
      const result = await user.run(['profile', 'set', key, value]);
      assert.deepEqual([result.code, result.stdout], [2, ''], `${key}=${value}: ${result.stderr}`);
      assert.ok(errorOf(result).message);
      assert.equal(readFileSync(user.configFile, 'utf8'), before, `${key}=${value}`);
    }
    for (const args of [['set'], ['set', 'port'], ['unset'], ['use'], ['remove'], ['list', 'x'], ['rename', 'a', 'b'], ['unset', 'password']]) {
      const result = await user.run(['profile', ...args]);
      assert.deepEqual([result.code, result.stdout], [2, ''], args.join(' '));
      assert.equal(readFileSync(user.configFile, 'utf8'), before);
    }
  });

  test('names: letters, digits, ".", "_", "-"', async () => {
    const user = await scene.user({ bus: false });
    for (const name of ['work', 'a.b_c-1', 'x'.repeat(64)]) assert.equal((await user.run(['-p', name, 'profile', 'set', 'port', '3000'])).code, 0, name);
    for (const name of ['', '.hidden', '-x', 'a/b', '../up', 'a b', 'ä', 'x'.repeat(65), 'a\nb']) {
      const result = await user.run([`--profile=${name}`, 'profile', 'set', 'port', '3000']);
      assert.equal(result.code, 2, JSON.stringify(name));
    }
    assert.deepEqual(Object.keys(user.config.profiles), ['work', 'a.b_c-1', 'x'.repeat(64)]);
  });

  test('remove signs out first, says so, and takes nothing else along', async () => {
    const user = await scene.user();
    await user.signIn(['--profile', 'keep']);
    await user.signIn(['--profile', 'away']);
    const { code, stdout, stderr } = await user.run(['profile', 'remove', 'away']);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /^Signed out of http:\/\/localhost:\d+\.\nRemoved profile 'away'\.\n$/);
    assert.deepEqual(Object.keys(user.config.profiles), ['keep']);
    assert.equal(await user.session({ profile: 'away' }), null);
    assert.equal((await scene.provider.counts()).revocations, 1);
    assert.equal((await user.run(['whoami', '-p', 'keep'])).code, 0);
    assert.equal((await user.run(['profile', 'remove', 'away'])).code, 2);
    assert.equal((await user.run(['profile', 'remove', 'keep'])).code, 0);
    assert.equal('defaultProfile' in user.config, false);
    assert.doesNotMatch(await user.items(), /attribute\.profile/);
  });

  test('remove keeps profile and session when Logto cannot be reached, and says what helps', async () => {
    const user = await scene.signedIn();
    await scene.provider.set({ failNext: { path: '/oidc/token/revocation', status: 500, count: 9 } });
    const result = await user.run(['profile', 'remove', 'default']);
    assert.equal(result.code, 6);
    assert.match(errorOf(result).hint, /logto logout --local/);
    assert.ok(user.config.profiles.default);
    assert.ok(await user.session());
    assert.equal((await user.run(['logout', '--local'])).code, 0);
    assert.equal((await user.run(['profile', 'remove', 'default'])).code, 0);
  });

  test('remove keeps the profile when the keyring is locked', async () => {
    const user = await scene.signedIn();
    await user.keyring.lock();
    const result = await user.run(['profile', 'remove', 'default']);
    assert.equal(result.code, 7);
    assert.ok(user.config.profiles.default);
  });
});

describe('the config file', () => {
  test('keys that nobody knows survive a rewrite, and it stays for its owner only', async () => {
    const user = await scene.user({ bus: false });
    const config = { future: { a: [1, 2.5, null] }, defaultProfile: 'default', profiles: { default: { endpoint: 'https://a.example.com', tomorrow: 'x', port: 3000 }, other: { x: 1 } }, $schema: 'https://example.com' };
    writeConfig(user, config);
    chmodSync(user.configFile, 0o600);
    assert.equal((await user.run(['profile', 'set', 'port', '3001'])).code, 0);
    config.profiles.default.port = 3001;
    assert.deepEqual(user.config, config);
    assert.equal(statSync(user.configFile).mode & 0o777, 0o600);
    assert.deepEqual(user.files(user.path('config')).map(({ path }) => path), [user.configFile], 'no temporary file is left');
  });

  test('that is damaged: an error naming the line, and it is never overwritten', async () => {
    const user = await scene.user();
    const damaged = {
      '{\n "profiles": {\n  "a": {},\n }\n}\n': /line 4/, '{\n"profiles": {"a": {}, "a": {}}\n}': /duplicate member "a"/, '': /./, '\0': /./, '[]': /not a JSON object/,
      '{"profiles":[]}': /profiles/, '{"profiles":{"a":1}}': /"a"/, '{"profiles":{"default":{"port":"x"}}}': /port/, '{"profiles":{"default":{"scopes":"x"}}}': /scopes/,
      '{"profiles":{"default":{"endpoint":7}}}': /endpoint/, '<<<<<<< HEAD\n{}': /line 1/,
    };
    for (const [text, pattern] of Object.entries(damaged)) {
      writeConfig(user, text);
      for (const args of [['whoami'], ['token'], ['profile', 'use', 'a'], ['profile', 'set', 'appId', 'x'], ['login', '--endpoint', scene.provider.endpoint, '--app-id', 'x']]) {
        // A profile that can't be used must still be mendable.
        if (/default/.test(text) && args[0] === 'profile') continue;
        const result = await user.run(args);
        assert.deepEqual([result.code, result.stdout], [2, ''], `${JSON.stringify(text)} ${args}: ${result.stderr}`);
        assert.match(errorOf(result).message, pattern);
        assert.match(result.stderr, /config\.json/);
        assert.equal(readFileSync(user.configFile, 'utf8'), text);
      }
      assert.equal(existsSync(user.addressFile), false);
    }
  });

  test('a wrong value can be put right with profile set', async () => {
    const user = await scene.user({ bus: false });
    writeConfig(user, { profiles: { default: { endpoint: 'https://a.example.com', port: 'x' } } });
    assert.equal((await user.run(['profile', 'set', 'port', '3000'])).code, 0);
    assert.equal(user.config.profiles.default.port, 3000);
  });

  test('twenty changes at once all arrive', async () => {
    const user = await scene.user({ bus: false });
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => user.run(['-p', `p${index}`, 'profile', 'set', 'appId', `app-${index}`])));
    assert.ok(results.every(({ code }) => code === 0), JSON.stringify(results.find(({ code }) => code !== 0)));
    assert.equal(Object.keys(user.config.profiles).length, 20);
  });
});

describe('status', () => {
  test('of nobody', async () => {
    const user = await scene.user({ bus: false });
    const { code, stdout, stderr } = await user.run(['status']);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /logto login/);
    assert.deepEqual(await status(user), []);
  });

  test('--json: every profile, with exactly these members, no secret, no network', async () => {
    const user = await scene.signedIn(['--resource', api, '--scope', 'read:things']);
    const session = await user.session();
    await user.run(['-p', 'other', 'profile', 'set', 'endpoint', 'https://other.example.com']);
    await scene.provider.clearRequests();
    const { stdout } = await user.run(['status', '--json']);
    const [mine, other] = JSON.parse(stdout).profiles;
    const { expires_at: expiresAt, ...rest } = mine;
    assert.deepEqual(rest, {
      profile: 'default', default: true, configured: true, endpoint: scene.provider.endpoint, issuer: scene.provider.issuer, app_id: scene.provider.apps.native.id,
      store: 'keyring', protection: rest.protection, signed_in: true, sub: 'ada0lovelace', name: 'Ada Lovelace', email: 'ada@example.com',
      scopes: ['openid', 'offline_access', 'profile', 'email', 'read:things'], resources: [api], refreshable: true, machine: false, warm_until: null, error: null,
    });
    assert.match(rest.protection, /encrypted/);
    assert.ok(Math.abs(expiresAt - now() - 3600) < 30);
    assert.deepEqual(Object.keys(other).sort(), Object.keys(mine).sort());
    assert.deepEqual([other.profile, other.default, other.signed_in, other.app_id, other.sub, other.expires_at], ['other', false, false, null, null, null]);
    for (const secret of [session.refresh_token, session.id_token, ...session.access_tokens.map(({ token }) => token)]) assert.ok(!stdout.includes(secret));
    assert.deepEqual(await scene.asked(), []);
  });

  test('as text: who, where it is kept and how well, what it covers, until when', async () => {
    const user = await scene.signedIn(['--resource', api, '--scope', 'read:things']);
    const { code, stdout, stderr } = await user.run(['status']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^default \(default\): signed in$/m);
    for (const text of ['Ada Lovelace', 'ada@example.com', 'keyring (encrypted', api, 'read:things', scene.provider.endpoint, scene.provider.apps.native.id]) assert.ok(stdout.includes(text), text);
    assert.match(stdout, /expires in (60|59) minutes \(.*\), refreshable$/m);
    await user.run(['logout']);
    assert.match((await user.run(['status'])).stdout, /^default \(default\): not signed in$/m);
  });

  test('one profile that cannot be read does not hide the others', async () => {
    const user = await scene.signedIn(['--profile', 'good']);
    writeConfig(user, { ...user.config, profiles: { bad: { port: 'x' }, ...user.config.profiles, cloud: { endpoint: 'https://a.example.com', appId: 'x', store: 'cloud' } } });
    const rows = await status(user);
    assert.deepEqual(rows.map(({ profile, signed_in: signedIn, error }) => [profile, signedIn, error?.code ?? null]), [['bad', false, 'config'], ['good', true, null], ['cloud', false, 'config']]);
    const { code, stdout } = await user.run(['status']);
    assert.equal(code, 0);
    assert.match(stdout, /^bad: .*port/m);
  });

  test('a locked keyring is said, and is not "not signed in"', async () => {
    const user = await scene.signedIn();
    await user.keyring.lock();
    const [row] = await status(user);
    assert.deepEqual([row.signed_in, row.error.code], [false, 'store_locked']);
    const { stdout } = await user.run(['status']);
    assert.doesNotMatch(stdout, /: not signed in$/m);
    assert.match(stdout, /locked/);
  });

  test('no bus at all is said too', async () => {
    const user = await scene.user({ bus: false });
    writeConfig(user, { profiles: { default: { endpoint: 'https://a.example.com', appId: 'x' } } });
    assert.equal((await status(user))[0].error.code, 'store_unavailable');
  });

  test('--profile: only that one', async () => {
    const user = await scene.user({ bus: false });
    writeConfig(user, { profiles: { a: {}, b: {} } });
    assert.deepEqual((await status(user, ['-p', 'b'])).map(({ profile }) => profile), ['b']);
    assert.deepEqual((await status(user, [], { env: { LOGTO_PROFILE: 'a' } })).map(({ profile }) => profile), ['a']);
  });

  test('of a profile that is not there is exit 2', async () => {
    const user = await scene.user({ bus: false });
    writeConfig(user, { profiles: { a: {} } });
    const result = await user.run(['status', '-p', 'nobody']);
    assert.deepEqual([result.code, result.stdout], [2, '']);
  });

  test('names the variables that go before it', async () => {
    const user = await scene.user({ bus: false });
    writeConfig(user, { profiles: { a: {} } });
    const { stderr } = await user.run(['status'], { env: { LOGTO_ENDPOINT: 'https://a.example.com', LOGTO_APP_SECRET: 'very-secret' } });
    assert.match(stderr, /LOGTO_ENDPOINT is set/);
    assert.match(stderr, /LOGTO_APP_SECRET is set/);
    assert.ok(!stderr.includes('very-secret'));
  });

  test('a session that has expired says so, and that it is refreshable', async () => {
    const user = await scene.user();
    await scene.provider.set({ accessTokenTtl: 1 });
    await user.signIn();
    await pause(2100);
    const { stdout } = await user.run(['status']);
    assert.match(stdout, /token +expired \d seconds? ago \(.*\), refreshable$/m);
    assert.doesNotMatch(stdout, /expires \d+ seconds? ago/);
  });
});

describe('a session that no profile names any more', () => {
  test('status shows it, logout --all revokes and removes it', async () => {
    const user = await scene.signedIn();
    rmSync(user.configFile);
    const [row, more] = await status(user);
    assert.equal(more, undefined);
    assert.deepEqual([row.profile, row.configured, row.signed_in, row.endpoint, row.sub], ['default', false, true, scene.provider.endpoint, 'ada0lovelace']);
    const text = (await user.run(['status'])).stdout;
    assert.match(text, /^default \(not in the config file\): signed in\n/);
    assert.match(text, /hint +logto logout --all\n/);
    const { stdout } = await user.run(['logout', '--all', '--json']);
    assert.deepEqual(JSON.parse(stdout).profiles.map(({ profile, signed_out: out }) => [profile, out]), [['default', true]]);
    assert.equal((await scene.provider.counts()).revocations > 0, true);
    assert.deepEqual(await status(user), []);
  });
});
