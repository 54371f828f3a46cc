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
  constructor(folder) {
    this.path = `${folder}/stopwatch`;
    execFileSync('cc', ['-O2', '-std=gnu17', '-o', this.path, source]);
  }

  // One result a command: median wall time, CPU time (both of one round, µs), peak memory (KiB).
  race(commands, { rounds = 50, warmups = 3, atOnce = 1, input = '/dev/null', env } = {}) {
    const options = ['-r', rounds, '-w', warmups, '-n', atOnce, '-i', input].map(String);
    const text = execFileSync(this.path, [...options, ...commands.flatMap((command) => ['--', ...command])], {
      env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 26,
    });
    return text.trim().split('\n').map((line, index) => {
      const { wall_us: wall, cpu_us: cpu, peak_kib: peak, failed } = JSON.parse(line);
      if (failed) throw new Error(`${failed} runs failed of: ${commands[index].join(' ')}`);
      return { wall: median(wall), fastest: Math.min(...wall), cpu, peak };
    });
  }
}

export const milliseconds = (microseconds) => `${(microseconds / 1000).toFixed(2)} ms`;
export const mebibytes = (kibibytes) => `${(kibibytes / 1024).toFixed(1)} MiB`;

export class Table {
  rows = [];

  // `aim` is a number that `value` should be at most, or at least.
  add(what, value, { atMost, atLeast, unit = '', ours = '', theirs = '', digits = 2 } = {}) {
    const aim = atMost ?? atLeast;
    const met = aim === undefined ? '' : (atMost !== undefined ? value <= atMost : value >= atLeast) ? 'met' : 'MISSED';
    const bound = aim === undefined ? '' : `${atMost !== undefined ? '≤' : '≥'} ${aim}${unit}`;
    this.rows.push([what, ours, theirs, `${value.toFixed(digits)}${unit}`, bound, met]);
  }

  toString() {
    const all = [['what', 'logto', 'the other', 'result', 'aim', ''], ...this.rows];
    const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
    return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
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
