// kill -9 at each fault point and at random moments of each operation; docs/testing.md, "Kills". The names of the tests have the
// seed; KILLS_ONLY repeats one operation, one leeway, or one kill.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { randomizer } from '../e2e/lib/random.mjs';
import { program } from '../e2e/lib/user.mjs';
import { pause } from '../e2e/lib/wait.mjs';
import { operationsOf } from './operations.mjs';
import { World } from './world.mjs';

const all = process.env.KILLS_ALL === '1';
const moments = Number(process.env.KILLS_MOMENTS ?? (all ? 200 : 2)); // of each kind of operation
const seed = Number(process.env.KILLS_SEED ?? randomInt(2 ** 31));
// OPERATION, OPERATION:LEEWAY, :LEEWAY, or OPERATION:LEEWAY:WHEN, which is a fault point or a number of ms; stop or stop:LEEWAY for stops.mjs.
const only = process.env.KILLS_ONLY?.split(':');
const random = randomizer(seed);
const leeways = [3, 0];
const sample = 3; // fault points of an operation that is slow, unless all are wanted
// With Logto's leeway, a next command that comes later than this proves nothing.
const latest = 2500;

const now = () => Number(process.hrtime.bigint()) / 1e6;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// Timers are late by a ms or two; a kill of something that takes five must not be.
async function moment(start, ms) {
  await pause(Math.max(0, Math.floor(start + ms - now() - 2)));
  while (now() < start + ms);
}

// `kill`: { env }, which names a fault point, or { after: ms } from the start or, with `returned`, from the browser's return.
async function perform(world, operation, kill, number = 0) {
  await operation.prepare(world);
  const run = { number, args: operation.args };
  let from = now();
  const { process, returned, ended } = operation.start(world, { env: kill.env });
  if (kill.returned) {
    await Promise.race([returned, ended]);
    from = now();
  }
  if (kill.after !== undefined) await moment(from, kill.after).then(() => process.child.kill('SIGKILL'));
  Object.assign(run, await process.ended);
  run.killedAt = Date.now();
  run.took = now() - from;
  await ended;
  return run;
}

async function judge(world, operation, run) {
  const complaints = [];
  if (run.signal !== 'SIGKILL' && run.code !== 0) complaints.push(`exit ${run.code} ${run.signal ?? ''}: ${run.stderr}`);
  complaints.push(...await operation.judge(world, run), ...world.leftovers());
  return complaints;
}

