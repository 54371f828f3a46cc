// What is pasted at the terminal while `logto login` waits.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Process, pause, program, useScene, visit } from './harness.mjs';

const scene = useScene();

// At a terminal, waiting, with no browser of its own.
async function waiting(user) {
  const login = user.terminal(['login', ...user.app, '--no-browser']);
  const [address] = await login.sees(/http:\S+\/oidc\/auth\?[^\s\x1b]+/, 'stdout');
  await login.sees(/Press Ctrl-C/, 'stdout');
  await pause(200);
  return { login, address };
}

// A shell at a terminal that runs the login, then says what the terminal is like and what is left to read.
function shell(user) {
  const command = [program, 'login', ...user.app, '--no-browser'].join(' ');
  const line = `trap : INT; stty >before.txt; ${command}; echo "ended $?"; stty >after.txt; cmp before.txt after.txt && echo same; `
    + `IFS= read -r -t 1 left; echo "left=[$left]"`;
  return new Process('script', ['-qefc', `bash -c '${line}'`, '/dev/null'], { env: user.env, cwd: user.env.HOME, stdin: 'open', name: 'a shell at a terminal' });
}

describe('a pasted redirect URL', () => {
  for (const [what, change] of [
    ['as it is', (url) => url],
    ['in quotes', (url) => `'${url}'`],
    ['wrapped at 40 columns', (url) => url.match(/.{1,40}/g).join('\n')],
    ['wrapped and indented, without an Enter of its own', (url) => `  ${url.match(/.{1,60}/g).join('\n  ')}`],
    ['escaped by a shell', (url) => url.replace(/[?&=]/g, '\\$&')],
    ['as a query alone', (url) => url.split('?')[1]],
    ['after something else', (url) => `the URL is: <${url}>`],
  ]) {
    test(`is taken ${what}, and never shown`, async () => {
      const user = await scene.user();
      const { login, address } = await waiting(user);
      const callback = await user.authorize(address);
      const code = new URL(callback).searchParams.get('code');
      login.write(`${change(callback)}\n`);
      assert.equal((await login.ended).code, 0, login.stdout);
      assert.ok(!login.stdout.includes(code.slice(0, 12)), login.stdout);
      assert.match(login.stdout, /received \d+ characters/);
    });
  }

  test('is counted while it comes, and waits for its Enter', async () => {
    const user = await scene.user();
    const { login, address } = await waiting(user);
    const callback = await user.authorize(address);
    login.write(callback.slice(0, 30));
    await login.sees(/received 30 characters, press Enter/, 'stdout');
    login.write(callback.slice(30));
    await login.sees(new RegExp(`received ${callback.length} characters`), 'stdout');
    await pause(500);
    assert.equal(login.result, undefined);
    login.write('\n');
    assert.equal((await login.ended).code, 0, login.stdout);
  });

  test('may be longer than what a terminal takes as one line', async () => {
    const user = await scene.user();
    const { login, address } = await waiting(user);
    login.write(`${await user.authorize(address)}&more=${'x'.repeat(6000)}\n`);
    assert.equal((await login.ended).code, 0, login.stdout);
  });

  test('a wrong one is answered, each in its way, and the wait goes on', async () => {
    const user = await scene.user();
    const { login, address } = await waiting(user);
    for (const [text, answer] of [
      ['yes', /Not the redirect URL of this sign-in/],
      ['http://localhost:3000/callback?code=x&state=other', /Not the redirect URL of this sign-in, but of another/],
      ['http://localhost:3000/callback', /carries no answer/],
      [address, /where the sign-in starts/],
    ]) {
      login.write(`${text}\n`);
      await login.sees(answer, 'stdout');
    }
    login.write(`${await user.authorize(address)}\n`);
    assert.equal((await login.ended).code, 0, login.stdout);
  });

  test('an error is that error', async () => {
    const user = await scene.user();
    const { login, address } = await waiting(user);
    login.write(`${(await user.authorize(address)).replace(/code=[^&]*/, 'error=access_denied')}\n`);
    assert.equal((await login.ended).code, 4, login.stdout);
  });
});

