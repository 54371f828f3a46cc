// Our JSON parser, Node's and cJSON by itself: what we accept, all read alike; what only another accepts, we refuse for one of the reasons below.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accepted, ask, askReferences } from './answers.mjs';
import { below, chance, mutate, pick, runs, seed, times } from './seed.mjs';

const scalars = ['null', 'true', 'false', '0', '-0', '1', '-1.5', '1e3', '1E+3', '1e-3', '1e999', '01', '1.', '.5', '-', '+1', '0x1', 'NaN', 'nul', '12345678901234567890', '0.1e1',
  '""', '"a"', '"\\n"', '"\\u0041"', '"\\u0000"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00x"', '"\\x"', '"ä😀"', '"\t"', '"\u2028"', '"\u007f"', "'a'", '"\\u00"', '"__proto__"', '\ufeff1', '"\\/"'];
const names = ['"a"', '"b"', '"a"', '"\\u0061"', '"__proto__"', '""', '"ä"', 'a', '1'];
const alphabet = [...'{}[]",:\\/+-.eE0123456789truefalsn ', '\t', '\n', '\r', '\u0000', '\u000b', '\u00a0', '\ufeff', '\ud83d\ude00', '\u001f'];
const space = () => (chance(0.2) ? pick([' ', '\n', '\t', '\r', '\u000b', '\u00a0']) : '');

function value(depth) {
  if (depth === 0 || chance(0.4)) return `${space()}${pick(scalars)}${space()}`;
  if (chance(0.5)) return `[${times(below(4), () => value(depth - 1)).join(',')}]`;
  return `{${times(below(4), () => `${space()}${pick(names)}${space()}:${value(depth - 1)}`).join(',')}}`;
}

function make() {
  if (chance(0.02)) return `${'['.repeat(below(70))}1${']'.repeat(below(70))}`;
  const text = value(below(4));
  return chance(0.5) ? mutate(text, alphabet, 2) : text;
}

// Bytes, some of which are no UTF-8.
function encode(text) {
  const bytes = Buffer.from(text);
  if (chance(0.1) && bytes.length > 0) bytes[below(bytes.length)] = pick([0x80, 0xc0, 0xc3, 0xe0, 0xed, 0xf5, 0xff]);
  return bytes;
}

const parse = (read) => {
  try {
    return { value: JSON.parse(read()) };
  } catch {
    return null;
  }
};

// What each other parser reads, or null, of each of the texts.
const others = {
  Node: (inputs) => inputs.map((bytes) => parse(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))),
  cJSON: (inputs) => askReferences(inputs.map((bytes) => ['json', bytes])).map((answer) => (accepted(answer) ? { value: JSON.parse(answer) } : null)),
};

const depthOf = (found) => (found && typeof found === 'object' ? 1 + Math.max(0, ...Object.values(found).map(depthOf)) : 0);
// RFC 8259 leaves these to the parser; we refuse what two parsers could read differently.
const refusals = [
  [/duplicate member/, ({ text }) => (text.match(/:/g) ?? []).length > 1],
  [/nested more than/, ({ found }) => depthOf(found) > 32],
  [/u0000/, ({ text }) => text.includes('\\u0000')],
  [/unpaired surrogate/, ({ text }) => /\\ud[89a-f]/i.test(text)],
  [/too large|too long/, ({ text }) => /\d[eE]\+?\d{2,}|\d{60}/.test(text)],
];
// What is not JSON, and cJSON reads.
const lenient = [
  [/expected a hexadecimal digit/, ({ text }) => /\\u(?![\da-f]{4})/i.test(text)],
  [/expected a digit/, ({ text }) => /\.(?!\d)|-\./.test(text)],
  [/leading zero/, ({ text }) => /0\d/.test(text)],
  [/invalid UTF-8/, ({ text }) => text.includes('\ufffd')],
  [/unescaped control character|unexpected byte 0x[01]/, ({ text }) => /[\0-\x1f]/.test(text)],
  [/byte order mark/, ({ text }) => text.startsWith('\ufeff')],
];
const kinds = { Node: refusals, cJSON: [...refusals, ...lenient] };

const inputs = times(runs, () => encode(make()));
const answers = ask(inputs.map((bytes) => ['json', bytes]));

for (const [name, read] of Object.entries(others)) {
  test(`${runs} texts of seed ${seed}, and ${name}`, (t) => {
    const counts = { both: 0, neither: 0, 'only the other': 0 };
    read(inputs).forEach((theirs, i) => {
      const text = inputs[i].toString();
      const said = `${JSON.stringify(text)} (${inputs[i].toString('hex')}): ${answers[i]}`;
      if (accepted(answers[i])) {
        assert.ok(theirs, `only we accept ${said}`);
        assert.deepStrictEqual(JSON.parse(answers[i]), theirs.value, `read differently: ${said}`);
      } else if (theirs) {
        const known = kinds[name].find(([reason]) => reason.test(answers[i]));
        assert.ok(known?.[1]({ text, found: theirs.value }), said);
      }
      counts[accepted(answers[i]) ? 'both' : theirs ? 'only the other' : 'neither'] += 1;
    });
    t.diagnostic(JSON.stringify(counts));
    assert.ok(Object.values(counts).every((count) => count > runs / 100), 'the input is too one-sided');
  });
}
