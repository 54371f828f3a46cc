// Input made up, the same for the same seed: DIFFERENTIAL_SEED, else another one each time; the tests have it in their names.
import { randomInt } from 'node:crypto';

export const seed = Number(process.env.DIFFERENTIAL_SEED ?? randomInt(2 ** 32 - 1));
export const runs = Number(process.env.DIFFERENTIAL_RUNS ?? 20_000);

// mulberry32: 32 bits of state are enough for what is printed in one line.
let state = seed;
function next() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

export const below = (bound) => Math.floor(next() * bound);
export const chance = (probability) => next() < probability;
export const pick = (list) => list[below(list.length)];
export const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));

// A text with up to `count` characters removed, doubled, replaced or put in between, of those in `alphabet`.
export function mutate(text, alphabet, count = 2) {
  let changed = text;
  for (let i = below(count + 1); i > 0; i -= 1) {
    const at = below(changed.length + 1);
    const rest = changed.slice(at);
    changed = changed.slice(0, at) + pick([rest.slice(1), rest.slice(0, 1) + rest, pick(alphabet) + rest.slice(1), pick(alphabet) + rest]);
  }
  return changed;
}
