// A tenant, and somebody who is signed in there with a keyring of their own.
import { readdirSync } from 'node:fs';

import { startProvider } from '../provider/testing.mjs';
import { keyFile, nodeMaker, soundClaims } from '../e2e/lib/inspecting.mjs';
import { User, visit } from '../e2e/lib/user.mjs';

export class World {
  static async make() {
    const world = new World();
    world.provider = await startProvider();
    world.user = await User.arrive(world.provider);
    const [good, bad] = [await nodeMaker('ES384', 'the-key'), await nodeMaker('ES384', 'the-key')];
    world.keys = keyFile(world.user, { keys: [good.jwk] });
    world.genuine = await good.sign(soundClaims());
    world.forged = await bad.sign(soundClaims());
    world.things = world.provider.apiResource;
    await world.#signIn();
    return world;
  }

  // The access token that is cached now; signs in first when nobody is.
  async signedIn() {
    const { code, stdout } = await this.user.token();
    if (code === 0) return stdout;
    await this.#signIn();
    return (await this.user.token()).stdout;
  }

  // For an API and for the Google token too.
  #signIn() {
    return this.user.signIn(['--resource', this.things, ...['read:things', 'write:things', 'identities'].flatMap((scope) => ['--scope', scope])]);
  }

  // A sign-in with the quick browser, from which nothing that goes wrong is an error here.
  async login(options) {
    const login = this.user.start(['login', ...this.user.app, '--timeout', '3', '--json'], options);
    try {
      await visit(await this.user.authorize(await this.user.opened(login)));
    } catch { /* whatever happened shows in how the program ends */ }
    return login.ended;
  }

  // Unfinished files that somebody forgot.
  leftovers() {
    return readdirSync(this.user.folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('/keyring'))
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .filter((path) => path.endsWith('.new') || path.startsWith(this.user.path('tmp')));
  }

  async leave() {
    await this.user.dropWarmKeys();
    await this.user.leave();
    await this.provider.stop();
  }
}
