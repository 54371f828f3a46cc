// Medians of interleaved runs, and the table that is printed at the end.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('stopwatch.c', import.meta.url));

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export class Stopwatch {
  // `empty` is a program that does nothing: what starting any program costs.
  constructor(folder) {
    this.path = `${folder}/stopwatch`;
    this.empty = `${folder}/empty`;
    execFileSync('cc', ['-O2', '-std=gnu17', '-o', this.path, source]);
    execFileSync('cc', ['-O2', '-x', 'c', '-o', this.empty, '-'], { input: 'int main(void) { return 0; }\n' });
  }

  // One result a command: median wall time, CPU time (both of one round, µs), peak memory (KiB).
  race(commands, { rounds = 50, warmups = 3, atOnce = 1, input = '/dev/null', env } = {}) {
    const options = ['-r', rounds, '-w', warmups, '-n', atOnce, '-i', input].map(String);
    const text = execFileSync(this.path, [...options, '--', ...commands.flatMap((command) => [':::', ...command]).slice(1)], {
      env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 26,
    });
    return text.trim().split('\n').map((line, index) => {
      const { wall_us: wall, cpu_us: cpu, peak_kib: peak, failed } = JSON.parse(line);
      if (failed) throw new Error(`${failed} runs failed of: ${commands[index].join(' ')}`);
      return { wall: median(wall), fastest: Math.min(...wall), cpu, peak };
    });
  }
}

export const milliseconds = (microseconds) => (microseconds / 1000).toFixed(2);
export const mebibytes = (kibibytes) => `${(kibibytes / 1024).toFixed(1)} MiB`;

const print = (rows) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
};

// One row for each comparison: ours, the other, and the floor, all of one run, as "median (minimum)".
export class Table {
  rows = [['what', 'against', 'logto', 'the other', 'floor', 'ratio (of minima)', '× floor', 'goal', '']];

  #goal(value, { atMost, atLeast, unit = '' }) {
    const goal = atMost ?? atLeast;
    if (goal === undefined) return ['', ''];
    const met = atMost !== undefined ? value <= atMost : value >= atLeast;
    return [`${atMost !== undefined ? '≤' : '≥'} ${goal}${unit}`, met ? 'met' : 'MISSED'];
  }

  addRace(what, against, [ours, theirs, floor], goal = {}) {
    const times = ({ wall, fastest }) => `${milliseconds(wall)} (${milliseconds(fastest)}) ms`;
    const ratio = `${(ours.wall / theirs.wall).toFixed(2)} (${(ours.fastest / theirs.fastest).toFixed(2)})`;
    this.rows.push([what, against, times(ours), times(theirs), times(floor), ratio, (ours.wall / floor.wall).toFixed(1),
      ...this.#goal(ours.wall / theirs.wall, goal)]);
  }

  // A number by itself; `text` as it is to be shown.
  add(what, against, value, { text, ratio = '', theirs = '', ...goal }) {
    this.rows.push([what, against, text, theirs, '', ratio, '', ...this.#goal(value, goal)]);
  }

  addPeak(what, { peak }, most, { peak: theirs } = {}) {
    this.add(`peak memory: ${what}`, '', peak / 1024, { text: mebibytes(peak), theirs: theirs ? mebibytes(theirs) : '', atMost: most, unit: ' MiB' });
  }

  addTimesFloor(what, [ours, , floor], most) {
    const value = ours.wall / floor.wall;
    this.add(what, 'an empty C program', value, { text: '', ratio: `${value.toFixed(2)} (${(ours.fastest / floor.fastest).toFixed(2)})`, atMost: most });
  }

  toString() {
    return print(this.rows);
  }
}

const version = (...command) => {
  try {
    return execFileSync(command[0], command.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split('\n')[0];
  } catch {
    return `${command[0]}: not there`;
  }
};

export const machine = (program) => [
  `${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg().map((load) => load.toFixed(1)).join(' ')} at the start`,
  version('uname', '-sr'),
  version(program, '--version'),
  version('openssl', 'version'),
].join('\n');
