// Logs full of tokens: a line in, a verdict out, in order, in little memory.
import assert from 'node:assert/strict';
import { createWriteStream, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { describe, test } from 'node:test';

import { finish, pause, program, useScene } from './harness.mjs';
import { checkVerdict, encode, inspectAll, keyFile, nodeMaker, now, soundClaims } from './lib/inspecting.mjs';

const scene = useScene();
const visitor = () => scene.user({ bus: false });

async function makeSorts(user) {
  const [maker, other] = await Promise.all([nodeMaker('ES256', 'one'), nodeMaker('ES256', 'two')]);
  const strange = await nodeMaker('ES256', 'strange');
  const sorts = [
    [null, (jti) => maker.sign(soundClaims({ jti }))],
    [null, (jti) => other.sign(soundClaims({ jti }))],
    ['expired', (jti) => maker.sign(soundClaims({ jti, exp: now() - 100 }))],
    ['unknown_key', (jti) => strange.sign(soundClaims({ jti }))],
    ['bad_signature', (jti) => strange.sign(soundClaims({ jti }), { kid: 'one' })],
    ['wrong_audience', (jti) => other.sign(soundClaims({ jti, aud: 'https://else.example.com' }))],
    ['unsupported_alg', (jti) => `${encode({ alg: 'none' })}.${encode({ jti })}.`],
    ['malformed', (jti) => `line ${jti}`],
    ['opaque', (jti) => `${jti}`.padStart(43, 'x')],
  ];
  const args = ['--offline', '--audience', 'https://api.example.com', '--jwks', keyFile(user, { keys: [maker.jwk, other.jwk] })];
  return { sorts, args, maker };
}

test('5,000 mixed tokens: every verdict right, in order, with a summary', async () => {
  const user = await visitor();
  const { sorts, args } = await makeSorts(user);
  const pick = Array.from({ length: 5000 }, (_, index) => sorts[(index * 7 + (index >> 5)) % sorts.length]);
  const tokens = await Promise.all(pick.map(([, make], index) => make(index)));
  const { code, stderr, reasons, verdicts } = await inspectAll(user, tokens, args);
  assert.equal(code, 5);
  pick.forEach(([reason], index) => {
    assert.equal(reasons[index], reason, `line ${index + 1}`);
    if (verdicts[index].claims) assert.equal(verdicts[index].claims.jti, index);
  });
  const valid = reasons.filter((reason) => reason === null).length;
  assert.equal(stderr, `5000 tokens, ${valid} valid, ${5000 - valid} not valid\n`);
});

describe('the exit code', () => {
  test('is 0 only when all are valid, and stderr sums up', async () => {
    const user = await visitor();
    const { sorts: [[, good], , [, expired]], args } = await makeSorts(user);
    for (const [tokens, code, summary] of [
      [[await good(1)], 0, '1 token, 1 valid, 0 not valid\n'],
      [await Promise.all(Array.from({ length: 300 }, (_, index) => good(index))), 0, '300 tokens, 300 valid, 0 not valid\n'],
      [[await good(1), await expired(2)], 5, '2 tokens, 1 valid, 1 not valid\n'],
      [[await expired(1), await good(2)], 5, '2 tokens, 1 valid, 1 not valid\n'],
    ]) {
      const result = await inspectAll(user, tokens, args);
      assert.deepEqual([result.code, result.stderr], [code, summary]);
      assert.equal((await inspectAll(user, tokens, [...args, '--quiet'])).stderr, '');
    }
  });

  test('of no lines at all is 0', async () => {
    const user = await visitor();
    const { args } = await makeSorts(user);
    for (const stdin of ['', undefined]) {
      const result = await user.run(['inspect', '--batch', ...args], { stdin });
      assert.deepEqual([result.code, result.stdout, result.stderr], [0, '', '0 tokens, 0 valid, 0 not valid\n']);
    }
  });
});

describe('lines', () => {
  test('blank, over-long, with spaces around, with CR, and a last one without an end', async () => {
    const user = await visitor();
    const { sorts: [[, good]], args } = await makeSorts(user);
    const token = await good(1);
    const stdin = `${token}\n\n   \n${token}\r\n  ${token}\t \n${'x'.repeat(70000)}\n${token}${'A'.repeat(200000)}\n${token}`;
    const { code, stdout } = await user.run(['inspect', '--batch', ...args], { stdin });
    const verdicts = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    verdicts.forEach((verdict) => checkVerdict(verdict, token));
    assert.deepEqual(verdicts.map(({ reason }) => reason), [null, 'malformed', 'malformed', null, null, 'malformed', 'malformed', null]);
    assert.equal(code, 5);
  });

  test('may be whole header lines, and quoted', async () => {
    const user = await visitor();
    const { sorts: [[, good]], args } = await makeSorts(user);
    const token = await good(1);
    const { code, reasons } = await inspectAll(user, [`Authorization: Bearer ${token}`, `"${token}"`, `  bearer ${token}`, `'Authorization: ${token}'`], args);
    assert.deepEqual([code, reasons], [0, [null, null, null, null]]);
  });

  test('come from --file too, and --json changes nothing', async () => {
    const user = await visitor();
    const { sorts: [[, good]], args } = await makeSorts(user);
    writeFileSync(user.path('tokens'), `${await good(1)}\n${await good(2)}\n`);
    const outputs = [];
    for (const more of [['--file', user.path('tokens')], ['--file', user.path('tokens'), '--json'], ['-']]) {
      const { code, stdout } = await user.run(['inspect', '--batch', ...args, ...more], { stdin: readFileSync(user.path('tokens')) });
      assert.equal(code, 0);
      outputs.push(stdout.replaceAll(/\d+ (second|minute)s?/g, 'N'));
    }
    assert.equal(new Set(outputs).size, 1);
  });

  test('with --no-verify are decoded, and none is called valid', async () => {
    const user = await visitor();
    const { sorts: [[, good]] } = await makeSorts(user);
    const { code, stdout, stderr } = await user.run(['inspect', '--batch', '--no-verify'], { stdin: `${await good(1)}\n${await good(2)}\n` });
    assert.deepEqual([code, ...stdout.trimEnd().split('\n').map((line) => JSON.parse(line).valid)], [0, false, false]);
    assert.match(stderr, /nothing is verified/);
    assert.doesNotMatch(stderr, /[12] valid,/, 'the summary calls none valid either');
  });
});

describe('when something ends early', () => {
  test('stdin: what came is judged', async () => {
    const user = await visitor();
    const { sorts: [[, good]], args } = await makeSorts(user);
    const batch = user.start(['inspect', '--batch', ...args], { stdin: 'open' });
    const token = await good(1);
    batch.write(`${token}\n${token}\n${token.slice(0, 100)}`);
    await pause(100);
    batch.child.stdin.end();
    const { code, stdout } = await batch.ended;
    assert.deepEqual([code, stdout.trimEnd().split('\n').map((line) => JSON.parse(line).reason)], [5, [null, null, 'malformed']]);
  });

  test('the reader: no hang, no noise', async () => {
    const user = await visitor();
    const { sorts: [[, good]], args } = await makeSorts(user);
    const token = await good(1);
    writeFileSync(user.path('tokens'), `${token}\n`.repeat(20000));
    const head = user.script('first', '"$@" | head -n 1');
    const { stdout, stderr } = await finish(head, [program, 'inspect', '--batch', ...args, '--file', user.path('tokens')], { env: user.env, seconds: 20 });
    assert.equal(JSON.parse(stdout).valid, true);
    assert.doesNotMatch(stderr, /Sanitizer/);
  });

  test('a full disk is an error, not a success', async () => {
    const user = await visitor();
    const { sorts: [[, good]], args } = await makeSorts(user);
    const { code, stderr } = await user.start(['inspect', '--batch', ...args], { stdin: `${await good(1)}\n`, stdout: openSync('/dev/full', 'w') }).ended;
    assert.equal(code, 1);
    assert.match(stderr, /cannot write to standard output/);
  });

  test('Ctrl-C in the middle leaves with 130', async () => {
    const user = await visitor();
    const { sorts: [[, good]], args } = await makeSorts(user);
    const batch = user.start(['inspect', '--batch', ...args], { stdin: 'open' });
    const token = await good(1);
    batch.write(`${token}\n`.repeat(300));
    await batch.sees(/\n/, 'stdout');
    assert.equal((await batch.kill('SIGINT')).code, 130);
  });

  test('the provider, with a key unknown: an error line for that token, a verdict for the others, exit 6', async () => {
    const user = await visitor();
    const tenant = ['--endpoint', scene.provider.endpoint];
    const mint = async (wanted) => (await scene.provider.mint(wanted)).token;
    const good = await mint({});
    await inspectAll(user, [good], tenant);
    await scene.provider.set({ failNext: { path: '/oidc/jwks', status: 500, count: 9 } });
    const stdin = `${good}\n${good}\n${await mint({ unpublished: true, kid: 'x' })}\n${good}\n`;
    const { code, stdout, stderr } = await user.run(['inspect', '--batch', ...tenant], { stdin });
    assert.equal(code, 6);
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ valid, error }) => valid ?? Object.keys(error)), [true, true, ['code', 'message', 'hint'], true]);
    assert.match(lines[2].error.message, /key set/);
    assert.equal(stderr, '4 tokens, 3 valid, 0 not valid, 1 could not be checked\n');
  });

  test('the provider, for good: every token that needs it gets an error line, soon', async () => {
    const user = await visitor();
    const [{ token: good }, { token: unsigned }] = [await scene.provider.mint({}), await scene.provider.mint({ alg: 'none' })];
    const stdin = `${good}\n${unsigned}\nrubbish\n`.repeat(200);
    const started = Date.now();
    const { code, stdout, stderr } = await user.run(['inspect', '--batch', '--issuer', 'http://localhost:9/oidc'], { stdin });
    assert.ok(Date.now() - started < 20_000);
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, 600);
    lines.forEach(({ error, reason }, index) => assert.equal(error?.code ?? reason, ['network', 'unsupported_alg', 'malformed'][index % 3]));
    assert.equal(code, 6);
    assert.equal(stderr, '600 tokens, 0 valid, 400 not valid, 200 could not be checked\n');
  });

  test('introspection: an error line, and on to the next', async () => {
    const user = await scene.signedIn();
    const [{ token }] = (await user.session()).access_tokens;
    const good = (await scene.provider.mint({})).token;
    await scene.provider.set({ failNext: { path: '/oidc/token/introspection', status: 500, count: 1 } });
    const { code, stdout } = await user.run(['inspect', '--batch'], { stdin: `${good}\n${token}\n${good}\n${token}\n` });
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ valid }) => valid), [true, undefined, true, true], stdout);
    assert.ok(lines[1].error.code);
    assert.equal(code, 6);
  });

  test('reading: an error, not the end of the input', async () => {
    const user = await visitor();
    const { args } = await makeSorts(user);
    const { code, stdout, stderr } = await user.run(['inspect', '--batch', ...args, '--file', '/', '--json']);
    assert.deepEqual([code, JSON.parse(stdout).error.code], [1, 'io'], stderr);
    assert.match(JSON.parse(stdout).error.message, /cannot read/);
  });

  test('what an option names wrongly is an error before the first line', async () => {
    const user = await visitor();
    const { code, stdout } = await user.run(['inspect', '--batch', '--jwks', user.path('none')], { stdin: 'x\n' });
    assert.deepEqual([code, stdout], [1, '']);
  });
});

