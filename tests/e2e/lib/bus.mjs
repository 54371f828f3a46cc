import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Process, finish } from './process.mjs';
import { until } from './wait.mjs';

const password = 'the keyring password';

// Without service folders nothing is started on demand: what is on the bus was put there by the test.
const configuration = (socket, rules) => `<busconfig>
  <type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="false"/><allow eavesdrop="false"/><allow own="*"/>${rules}
  </policy>
</busconfig>`;

// A D-Bus session of a user's own.
export class Bus {
  static async start(folder, env, rules = '') {
    const bus = new Bus();
    Object.assign(bus, { folder });
    writeFileSync(`${folder}/bus.conf`, configuration(`${folder}/bus`, rules));
    bus.daemon = new Process('dbus-daemon', [`--config-file=${folder}/bus.conf`, '--print-address=1', '--nofork'], { env, seconds: 3600 });
    const [address] = await bus.daemon.sees(/\S+(?=\n)/, 'stdout');
    bus.env = { ...env, DBUS_SESSION_BUS_ADDRESS: address };
    return bus;
  }

  async has(name) {
    const question = ['--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner', `string:${name}`];
    return (await finish('dbus-send', question, { env: this.env })).stdout.includes('boolean true');
  }

  call(path, method, ...args) {
    const call = ['call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path', path, '--method', `org.freedesktop.Secret.${method}`];
    return finish('gdbus', [...call, ...args], { env: this.env });
  }

  // Other rules from now on, as an administrator might set.
  async rule(rules) {
    writeFileSync(`${this.folder}/bus.conf`, configuration(`${this.folder}/bus`, rules));
    await finish('dbus-send', ['--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.ReloadConfig'], { env: this.env });
  }
}

// A real gnome-keyring on such a bus.
export class Keyring {
  static async start(bus, folder, { unlock = true } = {}) {
    const keyring = new Keyring();
    const args = ['--foreground', '--components=secrets', `--control-directory=${folder}/keyring`, ...(unlock ? ['--unlock'] : [])];
    Object.assign(keyring, { bus });
    keyring.daemon = new Process('gnome-keyring-daemon', args, { env: bus.env, stdin: unlock ? password : '', seconds: 3600 });
    await until(() => bus.has('org.freedesktop.secrets'), 'gnome-keyring on the bus');
    return keyring;
  }

  async lock() {
    const { stdout } = await this.bus.call('/org/freedesktop/secrets', 'Service.Lock', "['/org/freedesktop/secrets/collection/login']");
    if (!stdout.includes('/login')) throw new Error(`the keyring was not locked: ${stdout}`);
  }

  async stop() {
    await this.end();
    await until(async () => !(await this.bus.has('org.freedesktop.secrets')), 'gnome-keyring off the bus');
  }

  end() {
    this.daemon.child.kill('SIGCONT');
    return this.daemon.kill();
  }
}

const script = fileURLToPath(new URL('../../../scripts/secret-service', import.meta.url));

// Debian 13's or Debian 12's.
const kwalletd = existsSync('/usr/bin/kwalletd6') ? 'kwalletd6' : 'kwalletd5';

// What locks each of the other services.
const locks = {
  keepassxc: ['org.keepassxc.KeePassXC.MainWindow', '/keepassxc', 'org.keepassxc.KeePassXC.MainWindow.lockAllDatabases'],
  kwallet: [`org.kde.${kwalletd}`, `/modules/${kwalletd}`, 'org.kde.KWallet.close', 'kdewallet', 'true'],
};

// Another keyring on such a bus: 'keepassxc' or 'kwallet'.
export class OtherKeyring {
  static async start(bus, name, env) {
    const keyring = new OtherKeyring();
    Object.assign(keyring, { bus, name });
    keyring.daemon = new Process(script, [name], { env: { ...bus.env, ...env }, seconds: 3600, name });
    await keyring.daemon.sees(/^ready$/m, 'stdout');
    return keyring;
  }

  async lock() {
    const [destination, path, method, ...args] = locks[this.name];
    const result = await finish('gdbus', ['call', '--session', '--dest', destination, '--object-path', path, '--method', method, ...args], { env: this.bus.env });
    if (result.code !== 0) throw new Error(`${this.name} was not locked: ${result.stderr}`);
  }

  async stop() {
    await this.end();
    await until(async () => !(await this.bus.has('org.freedesktop.secrets')), `${this.name} off the bus`);
  }

  // The script takes what it started along.
  end() {
    return this.daemon.kill('SIGTERM');
  }
}
