// How every page of the listener looks, on a phone and on a desktop, light and dark: nothing is cut, and everything can be read.
// With LOGTO_SCREENSHOTS=FOLDER each is kept there as an image, to be looked at.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';

import { leadsTo } from '../provider/fakebrowser.mjs';
import { useScene, visit } from './harness.mjs';

const scene = useScene({ chromium: true });
const folder = process.env.LOGTO_SCREENSHOTS;
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
let windows;

async function openWindows() {
  if (folder) mkdirSync(folder, { recursive: true });
  const views = Object.keys(sizes).flatMap((size) => ['light', 'dark'].map((colorScheme) => ({ size, colorScheme })));
  return Promise.all(views.map(async ({ size, colorScheme }) => {
    const context = await scene.chromium.newContext({ viewport: sizes[size], colorScheme });
    return { name: `${size}-${colorScheme}`, page: await context.newPage() };
  }));
}

// In the browser: what is wrong with the page that it shows. Contrast as in WCAG 2.2, 1.4.3 and 1.4.11.
function defects() {
  const found = [];
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => channels(color).slice(0, 3).map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return (channels(color)[3] ?? 1) > 0 ? color : behind(element.parentElement);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = text.parentElement.closest('main, footer').getBoundingClientRect();
    for (const { left, right } of range.getClientRects()) if (left < box.left || right > box.right) found.push(`'${text.data}' is cut`);
    const style = getComputedStyle(text.parentElement);
    if (contrast(style.color, behind(text.parentElement)) < 4.5) found.push(`'${text.data}' is faint`);
    if (parseFloat(style.fontSize) < 14) found.push(`'${text.data}' is small`);
  }
  const { color } = getComputedStyle(document.querySelector('.sign'));
  if (contrast(color, getComputedStyle(document.querySelector('.sign circle')).fill) < 3) found.push('the sign is faint');
  if (document.documentElement.scrollWidth > innerWidth) found.push('it scrolls sideways');
  if (document.querySelector('main').getBoundingClientRect().top < 0) found.push('its top cannot be reached');
  return found;
}

async function looksRight(name, html, words) {
  assert.match(html, words);
  windows ??= await openWindows();
  for (const { name: view, page } of windows) {
    await page.setContent(html);
    if (folder) await page.screenshot({ path: `${folder}/${name}-${view}.png` });
    assert.deepEqual(await page.evaluate(defects), [], `${name}, ${view}`);
  }
}

const names = {
  usual: { name: 'Ada Lovelace', email: 'ada@example.com' },
  long: { name: 'Countess Augusta Ada King-Noel of Lovelace, born Byron, '.repeat(4), email: `${'ada.lovelace'.repeat(5)}@${'analytical-engine.'.repeat(6)}example.com` },
  unbroken: { name: 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch'.repeat(3), email: 'ada@example.com' },
  japanese: { name: '山田太郎・エイダ・ラブレス'.repeat(3), email: '山田太郎@例え.example.jp' },
  arabic: { name: 'آدا لوفلايس (Ada) ابنة بايرون', email: 'ada@example.com' },
  nameless: { name: null, email: null },
};
for (const [kind, claims] of Object.entries(names)) {
  test(`You are signed in: a name that is ${kind}`, async () => {
    await scene.provider.set({ idTokenClaims: claims });
    const user = await scene.user();
    const { page, code, stderr } = await user.login();
    assert.equal(code, 0, stderr);
    await looksRight(`signed-in-${kind}`, page.text, /You are signed in/);
  });
}

test('Sign-in failed: denied, and with a long text of the server', async () => {
  const user = await scene.user();
  await scene.provider.set({ denyAccess: true });
  await looksRight('denied', (await user.login()).page.text, /Sign-in failed/);
  await scene.provider.set({ denyAccess: null, idTokenClaims: { iss: `https://${'evil.example.com/<b>'.repeat(30)}` } });
  await looksRight('failed-long', (await user.login()).page.text, /Sign-in failed.*evil\.example\.com/s);
});

test('what else is asked of the listener, while it waits and of another user', async () => {
  const user = await scene.user();
  const login = await user.startLogin();
  const { origin } = new URL(login.short);
  const get = async (path, init) => (await fetch(origin + path, init)).text();
  await looksRight('unexpected', await get('/callback?code=x&state=y'), /Unexpected sign-in/);
  await looksRight('empty', await get('/callback'), /No response received/);
  await looksRight('not-found', await get('/nothing'), /Page not found/);
  await looksRight('method', await get('/callback', { method: 'POST' }), /Method not allowed/);
  await looksRight('too-long', await get(`/callback?code=${'x'.repeat(20_000)}`), /Address too long/);
  if (process.getuid() === 0) {
    const html = execFileSync('curl', ['-s', login.short], { uid: 65533, gid: 65533, encoding: 'utf8', env: { PATH: process.env.PATH } });
    await looksRight('other-user', html, /Not your sign-in/);
  }
});

test('You are signed out', async () => {
  const user = await scene.signedIn();
  const logout = user.start(['logout', '--browser']);
  const { left } = await user.browser.start(await user.opened(logout));
  await looksRight('signed-out', (await visit(left.href)).text, /You are signed out/);
  assert.equal((await logout.ended).code, 0);
});

test('Access was granted, and was not', async () => {
  const user = await scene.signedIn(['--scope', 'identities']);
  const ask = async (button) => {
    const running = user.start(['google', 'authorize', '--scope', 'https://www.googleapis.com/auth/drive.readonly']);
    await user.browser.open(await leadsTo(await user.opened(running)));
    const next = await user.browser.submit({}, { button });
    const { left } = next.left ? next : await user.browser.submit({}, { button: 'Continue' });
    const page = await visit(left.href);
    await running.ended;
    return page.text;
  };
  await looksRight('granted', await ask('ada@example.com'), /Access was granted/);
  await looksRight('not-granted', await ask('alan@example.com'), /Access was not granted/);
});
