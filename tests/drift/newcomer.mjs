// What a user does while an example runs.
//   newcomer.mjs browser ENDPOINT GOOGLE URL         $BROWSER: signs in at URL as Ada
//   newcomer.mjs logto ENDPOINT GOOGLE ARGUMENTS…    runs the program, and signs in where it shows a URL or a code
import { spawn } from 'node:child_process';

import { FakeBrowser } from '../provider/fakebrowser.mjs';
import { program, visit } from '../e2e/lib/user.mjs';

const [role, endpoint, google, ...rest] = process.argv.slice(2);

async function signIn(address) {
  const browser = new FakeBrowser(endpoint, google);
  let page = await browser.start(address);
  for (let step = 0; step < 8 && !page.left && !/now connected/.test(page.text); step += 1) {
    const button = page.url.pathname === '/accounts' ? 'ada@example.com' : 'Continue';
    if (page.text.includes('name="password"')) page = await browser.submit({ username: 'ada', password: 'Correct-Horse-1' });
    else page = await browser.submit({}, { button });
  }
  if (page.left) await visit(page.left.href);
}

// The URL of a device's code, or of a sign-in for which no browser is opened.
function shown(text) {
  const [, device, code] = /^ {2}(http\S+)\n\nand enter the code:\n\n {2}(\S+)\n/m.exec(text) ?? [];
  return code ? `${device}?user_code=${code}` : /\(--no-browser\)\. Open this URL:\n\n {2}(http\S+)\n/.exec(text)?.[1];
}

function runProgram() {
  const child = spawn(program, rest, { stdio: ['inherit', 'inherit', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => {
    process.stderr.write(chunk);
    const before = shown(text);
    text += chunk;
    if (!before && shown(text)) signIn(shown(text)).catch((error) => { process.stderr.write(`the sign-in failed: ${error.message}\n`); });
  });
  child.on('close', (code) => { process.exitCode = code ?? 1; });
}

if (role === 'browser') await signIn(rest[0]);
else runProgram();
