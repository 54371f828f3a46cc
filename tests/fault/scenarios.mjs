// What is run with a call failing, and what must be true however it ends. `check` looks at one run and says what is wrong
// with it (undefined: nothing); `after` makes sure that the session is usable, and mends it for the next run.
// `thorough` are calls whose every failure is tried each time, not only in a sample.
import { rmSync } from 'node:fs';

const lines = (text) => text.split('\n').slice(0, -1).map((line) => JSON.parse(line));

function verdict(line, valid, reason) {
  return line.error || (line.valid === valid && line.reason === reason) ? undefined : `a wrong verdict: ${JSON.stringify(line)}`;
}

// One verdict, or one error object.
const judged = (valid, reason) => ({ code, stdout }) => {
  if (code !== 0 && code !== 5) return undefined;
  return code === (valid ? 0 : 5) ? verdict(lines(stdout)[0], valid, reason) : `exit ${code} for a token that is ${valid ? 'valid' : 'forged'}`;
};

function judgedBatch({ code, stdout }) {
  const verdicts = lines(stdout);
  if (code === 0) return 'exit 0 though a token is forged';
  if (code === 5 && verdicts.length !== 2) return `exit 5 after ${verdicts.length} of 2 verdicts`;
  return verdicts.map((line, index) => verdict(line, index === 0, index === 0 ? null : 'bad_signature')).find(Boolean);
}

const same = (expected) => ({ code, stdout }) => (code === 0 && stdout !== expected ? `another answer: ${stdout}` : undefined);

// Nothing that was asked could change the session.
async function untouched(world, { before }) {
  const { code, stdout, stderr } = await world.user.token();
  return code === 0 && stdout === before ? undefined : `the session is not what it was: exit ${code}, ${stderr}`;
}

// Logto rotates at a refresh; who loses the answer has lost the session, unless the next call comes within the leeway.
async function refreshable(world, run) {
  const { code, stderr } = await world.user.token('--refresh');
  if (code === 0) return undefined;
  const rotated = (await world.provider.counts()).refreshes > run.refreshes;
  await world.signedIn();
  run.lost = code === 3;
  return code === 3 && rotated && run.code !== 0 ? undefined : `the session is of no use: exit ${code}, ${stderr}`;
}

// What doctor says is whole, and its exit status agrees with it.
function examined({ code, stdout }) {
  if (!stdout) return code === 0 ? 'exit 0 without findings' : undefined;
  if (!/^\{.*\}\n$/.test(stdout)) return `not one object: ${stdout}`;
  const [{ error, checks }] = lines(stdout);
  if (error) return code === 0 ? 'exit 0 with an error' : undefined;
  const failed = checks.filter(({ result }) => result === 'fail').map(({ check }) => check);
  if (checks.length !== 16) return `${checks.length} of 16 checks`;
  return (code === 0) === (failed.length === 0) ? undefined : `exit ${code}, and what failed: ${failed.join(', ') || 'nothing'}`;
}

// An API's whole answer about the request that it got.
const answered = (method) => ({ code, stdout }) => {
  if (code !== 0) return undefined;
  try {
    return JSON.parse(stdout).method === method ? undefined : `another answer: ${stdout}`;
  } catch {
    return `half an answer: ${stdout}`;
  }
};

// What changes something is sent once, whatever happens.
async function sentOnce(world, run) {
  const sent = (await world.provider.apiRequests()).filter(({ method }) => method === 'POST').length;
  if (sent > 1 || (run.code === 0 && sent === 0)) return `${sent} requests reached the API`;
  return untouched(world, run);
}

async function usableOrGone(world, run) {
  const { code, stderr } = await world.user.token();
  if (code === 3) await world.signedIn();
  if (run.code === 0 ? code === 3 : code === 0 || code === 3) return undefined;
  return `after a logout with exit ${run.code} a token has exit ${code}: ${stderr}`;
}

