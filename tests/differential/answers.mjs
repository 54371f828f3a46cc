// Asks the modules, by build/dev/tests/differential/answers; and cJSON and libcurl, by `references` beside it.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = process.env.LOGTO_ANSWERS ?? fileURLToPath(new URL('../../build/dev/tests/differential/answers', import.meta.url));
const references = `${dirname(program)}/references`;
const encode = (field) => Buffer.from(typeof field === 'object' && !Buffer.isBuffer(field) ? JSON.stringify(field) : field).toString('base64url');

// One answer for each of the requests [operation, ...fields]; a field is text, bytes, or an object for its JSON.
function askProgram(path, requests) {
  const input = requests.map(([operation, ...fields]) => [operation, ...fields.map(encode)].join(' ')).join('\n');
  const { status, stdout, stderr, error } = spawnSync(path, { input: `${input}\n`, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (error) throw error;
  const answers = stdout.split('\n').slice(0, -1);
  if (status !== 0 || answers.length !== requests.length) throw new Error(`${path}: exit ${status} after ${answers.length} of ${requests.length}: ${stderr}`);
  return answers;
}

export const ask = (requests) => askProgram(program, requests);
export const askReferences = (requests) => askProgram(references, requests);
export const accepted = (answer) => !answer.startsWith('refused: ');
