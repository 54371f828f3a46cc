// What is killed, and what must be true afterwards. `judge` runs the next commands and says what is wrong; it names in `run.end`
// how the session came out of it.
import { deepStrictEqual } from 'node:assert';

import { stores } from './world.mjs';

const equal = (a, b) => {
  try {
    deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
};
const unless = (fine, complaint) => (fine ? [] : [complaint]);
const failed = (what, { code, signal, stderr }) => `${what} ends with ${signal ?? `exit ${code}`}: ${stderr}`;
export const succeeds = (what, result) => unless(result.code === 0, failed(what, result));

// ---- before ----

async function must(what, ended) {
  const result = await ended;
  if (result.code !== 0) throw new Error(failed(what, result));
}

// Signed in as Ada, and the config file as at the first time, with a second profile and a key that is not ours.
async function signedIn(world) {
  if (!world.config.profiles?.default || world.revoked || !equal(await world.places(), [world.store])) await must('a login', world.login(['--store', world.store]));
  world.revoked = false;
  const { profiles } = world.config;
  world.base ??= { ...world.config, unknown: ['kept'], profiles: { ...profiles, other: { ...profiles.default } } };
  world.config = world.base;
}

async function signedOut(world) {
  await must('logout --all', world.run('logout', '--all'));
  world.forgetEverything();
}

// Nobody else has a refresh token, so that what is left after a logout is the logout's.
async function signedInAnew(world) {
  await signedIn(world);
  if (world.anew || !world.ownsProvider) return;
  await world.provider.revokeGrants();
  await must('a login', world.login(['--store', world.store]));
  world.config = world.base;
  world.anew = true;
}

// Alan in the second profile.
async function bothSignedIn(world) {
  await signedIn(world);
  if ((await world.places('other')).length) return;
  await must('a login', world.login(['--profile', 'other', '--store', world.store], { email: 'alan@example.com' }));
  world.config = world.base;
}

// ---- after ----

// The session can be refreshed, and its new token is what is kept warm and in the store.
export async function refreshes(world) {
  const fresh = await world.token('--refresh');
  if (fresh.code !== 0) {
    world.revoked = true;
    return [failed('token --refresh', fresh)];
  }
  const [warm, cold] = [await world.token(), await world.start(['token', '--profile', 'default'], { env: { LOGTO_WARM: '0' } }).ended];
  return [...unless(warm.stdout === fresh.stdout, failed('a warm token', warm)), ...unless(cold.stdout === fresh.stdout, failed('a stored token', cold))];
}

// In one store, the one that the profile names, and nothing is to be tidied up.
export async function isInOnePlace(world) {
  const { store, staleStore } = world.target;
  return unless(equal(await world.places(), [store]) && !staleStore, `in ${await world.places()}, where the profile says ${store}, ${staleStore}`);
}

export async function isGone(world, profile = 'default') {
  const token = await world.run('token', '--profile', profile);
  return [
    ...unless((await world.places(profile)).length === 0, `still in ${await world.places(profile)}`),
    ...unless([2, 3].includes(token.code) && token.stdout === '', failed('token after a logout', token)),
  ];
}

// As many files of warm tokens as sessions.
const keepsWarm = (world, count) => unless(world.user.warmFiles().length === count, `warm tokens of ${world.user.warmFiles().length} sessions`);

async function logsOut(world, ...args) {
  world.anew = false;
  return [...succeeds('logout', await world.run('logout', ...args)), ...await isGone(world), ...keepsWarm(world, 0)];
}

async function logsIn(world, ...args) {
  return [...succeeds('login', await world.login(['--store', world.store, ...args])), ...await refreshes(world), ...await isInOnePlace(world)];
}

async function isShown(world) {
  const status = await world.run('status', '--json');
  const rows = status.code === 0 ? JSON.parse(status.stdout).profiles.filter(({ profile }) => profile === 'default') : [];
  return [...succeeds('status', status), ...unless(rows.length === 1 && rows[0].signed_in, `status shows ${status.stdout}`)];
}

const oldOrNew = (world, wanted) => {
  const { config } = world;
  return unless(equal(config, world.base) || equal(config, wanted), `the config file is ${JSON.stringify(config)}`);
};

// ---- the judges ----

// A refresh token that was used and whose successor was not stored is good for the leeway, and lost after that.
async function judgeRefresh(world, run) {
  run.refreshedAt = (await world.provider.counts()).refreshed_at;
  const cached = await world.token();
  const next = await world.token('--refresh');
  run.asked = Date.now();
  const [first, second] = (await world.provider.requests()).filter(({ path }) => path === '/oidc/token').map(({ params }) => params.refresh_token);
  const rotated = run.code !== 0 && second !== undefined;
  run.end = run.code === 0 ? 'finished' : !rotated ? 'not sent' : first === second ? 'rotated, not stored' : 'stored';
  if (next.code === 3 && run.end === 'rotated, not stored' && world.leeway === 0) {
    run.end = 'lost';
    return [
      ...succeeds('a cached token', cached), ...await isGone(world),
      ...unless(/Logto no longer accepts this session[^]*\nhint: logto login/.test(next.stderr), `no reason: ${next.stderr}`),
    ];
  }
  return [...succeeds('a cached token', cached), ...succeeds('the next refresh', next), ...await refreshes(world), ...await isInOnePlace(world)];
}

async function judgeLogin(world, run) {
  const here = await world.places();
  const complete = world.config.profiles?.default?.endpoint !== undefined;
  run.end = complete ? 'signed in' : here.length ? 'stored, not in the config file' : 'not signed in';
  const next = [
    async () => (complete && here.length ? [...await refreshes(world), ...await isInOnePlace(world)] : isNotSignedIn(await world.token())),
    async () => (here.length ? isShown(world) : succeeds('status', await world.run('status', '--json'))),
    () => logsOut(world, '--all'),
  ];
  return [
    ...unless(run.code !== 0 || run.end === 'signed in', 'it said that it signed in'), ...await next[run.number % next.length](),
    ...succeeds('status', await world.run('status')), ...world.secrets(), ...await logsIn(world),
  ];
}

const isNotSignedIn = ({ code, stderr }) => unless(code === 3, failed('token', { code, stderr }));

// Whatever happens, one of the two sessions is good.
async function judgeLoginAgain(world, run) {
  run.end = run.code === 0 ? 'finished' : 'killed';
  return [
    ...run.number % 2 ? succeeds('token', await world.token()) : await isShown(world),
    ...await refreshes(world), ...await isInOnePlace(world), ...oldOrNew(world, world.base),
  ];
}

async function judgeLogout(world, run) {
  world.anew = false;
  if (run.code === 0) {
    run.end = 'finished';
    const left = (await world.provider.grants()).filter((grant) => grant.refresh_tokens > 0);
    return [...await isGone(world), ...unless(left.length === 0, `not revoked: ${JSON.stringify(left)}`)];
  }
  const here = await world.places();
  if (run.number % 2) {
    run.end = here.length ? 'signed out at the second attempt' : 'not in the store any more';
    return logsOut(world);
  }
  const next = await world.token('--refresh');
  run.end = next.code === 0 ? 'still signed in' : here.length ? 'revoked, and gone at the next refresh' : 'not in the store any more';
  world.anew = next.code === 0;
  return next.code === 0 ? refreshes(world) : [...unless(next.code === 3, failed('token --refresh', next)), ...await isGone(world)];
}

async function judgeMove(world, run) {
  const before = await world.places();
  const next = [
    async () => succeeds('token', await world.token()),
    () => isShown(world),
    async () => [...await logsOut(world), ...await logsIn(world)],
  ];
  const complaints = [
    ...unless(before.length > 0, 'in no store'), ...await next[run.number % next.length](),
    ...succeeds('status', await world.run('status')), ...await refreshes(world), ...await isInOnePlace(world), ...keepsWarm(world, 1),
  ];
  run.end = run.number % next.length === 2 ? 'signed out' : world.target.store === world.store ? 'not moved' : 'moved';
  return complaints;
}

const judgeConfig = (change) => async (world, run) => {
  const wanted = structuredClone(world.base);
  change(wanted);
  run.end = equal(world.config, wanted) ? 'changed' : 'as before';
  const again = await world.run(...run.args);
  return [
    ...unless(run.code !== 0 || run.end === 'changed', 'it said that it changed it'),
    ...oldOrNew(world, wanted), ...succeeds('once more', again), ...unless(equal(world.config, wanted), 'not changed by the next command'),
    ...await refreshes(world),
  ];
};

async function judgeRemove(world, run) {
  const wanted = structuredClone(world.base);
  delete wanted.profiles.other;
  const there = await world.places('other');
  run.end = !equal(world.config, world.base) ? 'removed' : there.length ? 'as before' : 'signed out, not removed';
  const complaints = [...oldOrNew(world, wanted), ...unless(run.end !== 'removed' || there.length === 0, `removed, and still in ${there}`)];
  const again = await world.run(...run.args);
  return [
    ...complaints, ...unless(again.code === (run.end === 'removed' ? 2 : 0), failed('once more', again)),
    ...unless((await world.places('other')).length === 0, 'the session is still there'), ...await refreshes(world),
  ];
}

// ---- the table ----

const command = (prepare, judge, ...args) => ({ prepare, judge, args, start: (world, options) => world.start(args, options) });
const signIn = (prepare, judge, args) => ({ prepare, judge, visits: true, start: (world, options) => world.startLogin(args(world), options) });

async function prepareRefresh(world) {
  await signedIn(world);
  await world.provider.clearRequests();
}

// `share` of the moments: the operations of a kind have 1 together. `slow`: to prepare and to judge.
export const operationsOf = (store) => ({
  login: { ...signIn(signedOut, judgeLogin, (world) => ['--store', world.store]), share: 0.5, slow: true },
  'login again': { ...signIn(signedIn, judgeLoginAgain, () => []), share: 0.5, slow: true },
  refresh: { ...command(prepareRefresh, judgeRefresh, 'token', '--refresh'), share: 1 },
  logout: { ...command(signedInAnew, judgeLogout, 'logout'), share: 1 },
  'profile set': { ...command(signedIn, judgeConfig(({ profiles }) => { profiles.default.connector = 'github'; }), 'profile', 'set', 'connector', 'github'), share: 0.25 },
  'profile unset': { ...command(signedIn, judgeConfig(({ profiles }) => { delete profiles.default.connector; }), 'profile', 'unset', 'connector'), share: 0.25 },
  'profile use': { ...command(signedIn, judgeConfig((config) => { config.defaultProfile = 'other'; }), 'profile', 'use', 'other'), share: 0.25 },
  'profile remove': { ...command(bothSignedIn, judgeRemove, 'profile', 'remove', 'other'), share: 0.25, slow: true },
  ...Object.fromEntries(stores.filter((other) => other !== store).map((other) => [
    `move to ${other}`, { ...signIn(signedIn, judgeMove, () => ['--store', other]), share: 0.5, slow: true },
  ])),
});
