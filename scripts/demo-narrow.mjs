// Fits what the demo shows into 80 columns: tokens are shortened in the middle, long lines go on below, indented.
//   node scripts/demo-narrow.mjs <OUTPUT
//   node scripts/demo-narrow.mjs command <COMMAND     goes on behind a backslash, so that it can be pasted
import { createInterface } from 'node:readline';

const columns = 80;
const isCommand = process.argv[2] === 'command';
const jwt = /\b(eyJ[\w-]{12})[\w-]+\.[\w-]+\.[\w-]*([\w-]{8})\b/g;

// Where to break a line that is too long: before an option or a pipe, or else behind a space or a comma.
function breakOf(line, room, indent) {
  const places = isCommand ? / (?=--?\w|\|)/g : /[ ,]/g;
  const found = [...line.slice(0, room).matchAll(places)].map(({ index }) => index + 1).filter((index) => index > indent);
  return found.at(-1);
}

function wrap(line) {
  const end = isCommand ? '\\' : '';
  const indent = '    ';
  const lines = [];
  let rest = isCommand ? line : line.replace(jwt, '$1…$2');
  for (let place; rest.length > columns && (place = breakOf(rest, columns - end.length, indent.length)); rest = indent + rest.slice(place)) {
    lines.push(isCommand ? `${rest.slice(0, place)}${end}` : rest.slice(0, place).trimEnd());
  }
  return [...lines, rest].join('\n');
}

for await (const line of createInterface({ input: process.stdin })) console.log(wrap(line));
