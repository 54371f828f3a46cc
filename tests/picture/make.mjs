// Writes docs/picture/: see scripts/picture.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { openChromium } from '../e2e/lib/chromium.mjs';
import { startProvider } from '../provider/testing.mjs';
import { draw, layouts, pictures } from './draw.mjs';
import { record } from './record.mjs';

const folder = fileURLToPath(new URL('../../docs/picture/', import.meta.url));
const url = (type, data) => `data:${type};base64,${data.toString('base64')}`;

const provider = await startProvider();
const recording = await record(provider).finally(() => provider.stop());
const browser = await openChromium();
mkdirSync(folder, { recursive: true });
for (const picture of pictures) await write(picture);
await browser.close();

async function write({ theme, layout, name }) {
  const { page: { width: pageWidth, height: pageHeight }, pixels } = layouts[layout];
  const page = await photograph(recording.page, { width: pageWidth, height: pageHeight, theme, scale: 1.5 });
  const svg = draw(recording, url('image/png', page), { theme, layout });
  const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/);
  writeFileSync(`${folder}${name}.svg`, svg);
  const html = `<body style="margin:0"><img src="${url('image/svg+xml', Buffer.from(svg))}" style="display:block">`;
  writeFileSync(`${folder}${name}.png`, await photograph(html, { width: Number(width), height: Number(height), theme, scale: pixels }));
  for (const file of [`${name}.svg`, `${name}.png`]) console.log(`docs/picture/${file}: ${Math.ceil(statSync(folder + file).size / 1000)} kB`);
}

async function photograph(html, { width, height, theme, scale }) {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, colorScheme: theme });
  const page = await context.newPage();
  await page.setContent(html, { waitUntil: 'load' });
  const image = await page.screenshot({ omitBackground: true });
  await context.close();
  return image;
}
