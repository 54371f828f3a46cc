// The browser of a demo without a display: opens the URL, clicks as a user would, and logs what it sees.
//   node scripts/demo-browser.mjs ADDRESS LOG
import { appendFileSync } from 'node:fs';

import { clickThroughGoogle, openChromium, openWindow } from '../tests/e2e/lib/chromium.mjs';

const [address, log] = process.argv.slice(2);
const write = (line) => appendFileSync(log, `${line}\n`);

setTimeout(() => {
  write('end: out of time');
  process.exit(1);
}, 90_000).unref();

write(`pid ${process.pid}`);
try {
  const browser = await openChromium();
  const page = await openWindow(browser);
  page.on('framenavigated', (frame) => { if (frame === page.mainFrame()) write(`say at ${new URL(frame.url()).origin}${new URL(frame.url()).pathname}`); });
  await clickThroughGoogle(page, address);
  await page.waitForURL((url) => url.hostname === 'localhost' && url.pathname !== '/callback' && !url.search);
  write(`say the last page says "${await page.getByRole('heading').innerText()}"`);
  await browser.close();
  write('end ok');
} catch (error) {
  write(`say ${String(error.message).split('\n')[0]}`);
  write('end: failed');
}
process.exit();
