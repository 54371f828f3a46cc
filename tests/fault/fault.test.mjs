// One call of the program fails, and nothing bad comes of it. A sample by default, everything with FAULT_ALL=1; see docs/testing.md.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { randomizer } from '../e2e/lib/random.mjs';
import { Fault, calls } from './shim.mjs';
import { scenarios } from './scenarios.mjs';
import { World } from './world.mjs';

const all = process.env.FAULT_ALL === '1';
const runs = Number(process.env.FAULT_RUNS ?? 80);
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const only = process.env.FAULT_ONLY?.split(':'); // SCENARIO, or SCENARIO:CALL:NUMBER:ERROR
const seconds = 25;
const codes = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130]);

// Others' ways to die when something fails, by name: libraries that end the process themselves.
const aborts = {
  'GLib has no memory': ({ stderr }) => /GLib-ERROR \*\*: .*failed to allocate (memory|\d+ bytes)|^GLib .*Unexpected error from C library during 'malloc'/m.test(stderr),
  'GSlice has no memory': ({ stderr }) => /MEMORY-ERROR.*GSlice: failed to allocate/.test(stderr),
  'GLib starts no thread': ({ stderr }) => /GLib-ERROR \*\*: .*creating thread '/.test(stderr),
  'GLib waits for itself while the loader starts it': ({ hang, where }) => hang && /^\S*fault\.so\S*\n(\S*libglib\S*\n)+\S*ld-linux/.test(where),
  'libgcrypt has no random numbers': ({ stderr }) => /^gcrypt-Message: .*unexpected error from getentropy/m.test(stderr),
  'libgcrypt has no memory': ({ stderr, where }) => /^(Fatal error: |FATAL: .* in libgcrypt: )Cannot allocate memory$/m.test(stderr) && /^\S*fault\.so\S*\n(\S*libc\.so\S*\n)?\S*libgcrypt/.test(where),
  'the name service has no memory': ({ stderr }) => /: nss_database\.c:\d+: nss_database_reload_1: Assertion .* failed\.$/m.test(stderr),
  'the loader has no memory': ({ stderr }) => /^cannot allocate memory for thread-local data: ABORT$/m.test(stderr),
};

async function perform(world, name, fault) {
  const scenario = scenarios[name];
  await scenario.prepare?.(world);
  const shim = new Fault(fault);
  const run = { before: await world.signedIn(), refreshes: (await world.provider.counts()).refreshes };
  const result = await scenario.run(world, { env: shim.env, seconds }).catch((error) => ({ hang: error.message.split('\n')[0] }));
  Object.assign(run, result, shim.report());
  run.abort = (run.hang || run.signal || run.code === 127) && Object.keys(aborts).find((name) => aborts[name](run));
  return run;
}

// Whole lines of JSON, or nothing: what a program may read from us.
function isWhole(stdout) {
  try {
    return stdout === '' || (stdout.endsWith('\n') && stdout.trimEnd().split('\n').every((line) => JSON.parse(line)));
  } catch {
    return false;
  }
}

function general({ hang, signal, abort, code, stdout, stderr }) {
  if (abort) return undefined;
  if (hang) return `it hangs: ${hang}`;
  if (signal) return `killed by ${signal}`;
  if (!codes.has(code)) return `exit ${code} is not in the contract`;
  if (code !== 0 && !stdout && !stderr) return `exit ${code} without a word`;
  return undefined;
}

async function judge(world, name, run) {
  const scenario = scenarios[name];
  const complaints = [general(run)];
  if (!run.hang && !run.signal) {
    if (run.code !== 0 && !isWhole(run.stdout) && scenario.check({ ...run, code: 0 })) complaints.push(`half an answer: ${run.stdout}`);
    else complaints.push(scenario.check(run));
  }
  complaints.push(...world.leftovers().map((path) => `left behind: ${path}`));
  complaints.push(await scenario.after?.(world, run));
  scenario.tidy?.(world);
  return complaints.filter(Boolean);
}

const spell = (name, { call, at, error }) => `${name}:${call}:${at}:${error}`;

describe(`a call that fails (FAULT_SEED=${seed})`, () => {
  const worlds = [];
  const random = randomizer(seed);

  before(async () => { worlds.push(...await Promise.all(Array.from({ length: all ? 2 : 1 }, World.make))); });
  after(() => Promise.all(worlds.map((world) => world.leave())));

  // What can fail in a scenario: each call, with how often it is made.
  async function survey(name) {
    const found = [];
    for (const call of Object.keys(calls)) {
      const { count, ...run } = await perform(worlds[0], name, { call });
      assert.deepEqual(await judge(worlds[0], name, run), [], `${name} by itself`);
      if (count > 0) found.push({ call, count });
    }
    return found;
  }

  const every = (found) => found.flatMap(({ call, count }) => calls[call].flatMap((error) => (
    Array.from({ length: count }, (_, index) => ({ call, at: index + 1, error })))));

  // Half of them allocations, half system calls; and all of those calls that the scenario wants tried each time.
  function sample(found, thorough = []) {
    const pick = (list) => list[Math.floor(random() * list.length)];
    const kinds = [found.filter(({ call }) => call === 'malloc'), found.filter(({ call }) => call !== 'malloc')].filter((list) => list.length);
    const chosen = Array.from({ length: Math.ceil(runs / Object.keys(scenarios).length) }, (_, index) => {
      const { call, count } = pick(kinds[index % kinds.length]);
      return { call, at: 1 + Math.floor(random() * count), error: pick(calls[call]) };
    });
    return [...chosen, ...every(found.filter(({ call }) => thorough.includes(call)))];
  }

  async function tryAll(name, faults, context) {
    const problems = [];
    const tally = {};
    const queue = [...faults];
    await Promise.all(worlds.map(async (world) => {
      for (let fault = queue.shift(); fault; fault = queue.shift()) {
        const run = await perform(world, name, fault);
        const complaints = await judge(world, name, run);
        const end = run.lost ? 'session lost' : run.abort ? run.abort : `exit ${run.code}`;
        tally[end] = (tally[end] ?? 0) + 1;
        if (complaints.length) problems.push({ what: `${spell(name, fault)}: ${complaints.join('; ')}`, details: `${run.where}\n${run.stderr}` });
      }
    }));
    context.diagnostic(`${name}: ${faults.length} failures: ${Object.entries(tally).map(([end, count]) => `${count} × ${end}`).join(', ')}`);
    assert.equal(problems.length, 0, [
      `${problems.length} of ${faults.length}; one of them again: FAULT_ONLY='SCENARIO:CALL:NUMBER:ERROR'`,
      ...problems.map(({ what }) => what), ...problems.slice(0, 5).map(({ what, details }) => `\n${what}\n${details}`),
    ].join('\n'));
  }

  for (const name of Object.keys(scenarios)) {
    if (only && only[0] !== name) continue;
    test(name, async (context) => {
      if (only?.length === 4) return tryAll(name, [{ call: only[1], at: Number(only[2]), error: only[3] }], context);
      const found = await survey(name);
      return tryAll(name, all ? every(found) : sample(found, scenarios[name].thorough), context);
    });
  }
});
