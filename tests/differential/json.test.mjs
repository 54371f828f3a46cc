// Our JSON parser and Node's: what we accept, both read alike; what only Node accepts, we refuse for one of the reasons below.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accepted, ask } from './answers.mjs';
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

function theirs(bytes) {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return null;
  }
}

const depthOf = (found) => (found && typeof found === 'object' ? 1 + Math.max(0, ...Object.values(found).map(depthOf)) : 0);
// RFC 8259 leaves these to the parser; we refuse what two parsers could read differently.
const refusals = [
  [/duplicate member/, ({ text }) => (text.match(/:/g) ?? []).length > 1],
  [/nested more than/, ({ found }) => depthOf(found) > 32],
  [/u0000/, ({ text }) => text.includes('\\u0000')],
  [/unpaired surrogate/, ({ text }) => /\\ud[89a-f]/i.test(text)],
  [/too large|too long/, ({ text }) => /\d[eE]\+?\d{2,}|\d{60}/.test(text)],
];

test(`${runs} texts of seed ${seed}`, (t) => {
  const inputs = times(runs, () => encode(make()));
  const answers = ask(inputs.map((bytes) => ['json', bytes]));
  const counts = { both: 0, neither: 0, 'only Node': 0 };
  inputs.forEach((bytes, i) => {
    const text = bytes.toString();
    const node = theirs(bytes);
    const said = `${JSON.stringify(text)} (${bytes.toString('hex')}): ${answers[i]}`;
    if (accepted(answers[i])) {
      assert.ok(node, `only we accept ${said}`);
      assert.deepStrictEqual(JSON.parse(answers[i]), node.value, `read differently: ${said}`);
    } else if (node) {
      const known = refusals.find(([reason]) => reason.test(answers[i]));
      assert.ok(known?.[1]({ text, found: node.value }), said);
    }
    counts[accepted(answers[i]) ? 'both' : node ? 'only Node' : 'neither'] += 1;
  });
  t.diagnostic(JSON.stringify(counts));
  assert.ok(Object.values(counts).every((count) => count > runs / 100), 'the input is too one-sided');
});