// The fault points that an operation passes, as "NAME:N", and when it passed the last of a name.
async function trace(world, operation) {
  const file = world.user.path('trace');
  rmSync(file, { force: true });
  const run = await perform(world, operation, { env: { LOGTO_FAULT_TRACE: file } });
  const passed = (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').filter(Boolean).map((line) => line.split(' '));
  run.points = passed.map(([name], index) => `${name}:${passed.slice(0, index + 1).filter(([other]) => other === name).length}`);
  run.times = Object.fromEntries(passed.map(([name, seconds]) => [name, Number(seconds) * 1000]));
  assert.deepEqual(await judge(world, operation, run), [], 'by itself');
  return run;
}

const spell = ({ env, after: ms, returned }) => env?.LOGTO_FAULT ?? `${returned ? 'returned+' : ''}${ms.toFixed(1)}`;

async function tryAll(world, name, operation, kills, context) {
  const tally = {};
  const problems = [];
  for (let number = 0; number < kills.length; number += 1) {
    const run = await perform(world, operation, kills[number], number);
    const complaints = await judge(world, operation, run);
    if (complaints.length && world.leeway && run.asked - run.killedAt > latest) run.end = 'asked too late';
    else if (complaints.length) problems.push(`${name}:${world.leeway}:${spell(kills[number])} (${run.end}): ${complaints.join('; ')}`);
    tally[run.end] = (tally[run.end] ?? 0) + 1;
  }
  context.diagnostic(`${world.store}, ${name}, leeway ${world.leeway} s: ${kills.length} kills: ${Object.entries(tally).map(([end, count]) => `${count} ${end}`).join(', ')}`);
  assert.equal(problems.length, 0, `${problems.length} of ${kills.length}; again: KILLS_SEED=${seed} KILLS_ONLY='OPERATION:LEEWAY:WHEN'\n${problems.join('\n')}`);
  assert.ok((tally['asked too late'] ?? 0) <= kills.length / 20, 'this machine is too slow: the next command came too late too often');
}

async function measure(world, operation, returned) {
  const runs = [];
  for (let i = 0; i < (all ? 5 : 1); i += 1) {
    const run = await perform(world, operation, { returned });
    assert.deepEqual(await judge(world, operation, run), [], 'by itself');
    runs.push(run.took);
  }
  return median(runs);
}

// Spread over what the operation takes; of a login half of them over what comes after the browser's return.
async function randomMoments(world, operation) {
  const count = Math.max(1, Math.round(moments * operation.share));
  const took = [await measure(world, operation, false), ...operation.visits ? [await measure(world, operation, true)] : []];
  return Array.from({ length: count }, (_, i) => {
    const which = i % took.length;
    return { returned: which === 1, after: ((i + random()) / count) * took[which] * 1.05 };
  });
}

// Of an operation that is slow a sample, with those that only a move has.
async function faultPoints(world, operation) {
  const { points } = await trace(world, operation);
  const some = () => [...points.filter((point) => point.startsWith('move_')), ...Array.from({ length: sample }, () => points[Math.floor(random() * points.length)])];
  return [...new Set(all || !operation.slow ? points : some())].map((point) => ({ env: { LOGTO_FAULT: point } }));
}

const summary = (list) => `${median(list).toFixed(1)} ms (${Math.min(...list).toFixed(1)} to ${Math.max(...list).toFixed(1)})`;

// A process that dies between its request and its write may leave a used refresh token, which is good for the leeway; one that
// dies between the tenant's rotation and the write does.
async function measureWindow(world, operation, context) {
  const runs = [];
  for (let i = 0; i < (all ? 100 : 3); i += 1) runs.push(await trace(world, operation));
  const fromRequest = runs.map(({ times }) => times.session_saved - times.before_request);
  const fromRotation = runs.map(({ times, refreshedAt }) => times.session_saved - refreshedAt);
  assert.ok(runs.every((_, i) => fromRotation[i] > 0 && fromRequest[i] > fromRotation[i]), `${fromRequest}; ${fromRotation}`);
  context.diagnostic(`${world.store}: to the write ${summary(fromRequest)} from the request, ${summary(fromRotation)} from the rotation; ${runs.length} times`);
}

function fixed(when) {
  if (!/^(returned\+)?[\d.]+$/.test(when)) return { env: { LOGTO_FAULT: when } };
  return { returned: when.startsWith('returned'), after: Number(when.replace('returned+', '')) };
}

export function kill(store) {
  for (const leeway of leeways.filter((one) => !only?.[1] || only[1] === `${one}`)) {
    describe(`${store}, a leeway of ${leeway} s (KILLS_SEED=${seed})`, () => {
      const operations = Object.entries(operationsOf(store)).filter(([name]) => (only?.[0] ? only[0] === name : all || leeway > 0 || name === 'refresh'));
      let world;

      before(async () => { world = await World.make(store, leeway); });
      after(() => world.leave());
      for (const [name, operation] of operations) {
        if (only?.[2]) {
          test(`${name}: killed at ${only[2]}`, (context) => tryAll(world, name, operation, [fixed(only.slice(2).join(':'))], context));
          continue;
        }
        test(`${name}: killed at each fault point`, async (context) => tryAll(world, name, operation, await faultPoints(world, operation), context));
        test(`${name}: killed at random moments`, async (context) => tryAll(world, name, operation, await randomMoments(world, operation), context));
        if (name === 'refresh') test('the window in which a refresh token is on its way', (context) => measureWindow(world, operation, context));
      }
    });
  }
}
