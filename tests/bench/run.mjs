// Ratios against other programs on the same machine, in the same run. Prints a table; slow is no failure.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';

import { SignJWT, exportJWK, generateKeyPair } from 'jose';

import { User, program, visit } from '../e2e/lib/user.mjs';
import { startProvider } from '../provider/testing.mjs';
import { Stopwatch, Table, machine } from './measure.mjs';

const quick = process.argv.includes('--quick');
const rounds = (number) => (quick ? Math.ceil(number / 10) : number);
const folder = mkdtempSync(`${tmpdir()}/logto-bench-`);
const stopwatch = new Stopwatch(folder);
const table = new Table();

// Ours, the other and the floor in turn.
const race = (ours, theirs, { times = 200, ...options } = {}) =>
  stopwatch.race([ours, theirs, [stopwatch.empty]], { rounds: rounds(times), ...options });

// Profile `cold` keeps no tokens warm, p1 to p10 are there to be shown.
async function prepareUser(provider) {
  const user = await User.arrive(provider, { warm: true });
  const asked = async () => (await provider.requests()).filter(({ user_agent: agent }) => agent?.startsWith('logto-cli/')).length;
  await user.signIn();
  user.requests = [await asked()];
  await provider.clearRequests();
  await user.login([]);
  user.requests.push(await asked());
  await user.run(['-p', 'cold', 'profile', 'set', 'warm', 'false']);
  await user.signIn(['-p', 'cold']);
  return user;
}

// Profile `filed`: a session in the encrypted file, whose passphrase was typed and is cached.
async function signInToFile(user) {
  await user.run(['-p', 'filed', 'profile', 'set', 'warm', 'false']);
  rmSync(user.addressFile, { force: true });
  const login = user.terminal(['login', '-p', 'filed', ...user.app, '--store', 'file']);
  for (const prompt of [/New passphrase.*: /, /Repeat the passphrase: /]) {
    await login.sees(prompt, 'stdout');
    login.write('correct horse battery\n');
  }
  await visit(await user.authorize(await user.opened(login)));
  const { code, stdout } = await login.ended;
  if (code !== 0) throw new Error(`signing in failed: ${stdout}`);
}

async function addProfiles(user) {
  const session = await user.session({ profile: 'cold' });
  const { config } = user;
  const { cold } = config.profiles;
  config.profiles = {};
  for (let number = 1; number <= 10; number += 1) {
    config.profiles[`p${number}`] = cold;
    await user.putSession({ ...session, profile: `p${number}` }, { profile: `p${number}` });
  }
  writeFileSync(user.configFile, JSON.stringify(config));
  // Or these would be shown as well, as sessions without a profile.
  for (const profile of ['default', 'cold']) execFileSync('secret-tool', ['clear', 'application', 'logto-cli', 'profile', profile], { env: user.env });
}

