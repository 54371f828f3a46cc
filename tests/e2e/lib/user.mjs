import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { FakeBrowser, leadsTo } from '../../provider/fakebrowser.mjs';
import { Bus, Keyring, OtherKeyring } from './bus.mjs';
import { Process, finish, removeAtEnd } from './process.mjs';
import { until } from './wait.mjs';

const project = fileURLToPath(new URL('../../..', import.meta.url));
export const program = resolve(project, process.env.LOGTO_BIN ?? 'build/dev/logto');
if (!existsSync(program)) throw new Error(`there is no program to test at ${program}: build it, or set LOGTO_BIN`);

// The item's schema is only kept beside its attributes, so that it is found in a keyring that isn't open yet.
export const schema = 'logto-cli.Session';
const application = ['application', 'logto-cli'];
const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

process.umask(0o022);

// Somebody at this machine: folders, a D-Bus session and a keyring of their own, and a browser.
export class User {
  started = new Set();

  static async arrive(provider, { bus = true, keyring = true, rules, warm = false, ...service } = {}) {
    const user = new User();
    user.folder = mkdtempSync(`${tmpdir()}/logto-e2e-`);
    removeAtEnd(user.folder);
    for (const name of ['home', 'config', 'data', 'cache', 'run', 'tmp', 'bin']) mkdirSync(`${user.folder}/${name}`, { mode: 0o700 });
    user.provider = provider;
    user.browser = new FakeBrowser(provider.endpoint, provider.google);
    user.env = user.#environment();
    // Most tests are about what the store holds; and the kernel allows a real user only some 200 keys.
    if (!warm) user.env.LOGTO_WARM = '0';
    if (bus) await user.startBus(rules);
    if (bus && keyring) await user.startKeyring(service);
    return user;
  }

