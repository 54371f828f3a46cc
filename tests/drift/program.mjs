// The built program as its own documentation: verbs and options as --help prints them.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = path.resolve(process.env.LOGTO_BIN ?? path.join(root, 'build/release/logto'));
export const read = (name) => readFileSync(path.join(root, name), 'utf8');

// The files that git knows or would take in; without git (a tarball) there is nothing to ignore.
export function files(pattern) {
  const listed = execFileSync('git', ['-C', root, 'ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' });
  return listed.split('\n').filter((name) => pattern.test(name));
}

export function run(...words) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', timeout: 10_000, input: '' });
  return { status, stdout, stderr };
}

function answer(...words) {
  const { status, stdout, stderr } = run(...words);
  assert.equal(status, 0, `logto ${words.join(' ')}: ${stderr}`);
  return stdout;
}

// The candidates for the last word and the directive, as the shells' scripts get them.
export function complete(...words) {
  const lines = answer('completion', '@complete', '--', ...words).split('\n').slice(0, -1);
  return { directive: lines.pop(), candidates: lines.map((line) => line.split('\t')).map(([name, description]) => ({ name, description })) };
}

const section = (text, title) => text.split(`\n${title}:\n`)[1]?.split('\n\n')[0] ?? '';

// "  -p, --profile NAME   use this profile", where a long description goes on under itself.
function options(text) {
  return [...text.replace(/\n {20,}/g, ' ').matchAll(/^ {2}(?:-(\w), |    )--([\w-]+)(?: (\S+))? +(\S.*)$/gm)]
    .map(([, letter, name, argument, help]) => ({ letter, name, argument, help }));
}

const overview = answer('--help');
const pages = new Map();

export const verbs = [...section(overview, 'Commands').matchAll(/^ {2}(\w+) +(\S.*)$/gm)].map(([, name, summary]) => ({ name, summary }));
export function helpOf(verb) {
  if (!pages.has(verb)) pages.set(verb, answer(verb, '--help'));
  return pages.get(verb);
}

// Every verb's help has them; the overview only their names.
export const globalOptions = options(section(helpOf(verbs[0].name), 'Global options'));

export const optionsOf = (verb) => options(section(helpOf(verb), 'Options'));