describe('the terminal', () => {
  test('is as it was after the sign-in, and nothing that was typed reaches the shell', async () => {
    const user = await scene.user();
    const terminal = shell(user);
    const [address] = await terminal.sees(/http:\S+\/oidc\/auth\?[^\s\x1b]+/, 'stdout');
    await terminal.sees(/Press Ctrl-C/, 'stdout');
    await pause(200);
    terminal.write('half of a paste');
    await terminal.sees(/received 12 characters/, 'stdout');
    await visit(await user.authorize(address));
    await terminal.sees(/ended 0/, 'stdout');
    await terminal.ended;
    assert.match(terminal.stdout, /same\s+left=\[\]/);
    assert.ok(!terminal.stdout.includes('half of'));
  });

  test('is as it was after Ctrl-C', async () => {
    const user = await scene.user();
    const terminal = shell(user);
    await terminal.sees(/Press Ctrl-C/, 'stdout');
    await pause(300);
    terminal.write('secret\x03');
    await terminal.ended;
    assert.match(terminal.stdout, /ended 130\s+same\s+left=\[\]/);
    assert.ok(!terminal.stdout.includes('secret'));
  });

  test('is as it was while the login is suspended, and silent again after', async () => {
    const user = await scene.user();
    const terminal = new Process('script', ['-qefc', 'bash --norc -i', '/dev/null'],
      { env: { ...user.env, PS1: 'prompt> ' }, cwd: user.env.HOME, stdin: 'open', name: 'an interactive shell' });
    await terminal.sees(/prompt>/, 'stdout');
    terminal.write(`${program} login ${user.app.join(' ')} --no-browser\n`);
    const [address] = await terminal.sees(/http:\S+\/oidc\/auth\?[^\s\x1b]+/, 'stdout');
    await terminal.sees(/Press Ctrl-C/, 'stdout');
    await pause(300);
    terminal.write('\x1a');
    await terminal.sees(/Stopped/, 'stdout');
    terminal.write('stty -a | grep -o " icanon.*\\| echo " | tr -d "\\n" | sed "s/^/modes:/"; echo\n');
    await terminal.sees(/modes:.*icanon.*/, 'stdout');
    terminal.write('bg\n');
    await pause(1500);
    terminal.write('echo in the $((1 + 1))nd place\n');
    await terminal.sees(/in the 2nd place/, 'stdout');
    terminal.write('fg\n');
    await pause(1500);
    const callback = await user.authorize(address);
    terminal.write(`${callback}\n`);
    await terminal.sees(/Signed in as/, 'stdout');
    terminal.write('exit\n');
    await terminal.ended;
    assert.ok(!terminal.stdout.includes(new URL(callback).searchParams.get('code').slice(0, 12)), terminal.stdout);
  });

  test('is left alone by a login in the background', async () => {
    const user = await scene.user();
    const terminal = new Process('script', ['-qefc', 'bash --norc -i', '/dev/null'],
      { env: { ...user.env, PS1: 'prompt> ' }, cwd: user.env.HOME, stdin: 'open', name: 'an interactive shell' });
    await terminal.sees(/prompt>/, 'stdout');
    terminal.write(`${program} login ${user.app.join(' ')} --no-browser &\n`);
    const [address] = await terminal.sees(/http:\S+\/oidc\/auth\?[^\s\x1b]+/, 'stdout');
    await terminal.sees(/Press Ctrl-C/, 'stdout');
    terminal.write('echo still $((40 + 2))\n');
    await terminal.sees(/still 42/, 'stdout');
    await visit(await user.authorize(address));
    await terminal.sees(/Signed in as/, 'stdout');
    assert.doesNotMatch(terminal.stdout, /Stopped/);
    terminal.write('exit\n');
    await terminal.ended;
  });
});