async function benchSession() {
  const provider = await startProvider();
  const user = await prepareUser(provider);
  const { env } = user;
  const lookup = ['secret-tool', 'lookup', 'profile', 'cold', 'issuer', provider.issuer, 'app_id', provider.apps.native.id];
  const against = 'secret-tool lookup';
  try {
    const warm = race([program, 'token'], lookup, { env });
    table.addRace('token, warm', against, warm, { atMost: 0.25 });
    table.addTimesFloor('token, warm', warm, 5);
    table.addRace('100 × token, warm, at once', `100 × ${against}`, race([program, 'token'], lookup, { times: 12, warmups: 1, atOnce: 100, env }), { atMost: 0.3 });
    const cold = race([program, '-p', 'cold', 'token'], lookup, { env });
    table.addRace('token from the keyring', against, cold, { atMost: 1.05 });
    await signInToFile(user);
    table.addRace('token from the file store', against, race([program, '-p', 'filed', 'token'], lookup, { env }));
    table.addRace('exec -- true, warm', against, race([program, 'exec', '--', 'true'], lookup, { env }));
    table.addRace('whoami', against, race([program, 'whoami'], lookup, { env }));
    const refresh = race([program, '-p', 'cold', 'token', '--refresh'], lookup, { times: 20, env });
    table.addPeak('token, warm', warm[0], 6, warm[1]);
    table.addPeak('token from the keyring', cold[0], 10, cold[1]);
    table.addPeak('token --refresh', refresh[0], 17);
    await user.run(['-p', 'filed', 'logout', '--local']); // and with it the cached key
    await addProfiles(user);
    const shown = ['secret-tool', 'lookup', 'profile', 'p1', ...lookup.slice(4)];
    table.addRace('status, 10 profiles', against, race([program, 'status'], shown, { env }), { atMost: 1.2 });
    table.add('requests of the first login', '', user.requests[0], { text: `${user.requests[0]}` });
    table.add('requests of the next login', '', user.requests[1], { text: `${user.requests[1]}` });
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
  const results = race([program, 'inspect', '--offline', '--jwks', `${folder}/keys.json`, '--file', `${folder}/token`],
    ['jose', 'jws', 'ver', '-i', `${folder}/token`, '-k', `${folder}/key.jwk`]);
  table.addRace('inspect --offline, ES384', 'jose jws ver', results, { atMost: 0.72 });
}

// Verifications a second of as many processes as there are cores.
function opensslRate() {
  const options = ['-mr', '-seconds', quick ? '1' : '2', '-elapsed', '-multi', `${availableParallelism()}`, 'ecdsap384'];
  const text = execFileSync('openssl', ['speed', ...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  // +F4:index:bits:signatures a second:verifications a second
  return Number(/^\+F4:\d+:384:[\d.e+-]+:([\d.e+-]+)$/m.exec(text)[1]);
}

const batch = (file) => [program, '--quiet', 'inspect', '--batch', '--offline', '--jwks', `${folder}/keys.json`, '--file', file];

async function benchBatch({ sign }) {
  const count = quick ? 2000 : 20000;
  const tokens = [];
  // Signing takes as long as verifying: all cores, but not all tokens at once.
  while (tokens.length < count) tokens.push(...await Promise.all(Array.from({ length: 100 }, (_, index) => sign(tokens.length + index))));
  writeFileSync(`${folder}/tokens`, `${tokens.join('\n')}\n`);
  const ours = [];
  const theirs = [];
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    const [{ wall }] = stopwatch.race([batch(`${folder}/tokens`)], { rounds: 1, warmups: 0 });
    ours.push(count / (wall / 1e6));
    theirs.push(opensslRate());
  }
  const perSecond = (number) => `${Math.round(number)}/s`;
  const ratio = Math.max(...ours) / Math.max(...theirs);
  table.add(`inspect --batch, ${count} × ES384`, `openssl speed -multi ${availableParallelism()} -elapsed`, ratio,
    { text: perSecond(Math.max(...ours)), theirs: perSecond(Math.max(...theirs)), ratio: ratio.toFixed(2), atLeast: 0.9 });
}

// Verdicts without a signature to verify: how many lines there are is what could cost memory.
async function benchLines({ sign }) {
  const line = `${(await sign(0)).replace(/\.[^.]*$/, '.AAAA')}\n`;
  writeFileSync(`${folder}/lines`, line.repeat(quick ? 100_000 : 1_000_000));
  const [result] = stopwatch.race([['sh', '-c', '"$@" || test $? = 5', 'sh', ...batch(`${folder}/lines`)]], { rounds: 1, warmups: 0 });
  table.addPeak(`--batch, ${quick ? '100,000' : 'a million'} lines`, result, 8);
}

try {
  console.log(`${machine(program)}\n`);
  const token = await makeKeyAndSigner();
  table.addRace('start-up: --version', 'openssl version', race([program, '--version'], ['openssl', 'version']));
  await benchSession();
  await benchInspect(token);
  await benchBatch(token);
  await benchLines(token);
  console.log(`${table}\n\nMedians (minima) of interleaved runs; of --batch the best of five. The goals are for a quiet machine.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
