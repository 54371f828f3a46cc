// SIGSTOP in the middle of each operation, for longer than an HTTP request may take (30 s) and than Logto's leeway; then SIGCONT.
// Whatever the leeway, everything ends as if nothing had been. docs/testing.md, "Kills".
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';

import { Process } from '../e2e/lib/process.mjs';
import { pause, until } from '../e2e/lib/wait.mjs';
import { isGone, isInOnePlace, operationsOf, refreshes, succeeds } from './operations.mjs';
import { World, startTenant, stores } from './world.mjs';

const all = process.env.KILLS_ALL === '1';
const seconds = Number(process.env.KILLS_STOP ?? (all ? 40 : 2));
const atOnce = 16;

function isStopped({ pid, result }) {
  if (result) throw new Error('it ended instead of stopping');
  return existsSync(`/proc/${pid}/stat`) && /^\d+ \(.*\) [tT] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

async function isUsable(world) {
  return [...await refreshes(world), ...await isInOnePlace(world)];
}

// What must be true at the end of each.
const outcomes = {
  refresh: isUsable,
  'login again': isUsable,
  logout: (world) => isGone(world),
  'profile set': isUsable,
  'profile remove': async (world) => [...await isUsable(world), ...await isGone(world, 'other')],
  ...Object.fromEntries(stores.map((store) => [`move to ${store}`, isUsable])),
};

// ---- when it is stopped ----

// At a fault point of the program's own.
const at = (point) => ({
  what: point,
  async start(world, operation) {
    const run = operation.start(world, { env: { LOGTO_FAULT: point, LOGTO_FAULT_STOP: '1' } });
    await until(() => isStopped(run.process), () => `${point}\n${run.process}`, 60);
    return run;
  },
});

// While another process has the lock, which it gives back meanwhile.
const waiting = (lock, profile) => ({
  what: `waiting for the lock of the ${lock}`,
  async start(world, operation) {
    const folder = world.user.path('data/logto/locks');
    const pattern = lock === 'config' ? /^config\.lock$/ : new RegExp(`^${profile}-[0-9a-f]+\\.lock$`);
    const name = readdirSync(folder).find((one) => pattern.test(one));
    const holder = new Process('flock', [`${folder}/${name}`, 'sh', '-c', 'echo locked; read -r line'], { env: world.user.env, stdin: 'open', seconds: 150 });
    await holder.sees(/locked/, 'stdout');
    const run = operation.start(world, {});
    if (lock === 'config') await pause(1000); // of the 5 s that it waits, without a word
    else await run.process.sees(/another logto/);
    run.process.child.kill('SIGSTOP');
    holder.child.stdin.end('\n');
    await holder.ended;
    return run;
  },
});

// Once the tenant has the request, and before it has answered. SIGTSTP is Ctrl-Z, which waits until all is stored.
const sent = (signal) => ({
  what: `its request sent, ${signal}`,
  alone: true,
  async start(world, operation) {
    const asked = async () => (await world.provider.requests()).filter(({ path }) => path === '/oidc/token').length;
    const before = await asked();
    await world.provider.set({ tokenDelayMs: 1500 });
    const run = operation.start(world, {});
    await until(async () => await asked() > before, 'the request');
    run.process.child.kill(signal);
    await world.provider.set({ tokenDelayMs: 0 });
    return run;
  },
});

// ---- the cases ----

async function pointsOf(store, name) {
  const world = await World.make(store, 3);
  const operation = operationsOf(store)[name];
  const file = world.user.path('trace');
  await operation.prepare(world);
  await operation.start(world, { env: { LOGTO_FAULT_TRACE: file } }).ended;
  const names = (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').filter(Boolean).map((line) => line.split(' ')[0]);
  await world.leave();
  return [...new Set(names)];
}

async function momentsOf(store, name) {
  if (!all) return [waiting('session', 'default'), sent('SIGSTOP'), at('response_read'), at('before_store')];
  const config = name.startsWith('profile');
  return [
    ...(await pointsOf(store, name)).map(at),
    ...(name === 'profile set' ? [] : [waiting('session', name === 'profile remove' ? 'other' : 'default')]),
    ...(config ? [waiting('config')] : []),
    ...(name === 'refresh' || name === 'login again' ? [sent('SIGSTOP'), sent('SIGTSTP')] : []),
  ];
}

async function stopOnce(store, leeway, provider, name, moment) {
  const world = await World.make(store, leeway, moment.alone ? {} : { provider });
  const complaints = await stopIn(world, name, moment).catch((error) => [error.stack]);
  await world.leave();
  return complaints.map((complaint) => `${name}, ${moment.what}: ${complaint}`);
}

// Others wait for the one that is stopped.
async function stopIn(world, name, moment) {
  const operation = operationsOf(world.store)[name];
  await operation.prepare(world);
  const run = await moment.start(world, operation);
  const other = name === 'refresh' && moment.what !== 'waiting for the lock of the session' && world.start(['token', '--profile', 'default', '--refresh']);
  await pause(seconds * 1000);
  run.process.child.kill('SIGCONT');
  const result = await run.ended;
  return [
    ...succeeds(name, result), ...other ? succeeds('the one that waited', await other.ended) : [], ...await outcomes[name](world), ...world.leftovers(),
  ];
}

async function stopEach(store, leeway, cases) {
  const provider = await startTenant(leeway);
  const queue = [...cases];
  const problems = [];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { name, moment } = next;
      problems.push(...await stopOnce(store, leeway, provider, name, moment));
    }
  }));
  await provider.stop();
  return problems;
}

export function stop(store) {
  const [what = 'stop', only] = process.env.KILLS_ONLY?.split(':') ?? [];
  if (what !== 'stop') return;
  const names = all ? Object.keys(operationsOf(store)).filter((name) => outcomes[name] && name !== `move to ${store}`) : ['refresh'];
  for (const leeway of (all ? [3, 0] : [0]).filter((one) => !only || only === `${one}`)) {
    describe(`${store}, a leeway of ${leeway} s`, () => {
      test(`stopped for ${seconds} s, each operation ends as if nothing had been`, { timeout: 1_800_000 }, async (context) => {
        const cases = [];
        for (const name of names) cases.push(...(await momentsOf(store, name)).map((moment) => ({ name, moment })));
        const problems = await stopEach(store, leeway, cases);
        context.diagnostic(`${store}, leeway ${leeway} s: ${cases.length} times SIGSTOP for ${seconds} s, ${problems.length} complaints`);
        assert.deepEqual(problems, []);
      });
    });
  }
}
