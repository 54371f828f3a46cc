// Fits what the demo shows into 80 columns: tokens are shortened in the middle, long lines go on below, indented.
//   node scripts/demo-narrow.mjs <OUTPUT
//   node scripts/demo-narrow.mjs claims|checks <VERDICT   one part of what `logto inspect` prints, "…" for the other
//   node scripts/demo-narrow.mjs command <COMMAND         goes on behind a backslash, so that it can be pasted
import { createInterface } from 'node:readline';

const columns = 80;
const indent = '    ';
const [mode] = process.argv.slice(2);
const jwt = /\b(eyJ[\w-]{12})[\w-]+\.[\w-]+\.[\w-]*([\w-]{8})\b/g;

// Where to break a command: before a pipe, or else an option of the command itself.
function commandBreak(line, room) {
  const before = (pattern) => [...line.slice(0, room).matchAll(pattern)].map(({ index }) => index + 1).filter((index) => index > indent.length).at(-1);
  return before(/ (?=\|)/g) ?? before(/(?<! -- .*) (?=--? ?\w)/g);
}

const outputBreak = (line, room) => [...line.slice(0, room).matchAll(/[ ,]/g)].map(({ index }) => index + 1).filter((index) => index > indent.length).at(-1);

function wrap(line) {
  const [end, breakOf] = mode === 'command' ? ['\\', commandBreak] : ['', outputBreak];
  const lines = [];
  let rest = mode === 'command' ? line : line.replace(jwt, '$1…$2');
  for (let place; rest.length > columns && (place = breakOf(rest, columns - end.length)); rest = indent + rest.slice(place)) {
    lines.push(end ? rest.slice(0, place) + end : rest.slice(0, place).trimEnd());
  }
  return [...lines, rest].join('\n');
}

let part = 'claims';
let left = false;
for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('Checks')) part = 'checks';
  const shown = !['claims', 'checks'].includes(mode) || mode === part;
  if (shown) console.log(wrap(line));
  else if (!left) console.log('…');
  left ||= !shown;
}
