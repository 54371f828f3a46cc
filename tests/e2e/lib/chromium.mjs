import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { chromium } from 'playwright-core';

import { removeAtEnd } from './process.mjs';

const quiet = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  '--disable-quic', '--disable-domain-reliability', '--disable-default-apps', '--no-default-browser-check', '--no-pings'];
const hosts = ['localhost', '127.0.0.1', '[::1]'];

// One Chromium for a test file, with nothing of the machine's own; a context in it is one user's browser. It finds no host
// but this one, and the one that is named.
export function openChromium(host) {
  const home = mkdtempSync(`${tmpdir()}/logto-e2e-chromium-`);
  removeAtEnd(home);
  const resolver = `--host-resolver-rules=${['MAP * ~NOTFOUND', ...[...hosts, ...(host ? [host] : [])].map((one) => `EXCLUDE ${one}`)].join(', ')}`;
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: [...quiet, resolver], timeout: 30_000,
    env: { HOME: home, TMPDIR: home, PATH: process.env.PATH, LANG: 'en_US.UTF-8', XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
}

export async function openWindow(browser) {
  const context = await browser.newContext({ locale: 'en-US' });
  context.setDefaultTimeout(20_000);
  return context.newPage();
}

// Logto's own page, filled in by somebody who has a password.
export async function signInAsGrace(page, address) {
  await page.goto(address);
  await page.getByLabel('Username').fill('grace');
  await page.getByLabel('Password').fill('Correct-Horse-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('You are signed in').waitFor();
}

// The clicks of a user at "Google": which account, and the first time whether that is fine.
export async function clickThroughGoogle(page, address, name = 'Ada Lovelace') {
  await page.goto(address);
  await page.getByRole('button', { name }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}