export const scenarios = {
  'inspect a good token': {
    run: ({ user, keys, genuine }, options) => user.run(['inspect', '--json', '--jwks', keys, genuine], options),
    check: judged(true, null),
  },
  'inspect a forged token': {
    run: ({ user, keys, forged }, options) => user.run(['inspect', '--json', '--jwks', keys, forged], options),
    check: judged(false, 'bad_signature'),
  },
  'inspect a batch': {
    run: ({ user, keys, genuine, forged }, options) => user.run(['inspect', '--batch', '--jwks', keys], { stdin: `${genuine}\n${forged}\n`, ...options }),
    check: judgedBatch,
  },
  'inspect with fetched keys': {
    prepare: async (world) => { world.minted ??= (await world.provider.mint({})).token; },
    run: ({ user, minted, provider }, options) => user.run(['inspect', '--json', '--endpoint', provider.endpoint, minted],
      { ...options, env: { ...options.env, XDG_CACHE_HOME: user.path('other-cache') } }),
    tidy: ({ user }) => rmSync(user.path('other-cache'), { recursive: true, force: true }),
    check: judged(true, null),
  },
  whoami: {
    run: ({ user }, options) => user.run(['whoami', '--claim', 'email'], options),
    check: same('ada@example.com\n'),
    after: untouched,
  },
  'a cached token': {
    thorough: ['pthread_create'], // GLib waits for a thread that it could not start, and must not be waited for
    run: ({ user }, options) => user.run(['token'], options),
    check: (run) => same(run.before)(run),
    after: untouched,
  },
  'a warm token': {
    prepare: ({ user }) => user.run(['token', '--refresh'], { env: { LOGTO_WARM: undefined } }),
    run: ({ user }, { env, ...options }) => user.run(['token'], { ...options, env: { ...env, LOGTO_WARM: undefined } }),
    check: (run) => same(run.before)(run),
    after: untouched,
  },
  'a refresh that keeps tokens warm': {
    run: ({ user }, { env, ...options }) => user.run(['token', '--refresh'], { ...options, env: { ...env, LOGTO_WARM: undefined } }),
    check: ({ code, stdout }) => (code === 0 && !/^\S{20,}\n$/.test(stdout) ? `no token: ${stdout}` : undefined),
    after: refreshable,
  },
  'a refresh': {
    run: ({ user }, options) => user.run(['token', '--refresh'], options),
    check: ({ code, stdout }) => (code === 0 && !/^\S{20,}\n$/.test(stdout) ? `no token: ${stdout}` : undefined),
    after: refreshable,
  },
  doctor: {
    run: ({ user }, options) => user.run(['doctor', '--json'], options),
    check: examined,
    after: untouched,
  },
  'google token': {
    prepare: async (world) => { world.googleToken = (await world.user.run(['google', 'token'])).stdout; },
    run: async ({ user, googleToken }, options) => ({ ...await user.run(['google', 'token'], options), googleToken }),
    check: (run) => same(run.googleToken)(run),
    after: untouched,
  },
  api: {
    prepare: ({ user, things }) => user.token('--resource', things),
    run: ({ user, things }, options) => user.run(['api', `${things}/list`], options),
    check: answered('GET'),
    after: untouched,
  },
  'api with a body': {
    prepare: async ({ user, provider, things }) => {
      await user.token('--resource', things);
      await provider.clearRequests();
    },
    run: ({ user, things }, options) => user.run(['api', '--data', '@-', `${things}/list`], { stdin: '{"a":1}', ...options }),
    check: answered('POST'),
    after: sentOnce,
  },
  login: {
    run: (world, options) => world.login(options),
    check: ({ code, stdout }) => (code === 0 && lines(stdout)[0].sub !== 'ada0lovelace' ? `nobody signed in: ${stdout}` : undefined),
    after: async (world) => {
      const { code, stderr } = await world.user.token();
      return code === 0 ? undefined : `no session: exit ${code}, ${stderr}`;
    },
  },
  logout: {
    run: ({ user }, options) => user.run(['logout'], options),
    check: () => undefined,
    after: usableOrGone,
  },
};
