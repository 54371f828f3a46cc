// The rows of a terminal that shows a recording: each a list of { column, text, style }, where style is a class of draw.mjs.
const styles = { 1: 'bold', 2: 'dim', 31: 'bad', 32: 'good', 33: 'warn', 35: 'note', 36: 'note' };
const indent = 4;

export function screen({ steps }, columns) {
  return steps.flatMap(({ command, output }) => [...commandRows(command, columns), ...outputRows(output, columns)]);
}

// Goes on behind a backslash, as somebody would type it: before a pipe, or else before an option.
function commandRows(command, columns) {
  const rows = [];
  let rest = `$ ${command}`;
  while (rest.length > columns) {
    const places = [...rest.slice(0, columns - 2).matchAll(/ (?=\||--\w)/g)].map(({ index }) => index).filter((index) => index > indent);
    const at = places.findLast((index) => rest[index + 1] === '|') ?? places.at(-1);
    rows.push(`${rest.slice(0, at)} \\`);
    rest = `${' '.repeat(indent)}${rest.slice(at + 1)}`;
  }
  return [...rows, rest].map((text, row) => (row === 0 ? [{ column: 0, text: '$', style: 'prompt' }, { column: 2, text: text.slice(2), style: 'bold' }]
    : [{ column: indent, text: text.trimStart(), style: 'bold' }]));
}

function outputRows(output, columns) {
  const lines = short(withoutControl(output), columns).trimEnd().split('\n');
  let style = '';
  return lines.flatMap((line) => {
    const pieces = [];
    for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
      const [, codes] = part.match(/^\x1b\[([\d;]*)m$/) ?? [];
      if (codes === undefined) pieces.push({ text: part, style });
      else style = styles[codes.split(';').at(-1)] ?? '';
    }
    return wrapped(pieces, columns).map(placed);
  });
}

// Links (OSC 8) are shown by what they say; a line that was erased is gone.
const withoutControl = (text) => text.replace(/\x1b\]8;[^\x07\x1b]*(\x07|\x1b\\)/g, '').replace(/[^\n]*\r(\x1b\[K)?/g, '');

// What a reader would skip: most of a long object, and of a verdict everything before the checks.
function short(text, columns) {
  const object = text.match(/^\{.*\}\n$/) && text.length > columns ? `${text.slice(0, text.lastIndexOf(',"', columns - 3))},…}` : text;
  return object.replace(/^[^\n]*Header[^]*?(?=^[^\n]*Checks)/m, '…\n').replace(/(key [\w-]{12})[\w-]+/, '$1…');
}

// Between words, where there is one.
function wrapped(pieces, columns) {
  const rows = [[]];
  let room = columns;
  for (const { text, style } of pieces) {
    for (const word of text.match(/ *[^ ]+| +$/g) ?? []) {
      if (word.length > room && room < columns) {
        rows.push([]);
        room = columns;
      }
      const shown = room === columns && rows.length > 1 ? word.trimStart() : word;
      rows.at(-1).push({ text: shown, style });
      room -= shown.length;
    }
  }
  return rows;
}

// Texts that stand beside each other with one style and single spaces are one; others begin at a column of their own.
function placed(row) {
  const pieces = [];
  let column = 0;
  for (const { text, style } of row) {
    for (const { 0: part, index } of text.matchAll(/[^ ]+/g)) {
      const at = column + index;
      const last = pieces.at(-1);
      if (last && last.style === style && at - last.column - last.text.length <= 1) last.text += ' '.repeat(at - last.column - last.text.length) + part;
      else pieces.push({ column: at, text: part, style });
    }
    column += text.length;
  }
  return pieces;
}