test('200,000 lines take no more memory than 2,000', async () => {
  const user = await visitor();
  const { args } = await makeSorts(user);
  // Without its graveyard of freed memory a sanitizer's build is as modest as another.
  const env = { ASAN_OPTIONS: `${user.env.ASAN_OPTIONS}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64` };
  const line = `${encode({ alg: 'none' })}.${encode({ pad: 'x'.repeat(100) })}.\n`;
  const peaks = [];
  for (const count of [2000, 200_000]) {
    const path = user.path(`lines-${count}`);
    const file = createWriteStream(path);
    for (let left = count; left > 0; left -= 2000) file.write(line.repeat(2000));
    await finished(file.end());
    const out = user.path(`out-${count}`);
    const batch = user.start(['inspect', '--batch', ...args, '--file', path], { env, stdout: openSync(out, 'w') });
    let peak = 0;
    while (!batch.result) {
      const size = /^VmHWM:\s+(\d+)/m.exec(await readStatus(batch.pid))?.[1];
      peak = Math.max(peak, Number(size ?? 0));
      await pause(5);
    }
    assert.equal(batch.result.code, 5);
    assert.ok(statSync(out).size > count * 100);
    assert.match(batch.stderr, new RegExp(`^${count} tokens, 0 valid`));
    peaks.push(peak);
  }
  assert.ok(peaks[0] > 0, 'the first one was seen');
  assert.ok(peaks[1] < peaks[0] * 1.5 + 8192, `${peaks[0]} KiB for 2,000 lines, ${peaks[1]} KiB for 200,000`);
});

async function readStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

test('at a terminal it shows how far it is, and takes that away at the end', async () => {
  const user = await visitor();
  const { sorts: [[, good]], args } = await makeSorts(user);
  writeFileSync(user.path('tokens'), `${await good(1)}\n`.repeat(2500));
  const { code, stdout } = await user.terminal(['inspect', '--batch', ...args, '--file', user.path('tokens')], { into: user.path('out') }).ended;
  assert.equal(code, 0);
  assert.match(stdout, /1000 tokens, 0 not valid/);
  assert.match(stdout, /2000 tokens, 0 not valid/);
  assert.match(stdout, /\r\x1b\[K2500 tokens, 2500 valid, 0 not valid\r\n$/);
  assert.equal(readFileSync(user.path('out'), 'utf8').split('\n').length, 2501);
});
