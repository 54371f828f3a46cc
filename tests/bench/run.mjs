// Ratios against other programs on the same machine, in the same run. Prints a table; slow is no failure.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';

import { SignJWT, exportJWK, generateKeyPair } from 'jose';

import { User, program } from '../e2e/lib/user.mjs';
import { startProvider } from '../provider/testing.mjs';
import { Stopwatch, Table, machine, mebibytes, milliseconds } from './measure.mjs';

const quick = process.argv.includes('--quick');
const rounds = (number) => (quick ? Math.ceil(number / 10) : number);
const folder = mkdtempSync(`${tmpdir()}/logto-bench-`);
const stopwatch = new Stopwatch(folder);
const table = new Table();

function addRace(what, [ours, theirs], aim) {
  table.add(what, ours.wall / theirs.wall, { ...aim, ours: milliseconds(ours.wall), theirs: milliseconds(theirs.wall) });
  table.add('    CPU time', ours.cpu / theirs.cpu, { ours: milliseconds(ours.cpu), theirs: milliseconds(theirs.cpu) });
}

async function benchSession() {
  const provider = await startProvider();
  const user = await User.arrive(provider);
  const asked = async () => (await provider.requests()).filter(({ user_agent: agent }) => agent?.startsWith('logto-cli/')).length;
  try {
    await user.signIn();
    const first = await asked();
    await provider.clearRequests();
    await user.login([]);
    const second = await asked();
    const ours = [program, 'token'];
    const theirs = ['secret-tool', 'lookup', 'profile', 'default', 'issuer', provider.issuer, 'app_id', provider.apps.native.id];
    const alone = stopwatch.race([ours, theirs], { rounds: rounds(200), env: user.env });
    addRace('cached token / secret-tool lookup', alone, { atMost: 1.15 });
    table.add('    peak memory', alone[0].peak / 1024, { atMost: 16, unit: ' MiB', digits: 1, theirs: mebibytes(alone[1].peak) });
    addRace('100 cached tokens at once / 100 lookups', stopwatch.race([ours, theirs], { rounds: rounds(12), warmups: 1, atOnce: 100, env: user.env }));
    table.add('requests of the first login', first, { atMost: 3, digits: 0 });
    table.add('requests of the second login', second, { atMost: 1, digits: 0 });
  } finally {
    await user.leave();
    await provider.stop();
  }
}

async function makeKeyAndSigner() {
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES384', use: 'sig' };
  const now = Math.floor(Date.now() / 1000);
  const sign = (index) => new SignJWT({ scope: 'read:things write:things', client_id: 'native000000000000001', jti: `${index}` })
    .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid: 'bench' }).setIssuer('https://tenant.example.com/oidc').setSubject('somebody')
    .setAudience('https://api.example.com').setIssuedAt(now).setExpirationTime(now + 86400).sign(privateKey);
  return { jwk, sign };
}

async function benchInspect({ jwk, sign }) {
  writeFileSync(`${folder}/key.jwk`, JSON.stringify(jwk));
  writeFileSync(`${folder}/keys.json`, JSON.stringify({ keys: [jwk] }));
  writeFileSync(`${folder}/token`, await sign(0));
  const results = stopwatch.race([
    [program, 'inspect', '--offline', '--jwks', `${folder}/keys.json`, '--file', `${folder}/token`],
    ['jose', 'jws', 'ver', '-i', `${folder}/token`, '-k', `${folder}/key.jwk`],
  ], { rounds: rounds(200) });
  addRace('inspect / jose jws ver, ES384', results, { atMost: 0.6 });
  table.add('    peak memory', results[0].peak / 1024, { unit: ' MiB', digits: 1, theirs: mebibytes(results[1].peak) });
}

// Verifications a second. `multi` processes at once.
function opensslRate(...multi) {
  const text = execFileSync('openssl', ['speed', '-mr', '-seconds', quick ? '1' : '2', ...multi, 'ecdsap384'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  // +F4:index:bits:signatures a second:verifications a second
  return Number(/^\+F4:\d+:384:[\d.e+-]+:([\d.e+-]+)$/m.exec(text)[1]);
}

async function benchBatch({ jwk, sign }) {
  const count = quick ? 2000 : 20000;
  const cores = availableParallelism();
  writeFileSync(`${folder}/keys.json`, JSON.stringify({ keys: [jwk] }));
  const tokens = [];
  // Signing takes as long as verifying: all cores, but not all tokens at once.
  while (tokens.length < count) tokens.push(...await Promise.all(Array.from({ length: 100 }, (_, index) => sign(tokens.length + index))));
  writeFileSync(`${folder}/tokens`, `${tokens.join('\n')}\n`);
  const rates = [];
  const together = [];
  const batches = [];
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    rates.push(opensslRate());
    const [batch] = stopwatch.race([[program, '--quiet', 'inspect', '--batch', '--offline', '--jwks', `${folder}/keys.json`, '--file', `${folder}/tokens`]], { rounds: 1, warmups: 0 });
    batches.push({ ...batch, rate: count / (batch.wall / 1e6) });
    together.push(opensslRate('-multi', String(cores)));
  }
  const best = (numbers) => Math.max(...numbers);
  const rate = best(batches.map((batch) => batch.rate));
  const perSecond = (number) => `${Math.round(number)}/s`;
  table.add(`--batch, ${count} ES384 tokens / openssl speed × ${cores}`, rate / (best(rates) * cores), { atLeast: 0.85, ours: perSecond(rate), theirs: perSecond(best(rates) * cores) });
  table.add(`    / openssl speed -multi ${cores}`, rate / best(together), { ours: perSecond(rate), theirs: perSecond(best(together)) });
  table.add('    peak memory', best(batches.map((batch) => batch.peak)) / 1024, { atMost: 32, unit: ' MiB', digits: 1 });
}

try {
  console.log(`${machine(program)}\n`);
  const token = await makeKeyAndSigner();
  await benchSession();
  await benchInspect(token);
  await benchBatch(token);
  console.log(`${table}\n\nThe aims are for a quiet machine. Wall times are medians of interleaved runs, of the batch the best of three.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