  #environment() {
    const { folder } = this;
    const in_ = (name) => `${folder}/${name}`;
    this.addressFile = in_('address');
    this.script('browser', `printf '%s\\n' "$1" >${quote(`${this.addressFile}.new`)} && mv ${quote(`${this.addressFile}.new`)} ${quote(this.addressFile)}`);
    return {
      HOME: in_('home'), XDG_CONFIG_HOME: in_('config'), XDG_DATA_HOME: in_('data'), XDG_CACHE_HOME: in_('cache'),
      XDG_RUNTIME_DIR: in_('run'), TMPDIR: in_('tmp'), PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', USER: 'somebody',
      SHELL: '/bin/sh', TERM: 'xterm', BROWSER: in_('bin/browser'), DBUS_SESSION_BUS_ADDRESS: `unix:path=${in_('nobus')}`,
      ASAN_OPTIONS: 'exitcode=99', UBSAN_OPTIONS: 'exitcode=99:halt_on_error=1:print_stacktrace=1',
    };
  }

  async startBus(rules) {
    this.bus = await Bus.start(this.folder, this.env, rules);
    this.env = this.bus.env;
  }

  // A gnome-keyring unless `service` names another; its settings are in `env`.
  async startKeyring({ service, env, ...options } = {}) {
    if (service) this.keyring = await OtherKeyring.start(this.bus, service, env);
    else this.keyring = await Keyring.start(this.bus, this.env.XDG_RUNTIME_DIR, options);
  }

  async restartKeyring(options = {}) {
    await this.keyring.stop();
    await this.startKeyring(options);
  }

  // A program of the user's, as a shell script. Gives its path.
  script(name, text) {
    const path = `${this.folder}/bin/${name}`;
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  path(name) {
    return `${this.folder}/${name}`;
  }

  get configFile() {
    return this.path('config/logto/config.json');
  }

  get config() {
    return JSON.parse(readFileSync(this.configFile, 'utf8'));
  }

  // Every file of the user's, with its content.
  files(folder = this.folder) {
    return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`).map((path) => ({ path, content: readFileSync(path) }));
  }

  // ---- the program ----

  start(args, { env, ...options } = {}) {
    return this.#keep(new Process(program, args, { env: this.#with(env), cwd: this.env.HOME, name: `logto ${args.join(' ')}`, ...options }));
  }

  run(args, options) {
    return this.start(args, options).ended;
  }

  // In a pseudo-terminal. `into` is a file that takes stdout instead of the terminal.
  terminal(args, { env, into, shell = '', ...options } = {}) {
    const line = `${shell}exec ${[program, ...args].map(quote).join(' ')}${into ? ` >${quote(into)}` : ''}`;
    return this.#keep(new Process('script', ['-qefc', line, '/dev/null'], {
      env: this.#with(env), cwd: this.env.HOME, stdin: 'open', name: `logto ${args.join(' ')} at a terminal`, ...options,
    }));
  }

  #keep(process) {
    this.started.add(process);
    process.ended.catch(() => {}).finally(() => this.started.delete(process));
    return process;
  }

  // undefined takes a variable out of the environment.
  #with(env) {
    return Object.fromEntries(Object.entries({ ...this.env, ...env }).filter(([, value]) => value !== undefined));
  }

  // ---- signing in ----

  get app() {
    return ['--endpoint', this.provider.endpoint, '--app-id', this.provider.apps.native.id];
  }

  // Starts `logto login` and waits for the address that it opens: a short one, where that leads, and what it asks for.
  async startLogin(args = this.app, options = {}) {
    rmSync(this.addressFile, { force: true });
    const login = options.terminal ? this.terminal(['login', ...args], options) : this.start(['login', ...args], options);
    login.short = await this.opened(login);
    login.address = await leadsTo(login.short);
    login.request = await this.#requested(login.address);
    return login;
  }

  // The parameters of the authorization request at an address that may only name what was pushed before.
  async #requested(address) {
    const { searchParams } = new URL(address);
    if (!searchParams.has('request_uri')) return searchParams;
    const { params } = (await this.provider.requests()).findLast(({ path, status }) => path === '/oidc/request' && status === 201);
    return new URLSearchParams(Object.entries(params).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  }

  // The address that the program opened in $BROWSER.
  async opened(login) {
    await until(() => {
      if (login.result && !existsSync(this.addressFile)) throw new Error(`${login.name} ended and opened no browser\n${login}`);
      return existsSync(this.addressFile);
    }, () => `the browser of ${login.name}\n${login}`);
    const address = readFileSync(this.addressFile, 'utf8').trim();
    rmSync(this.addressFile);
    return address;
  }

  // What a user does at the tenant's and Google's pages. Gives the callback's address.
  async authorize(address, { user = 'ada@example.com', browser = this.browser } = {}) {
    let page = await browser.start(address);
    for (let step = 0; step < 5 && !page.left; step += 1) {
      if (page.url.pathname === '/accounts') page = await browser.submit({}, { button: user });
      else if (page.text.includes('name="password"')) page = await browser.submit({ username: user, password: 'Correct-Horse-1' });
      else page = await browser.submit({});
    }
    if (!page.left) throw new Error(`the sign-in ended at ${page.url}: ${page.text}`);
    return page.left.href;
  }

  // A whole sign-in with the quick browser: the program's result, and the page that the user saw at the end.
  async login(args = this.app, { env, user, seconds, stdin } = {}) {
    const login = await this.startLogin(args, { env, seconds, stdin });
    const page = await visit(await this.authorize(login.address, { user }));
    return { ...(await login.ended), page, address: login.address, request: login.request };
  }

  // For tests that are about something else.
  async signIn(more = [], options) {
    const result = await this.login([...this.app, ...more], options);
    if (result.code !== 0) throw new Error(`signing in failed: ${result.code} ${result.stdout} ${result.stderr}`);
    return result;
  }

  // The files with warm tokens, and the key of each as the kernel has it.
  warmFiles() {
    return this.files(this.path('run')).map(({ path }) => path).filter((path) => path.endsWith('.warm'));
  }

  warmKey(path) {
    return finish('keyctl', ['search', '@u', 'user', `logto:warm:${basename(path, '.warm')}`], { env: this.env });
  }

  async dropWarmKeys() {
    for (const path of this.warmFiles()) {
      const { code, stdout } = await this.warmKey(path);
      if (code === 0) await finish('keyctl', ['unlink', stdout.trim(), '@u'], { env: this.env });
    }
  }

  token(...args) {
    return this.run(['token', ...args]);
  }

  // ---- the keyring ----

  #attributes({ profile = 'default', app = this.provider.apps.native.id } = {}) {
    return [...application, 'profile', profile, 'issuer', this.provider.issuer, 'app_id', app];
  }

  // What is stored, past the program; null when nothing is.
  async session(which) {
    const { code, stdout } = await finish('secret-tool', ['lookup', ...this.#attributes(which)], { env: this.env });
    return code === 0 ? JSON.parse(stdout) : null;
  }

  async putSession(session, which) {
    const options = { env: this.env, stdin: JSON.stringify(session) };
    const { code, stderr } = await finish('secret-tool', ['store', '--label=by a test', 'xdg:schema', schema, ...this.#attributes(which)], options);
    if (code !== 0) throw new Error(`secret-tool: ${stderr}`);
  }

  async items() {
    const { stdout, stderr } = await finish('secret-tool', ['search', '--all', '--unlock', ...application], { env: this.env });
    return `${stdout}${stderr}`;
  }

  async leave() {
    // A terminal that hangs up takes what runs in it along.
    for (const process of this.started) await process.kill(process.child.spawnfile === 'script' ? 'SIGTERM' : 'SIGKILL').catch(() => {});
    if (!this.env.LOGTO_WARM) await this.dropWarmKeys();
    await this.keyring?.end();
    await this.bus?.daemon.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

// As a browser visits a callback: waits for the redirect, follows it, reads the page.
export async function visit(address) {
  const callback = await fetch(address, { redirect: 'manual', headers: { connection: 'close' } });
  const location = callback.headers.get('location');
  const last = location ? await fetch(new URL(location, address), { headers: { connection: 'close' } }) : callback;
  return { status: callback.status, location, headers: last.headers, text: await last.text() };
}
