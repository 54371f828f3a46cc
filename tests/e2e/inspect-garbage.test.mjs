// What is no token is malformed: never a crash, never a hang, never more memory than it deserves.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { User } from './harness.mjs';
import { encode, inspect, inspectAll, judged, keyFile, nodeMaker, soundClaims } from './lib/inspecting.mjs';

let user;
let maker;
let good;
let args;

before(async () => {
  user = await User.arrive({ endpoint: 'http://localhost:9', google: 'http://localhost:9' }, { bus: false });
  maker = await nodeMaker('ES256');
  good = await maker.sign(soundClaims());
  args = ['--offline', '--jwks', keyFile(user, maker.jwk)];
});
after(() => user.leave());

// The header and payload as they stand, each a text or bytes.
const raw = (header, payload, signature = 'AAAA') => [header, payload].map((part) => Buffer.from(part).toString('base64url')).concat(signature).join('.');
const header = JSON.stringify({ alg: 'ES256' });
const deep = (levels, open = '[', close = ']') => `${open.repeat(levels)}${close.repeat(levels)}`;

const lines = {
  'one character': 'x', 'a dot': '.', 'two dots': '..', 'three dots': '...', 'four dots': '....', 'five dots': '.....',
  'a thousand dots': '.'.repeat(1000), 'sixty thousand dots': '.'.repeat(60000), words: 'hello world', HTML: '<html></html>', JSON: '{"alg":"ES256"}',
  'a URL': 'https://tenant.example.com/callback?code=1', 'half quoted': () => `"${good}`, 'another scheme before it': () => `Basic ${good}`,
  'parts that are empty': () => `${good.split('.')[0]}..${good.split('.')[2]}`, 'header missing': () => `.${good.split('.').slice(1).join('.')}`,
  'not base64url': 'a!b.c$d.e%f', padding: () => good.split('.').map((part) => `${part}==`).join('.'), 'plain base64': () => `${good}+/`,
  'length of 1 modulo 4': () => raw(header, '{}', 'AAAAA'),
  'unused bits set in the signature': () => raw(header, '{}', 'AAAAAAAB'.slice(0, 6).replace(/.$/, 'B')),
  'unused bits set in the header': () => `${encode(`${header} `).replace(/.$/, (last) => (last === 'A' ? 'B' : 'B'))}.e30.AAAA`,
  'header a list': () => raw('[]', '{}'), 'header a text': () => raw('"ES256"', '{}'), 'header null': () => raw('null', '{}'),
  'payload a list': () => raw(header, '[]'), 'payload a number': () => raw(header, '1'), 'payload empty': () => raw(header, ''), 'payload cut': () => raw(header, '{"exp":1'),
  'two payloads': () => raw(header, '{}{}'), 'a comma too many': () => raw(header, '{"a":1,}'), 'single quotes': () => raw(header, "{'a':1}"), comments: () => raw(header, '{/**/}'),
  'names without quotes': () => raw(header, '{a:1}'), NaN: () => raw(header, '{"exp":NaN}'), Infinity: () => raw(header, '{"exp":Infinity}'),
  'number with a plus': () => raw(header, '{"exp":+1}'), 'number with leading zeros': () => raw(header, '{"exp":01}'), 'hexadecimal number': () => raw(header, '{"exp":0x10}'),
  'a byte order mark': () => raw(header, '\ufeff{}'), 'a raw line break in a text': () => raw(header, '{"a":"\n"}'), 'a raw NUL in a text': () => raw(header, '{"a":"\0"}'),
  'NUL behind the payload': () => raw(header, '{}\0'), 'NUL before the payload': () => raw(header, '\0{}'),
  'UTF-8 that is invalid': () => raw(header, Buffer.from([...Buffer.from('{"a":"'), 0xff, 0xfe, ...Buffer.from('"}')])),
  'UTF-8 cut': () => raw(header, Buffer.from([...Buffer.from('{"a":"'), 0xe2, 0x82, ...Buffer.from('"}')])),
  'UTF-8 overlong': () => raw(header, Buffer.from([...Buffer.from('{"a":"'), 0xc0, 0xaf, ...Buffer.from('"}')])),
  'UTF-8 surrogate': () => raw(header, Buffer.from([...Buffer.from('{"a":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')])),
  'half a surrogate pair escaped': () => raw(header, '{"a":"\\ud800"}'), 'an unknown escape': () => raw(header, '{"a":"\\x41"}'),
  'UTF-16': () => raw(Buffer.from(header, 'utf16le'), '{}'),
  'a member twice': () => raw(header, '{"exp":1,"exp":2}'), 'a member twice, once escaped': () => raw(header, '{"exp":1,"\\u0065xp":2}'),
  'a member twice inside': () => raw(header, '{"a":{"b":[{"c":1,"c":1}]}}'), 'alg twice': () => raw('{"alg":"none","alg":"ES256"}', '{}'),
  'lists 40 deep': () => raw(header, `{"a":${deep(40)}}`), 'lists 20,000 deep': () => raw(header, `{"a":${deep(20000)}}`),
  'objects 5,000 deep': () => raw(header, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`), 'lists that never close': () => raw(header, '['.repeat(40000)),
};

describe('alone and in a batch the same verdict: malformed', () => {
  const token = (line) => (typeof line === 'function' ? line() : line);

  test('all of them, in a batch', async () => {
    const { reasons } = await inspectAll(user, Object.values(lines).map(token), args);
    Object.keys(lines).forEach((name, index) => assert.equal(reasons[index], 'malformed', name));
  });

  for (const [name, line] of Object.entries(lines)) {
    test(name, async () => {
      const result = await inspect(user, token(line), args);
      assert.deepEqual([result.code, result.reason], [5, 'malformed'], result.stdout.slice(0, 500));
    });
  }
});

describe('bytes that are no text', () => {
  test('alone', async () => {
    for (const bytes of [Buffer.from([0]), Buffer.alloc(1000), Buffer.from([0xff, 0xfe]), randomBytes(5000), Buffer.from(good, 'utf16le'), Buffer.from(`${good.slice(0, 20)}\0${good.slice(20)}`)]) {
      const result = judged(await user.run(['inspect', '--json', ...args], { stdin: bytes }), '');
      assert.deepEqual([result.code, result.reason], [5, 'malformed']);
    }
  });

  test('NUL bytes before, inside and behind a good token, alone and in a batch', async () => {
    for (const bytes of [`\0${good}`, good.replace('.', '\0.'), `${good}\0`, `${good}\0\n`, `${good}\0\0\0 \n`, `${good}\0garbage`, `${good}.\0`]) {
      for (const more of [[], ['--batch']]) {
        const result = judged(await user.run(['inspect', '--json', ...args, ...more], { stdin: bytes }), '');
        assert.equal(result.reason, 'malformed', `${JSON.stringify(bytes.replace(good, 'TOKEN'))} ${more}`);
      }
    }
  });
});

describe('too much', () => {
  const big = 10 * 1024 * 1024;
  for (const [name, content] of [['10 MB of one letter', () => Buffer.alloc(big, 'a')], ['10 MB of dots', () => Buffer.alloc(big, '.')], ['10 MB of NUL', () => Buffer.alloc(big)],
    ['10 MB of spaces', () => Buffer.alloc(big, ' ')], ['10 MB of random bytes', () => randomBytes(big)], ['a good token with 10 MB behind it', () => Buffer.concat([Buffer.from(`${good}.`), Buffer.alloc(big, 'a')])],
    ['a good token with 10 MB of signature', () => Buffer.concat([Buffer.from(good), Buffer.alloc(big, 'a')])]]) {
    test(`${name}: on stdin, in a file, as a line of a batch`, async () => {
      const bytes = content();
      const path = user.path('big');
      writeFileSync(path, bytes);
      for (const [more, stdin] of [[[], bytes], [['--file', path]]]) {
        const result = judged(await user.run(['inspect', '--json', ...args, ...more], { stdin }), '');
        assert.deepEqual([result.code, result.reason], [5, 'malformed']);
      }
      const batch = await user.run(['inspect', '--batch', ...args, '--file', path]);
      assert.equal(batch.code, 5);
      for (const line of batch.stdout.trimEnd().split('\n')) assert.equal(JSON.parse(line).reason, 'malformed');
    });
  }

  test('as an argument, as long as arguments get', async () => {
    for (const text of ['a'.repeat(120_000), '.'.repeat(120_000), `${good}${'A'.repeat(100_000)}`]) {
      const result = await user.run(['inspect', '--json', ...args, text]);
      assert.equal(JSON.parse(result.stdout).reason, 'malformed');
    }
  });

  test('64 KiB are a token, one byte more is none', async () => {
    const signed = async (length) => {
      const token = await maker.sign(soundClaims({ pad: '' }));
      return maker.sign(soundClaims({ pad: 'x'.repeat(Math.floor((length - token.length) * 3 / 4)) }));
    };
    const fits = await signed(65500);
    assert.ok(fits.length <= 65536 && fits.length > 65400, `${fits.length}`);
    assert.equal((await inspect(user, fits, args)).reason, null);
    assert.equal((await inspect(user, fits + ' '.repeat(10), args)).reason, null, 'space at the end does not count');
    const tooLong = await signed(65600);
    assert.equal((await inspect(user, tooLong, args)).reason, 'malformed');
    assert.deepEqual((await inspectAll(user, [fits, tooLong, good], args)).reasons, [null, 'malformed', null]);
  });

  test('many members', async () => {
    const claims = soundClaims(Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`m${index}`, index])));
    assert.equal((await inspect(user, await maker.sign(claims), args)).reason, null);
  });
});

test('a thousand tokens with a random byte changed, cut or doubled: refused, and nothing else happens', async () => {
  const tokens = Array.from({ length: 1000 }, (_, index) => {
    const at = Math.floor(Math.random() * good.length);
    const other = String.fromCharCode(33 + Math.floor(Math.random() * 94));
    return [good.slice(0, at) + other + good.slice(at + 1), good.slice(0, at), good.slice(0, at) + good.slice(at - 1)][index % 3];
  }).filter((token) => token && token !== good);
  const { reasons } = await inspectAll(user, tokens, args);
  reasons.forEach((reason, index) => assert.ok(['malformed', 'bad_signature', 'unknown_key', 'unsupported_alg', 'opaque'].includes(reason), `${reason}: ${tokens[index]}`));
});
