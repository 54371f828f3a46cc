// A tenant with its leeway for used refresh tokens, and a user whose session is in one store.
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';

import { FakeBrowser } from '../provider/fakebrowser.mjs';
import { startProvider } from '../provider/testing.mjs';
import { User, visit } from '../e2e/lib/user.mjs';
import { until } from '../e2e/lib/wait.mjs';

export const stores = ['keyring', 'file', 'plaintext'];

// What no file may hold but that of the plaintext store: opaque tokens, by their first characters, and JWTs.
const tokenPrefix = 'kills-secret-';
const secret = new RegExp(`${tokenPrefix}|eyJ[\\w-]{20,}\\.[\\w-]{20,}\\.`);
const suffixes = { sealed: 'file', plaintext: 'plaintext' };

export class World {
  logins = 0;

  // `provider`: a tenant that is there already, with the leeway that is wanted.
  static async make(store, leeway, { provider } = {}) {
    const world = new World();
    Object.assign(world, { store, leeway, ownsProvider: !provider, provider: provider ?? await startTenant(leeway) });
    world.user = await User.arrive(world.provider, { warm: true });
    world.user.env.LOGTO_PASSPHRASE = 'correct horse battery';
    // A browser that was started by a login that is dead may still write its address down.
    world.user.script('browser', 'printf \'%s\\n\' "$1" >"$KILLS_ADDRESS.new" && mv "$KILLS_ADDRESS.new" "$KILLS_ADDRESS"');
    world.others = new FakeBrowser(world.provider.endpoint, world.provider.google);
    return world;
  }

  get target() {
    return { ...this.user.config.profiles.default };
  }

  // ---- running the program ----

  // A run: its process, when it ended, and for a login when the browser came back with the code.
  start(args, { env } = {}) {
    const process = this.user.start(args, { env, seconds: 150 });
    return { process, ended: process.ended };
  }

  run(...args) {
    return this.start(args).ended;
  }

  token(...args) {
    return this.run('token', '--profile', 'default', ...args);
  }

  // A sign-in with the quick browser, from which nothing that goes wrong is an error here.
  startLogin(args, { env, email = 'ada@example.com' } = {}) {
    const { user } = this;
    const browser = email.startsWith('ada') ? user.browser : this.others;
    this.logins += 1;
    user.addressFile = user.path(`address-${this.logins}`);
    const process = user.start(['login', ...user.app, '--timeout', '120', ...args], { env: { ...env, KILLS_ADDRESS: user.addressFile }, seconds: 150 });
    const opened = until(() => process.result || existsSync(user.addressFile), 'the browser', 140); // it may be stopped before
    const callback = opened.then(() => user.opened(process)).then((address) => user.authorize(address, { browser, user: email })).catch(() => undefined);
    const visited = callback.then((address) => address && visit(address)).catch(() => {});
    return { process, returned: callback, ended: Promise.all([process.ended, visited]).then(([result]) => result) };
  }

  login(args, options) {
    return this.startLogin(args, options).ended;
  }

  // ---- what there is ----

  get config() {
    return existsSync(this.user.configFile) ? this.user.config : {};
  }

  set config(config) {
    writeFileSync(this.user.configFile, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  }

  // The stores that hold a session of the profile.
  async places(profile = 'default') {
    const folder = this.user.path('data/logto');
    const inFiles = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => suffixes[name.split('.').at(-1)])
      .filter((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'latin1').split('\n')[0]).profile === profile)
      .map((name) => suffixes[name.split('.').at(-1)]);
    return [...await this.user.session({ profile }) ? ['keyring'] : [], ...inFiles.sort()];
  }

  // Tokens in clear where they do not belong.
  secrets(files = this.user.files()) {
    return files.filter(({ path, content }) => !path.endsWith('.plaintext') && secret.test(content.toString('latin1')))
      .map(({ path }) => `a secret in clear: ${path}`);
  }

  // What is wrong outside the session itself, some commands after the kill.
  leftovers() {
    const files = this.user.files();
    const locked = lockedInodes();
    return [
      ...this.secrets(files),
      ...files.filter(({ path }) => path.endsWith('.new') || path.startsWith(this.user.path('tmp'))).map(({ path }) => `left behind: ${path}`),
      ...files.filter(({ path }) => path.startsWith(this.user.path('data/logto/locks')) && locked.has(statSync(path).ino)).map(({ path }) => `still locked: ${path}`),
    ];
  }

  // Nothing is cached and nothing configured, as on the first day.
  forgetEverything() {
    for (const name of ['config/logto', 'cache/logto']) rmSync(this.user.path(name), { recursive: true, force: true });
  }

  async leave() {
    await this.user.dropWarmKeys();
    await this.user.leave();
    if (this.ownsProvider) await this.provider.stop();
  }
}

export async function startTenant(leeway) {
  const provider = await startProvider();
  await provider.set({ refreshReuseInterval: leeway, tokenPrefix });
  return provider;
}

// "1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"
const lockedInodes = () => new Set(readFileSync('/proc/locks', 'utf8').split('\n').map((line) => Number(/:(\d+) \d+ \S+$/.exec(line)?.[1])));
