import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

import { until } from './wait.mjs';

// Everything that was started and everything that was written is gone when the test file ends, however it ends.
const running = new Set();
const folders = new Set();

export const removeAtEnd = (folder) => { folders.add(folder); };

function leave() {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

process.on('exit', leave);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => process.exit(1));

const sanitizer = /(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:/;

export class Process {
  stdout = '';
  stderr = '';

  // stdin: undefined (there is none), a text, or 'open' to write to it later. stdout: a descriptor to have it elsewhere.
  constructor(command, args, { env, cwd, stdin, stdout = 'pipe', seconds = 60, name = command } = {}) {
    this.name = name;
    this.child = spawn(command, args, { env, cwd, stdio: [stdin === undefined ? 'ignore' : 'pipe', stdout, 'pipe'] });
    this.pid = this.child.pid;
    running.add(this.child);
    for (const stream of ['stdout', 'stderr']) {
      this.child[stream]?.setEncoding('utf8').on('data', (text) => { this[stream] += text; });
    }
    this.child.stdin?.on('error', () => {});
    if (stdin !== undefined && stdin !== 'open') this.child.stdin.end(stdin);
    this.ended = this.#end(seconds);
    this.ended.catch(() => {});
  }

  #end(seconds) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.overdue = true;
        this.child.kill('SIGKILL');
      }, seconds * 1000);
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        clearTimeout(timer);
        running.delete(this.child);
        this.result = { code, signal, stdout: this.stdout, stderr: this.stderr };
        if (this.overdue) reject(new Error(`${this.name} did not end within ${seconds} s\n${this}`));
        else if (sanitizer.test(this.stderr) || sanitizer.test(this.stdout)) reject(new Error(`a sanitizer reports:\n${this}`));
        else resolve(this.result);
      });
    });
  }

  // Resolves with the match once it was printed.
  sees(pattern, stream = 'stderr') {
    return until(() => {
      const match = this[stream].match(pattern);
      if (!match && this.result) throw new Error(`${this.name} ended without ${pattern} on ${stream}\n${this}`);
      return match;
    }, () => `${pattern} on ${stream} of ${this.name}\n${this}`);
  }

  write(text) {
    this.child.stdin.write(text);
  }

  kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    return this.ended;
  }

  toString() {
    return `exit ${this.result?.code ?? '-'} ${this.result?.signal ?? ''}\nstdout: ${this.stdout}\nstderr: ${this.stderr}`;
  }
}

export const finish = (command, args, options) => new Process(command, args, options).ended;
