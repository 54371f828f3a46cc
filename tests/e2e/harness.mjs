// What every end-to-end test stands on: a tenant, people with a keyring, and the program itself. See README.md.
import { after, afterEach, before, beforeEach } from 'node:test';

import { startProvider } from '../provider/testing.mjs';
import { openChromium, openWindow } from './lib/chromium.mjs';
import { User } from './lib/user.mjs';

export { clickThroughGoogle, signInAsGrace } from './lib/chromium.mjs';
export { User, program, schema, visit } from './lib/user.mjs';
export { Process, finish } from './lib/process.mjs';
export { pause, until } from './lib/wait.mjs';

// One tenant for a test file, fresh for each test; the people of a test leave at its end.
export function useScene({ chromium = false } = {}) {
  const scene = { people: [], windows: [] };

  before(async () => {
    scene.provider = await startProvider();
    if (chromium) scene.chromium = await openChromium();
  });
  after(async () => {
    await scene.chromium?.close();
    await scene.provider.stop();
  });
  beforeEach(() => scene.provider.reset());
  afterEach(async () => {
    await Promise.all(scene.windows.splice(0).map((page) => page.context().close()));
    await Promise.all(scene.people.splice(0).map((user) => user.leave()));
  });

  scene.user = async (options) => {
    const user = await User.arrive(scene.provider, options);
    scene.people.push(user);
    return user;
  };
  scene.signedIn = async (args, { warm, ...options } = {}) => {
    const user = await scene.user({ warm });
    await user.signIn(args, options);
    return user;
  };
  scene.window = async () => {
    const page = await openWindow(scene.chromium);
    scene.windows.push(page);
    return page;
  };
  // What the program itself asked of the tenant, as "GET /path".
  scene.asked = async () => (await scene.provider.requests()).filter(({ user_agent: agent }) => /^logto-cli\/\d/.test(agent))
    .map(({ method, path }) => `${method} ${path}`);
  return scene;
}

// The exit code and stderr, without what a command says that waits long: a hundred at a time do on two cores.
export function codeAndStderr({ code, stderr }) {
  return `${code} ${stderr.replace(/^Waiting for (another logto|the keyring).*\n/gm, '')}`;
}

// The one error line, and the line that says what to try.
export function errorOf({ stderr }) {
  const lines = stderr.split('\n').filter((line) => line.startsWith('logto: '));
  return { lines, message: lines.at(-1)?.slice('logto: '.length), hint: /^hint: (.*)$/m.exec(stderr)?.[1] };
}
