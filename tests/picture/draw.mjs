// The picture: a terminal and a browser's window, as SVG that needs no script, no font of its own and nothing from elsewhere.
import { createHash } from 'node:crypto';

import { screen } from './screen.mjs';

const fonts = "ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', 'Liberation Mono', Consolas, monospace";
const size = 17;
const advance = size * 0.602;
const line = 24;
const gap = 9;
const bar = 44;
const padding = 22;
const margin = 24;

export const themes = {
  light: {
    window: '#ffffff', bar: '#eef0f4', edge: '#d3d7df', text: '#1f2430', bold: '#11141b', dim: '#6b7280', good: '#12805c', bad: '#b3261e',
    warn: '#8a5a00', note: '#4b57c8', prompt: '#4b57c8', field: '#ffffff', shadow: '#0f1116', strength: 0.14,
  },
  dark: {
    window: '#14171e', bar: '#1e222b', edge: '#343a46', text: '#d5dae4', bold: '#ffffff', dim: '#8d95a5', good: '#5fd6a8', bad: '#ff9b91',
    warn: '#e5b567', note: '#a9b2ff', prompt: '#a9b2ff', field: '#14171e', shadow: '#000000', strength: 0.5,
  },
};

// The windows stand beside each other, or for a narrow screen below each other. The page is as wide and high as in a browser, and
// then drawn at a scale.
export const layouts = {
  wide: { columns: 72, commands: 5, page: { width: 440, height: 600, scale: 0.8 }, below: false, pixels: 1 },
  narrow: { columns: 48, commands: 3, page: { width: 536, height: 600, scale: 1 }, below: true, pixels: 1.25 },
};

export const pictures = Object.keys(layouts).flatMap((layout) => Object.keys(themes).map((theme) => ({
  layout, theme, name: `session${layout === 'wide' ? '' : `-${layout}`}-${theme}`,
})));

// `image` is a data: URL of the page.
export function draw(recording, image, { theme, layout }) {
  const { columns, commands, page, below } = layouts[layout];
  const rows = lines(screen({ steps: recording.steps.slice(0, commands) }, columns));
  const terminal = { x: margin, y: margin, width: Math.ceil(columns * advance) + 2 * padding, height: bar + 2 * padding - 6 + rows.at(-1).bottom };
  const browser = { width: page.width * page.scale, height: page.height * page.scale + bar };
  if (below) Object.assign(browser, { x: margin, y: terminal.y + terminal.height + margin });
  else Object.assign(browser, { x: terminal.x + terminal.width - 18, y: terminal.y + (terminal.height - browser.height) / 2 });
  const width = Math.max(terminal.x + terminal.width, browser.x + browser.width) + margin;
  const height = Math.ceil(Math.max(terminal.y + terminal.height, browser.y + browser.height)) + margin + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="logto in a terminal, and the page that the browser shows">
${style(themes[theme])}
${frame(terminal)}
<text class="title" x="${terminal.x + terminal.width / 2}" y="${terminal.y + 27}">logto</text>
<g class="text">
${rows.map(({ row, bottom }) => row.map((piece) => drawn(piece, terminal.x + padding, terminal.y + bar + padding - 9 + bottom)).join('')).filter(Boolean).join('\n')}
</g>
${frame(browser)}
<rect class="field" x="${browser.x + 84}" y="${browser.y + 9}" width="${browser.width - 104}" height="26" rx="13"/>
<text class="title" x="${browser.x + 84 + (browser.width - 104) / 2}" y="${browser.y + 27}">localhost:3000</text>
<clipPath id="page"><path d="M${browser.x} ${browser.y + bar}h${browser.width}v${browser.height - bar - 12}a12 12 0 0 1-12 12h${24 - browser.width}a12 12 0 0 1-12-12z"/></clipPath>
<image clip-path="url(#page)" x="${browser.x}" y="${browser.y + bar}" width="${browser.width}" height="${browser.height - bar}" href="${image}"/>
<path class="edge" d="M${browser.x} ${browser.y + bar}h${browser.width}"/>
<rect class="edge" x="${browser.x}" y="${browser.y}" width="${browser.width}" height="${browser.height}" rx="12"/>
<!-- page ${createHash('sha256').update(recording.page).digest('hex')} -->
</svg>
`;
}

// Rows with their lower edges; a little space before each command but the first.
function lines(rows) {
  let bottom = -gap;
  return rows.map((row) => {
    bottom += line + (row[0]?.style === 'prompt' ? gap : 0);
    return { row, bottom };
  });
}

function style({ window, bar: barColor, edge, text, bold, dim, good, bad, warn, note, prompt, field, shadow, strength }) {
  return `<style>
.window { fill: ${window}; stroke: ${edge}; }
.bar { fill: ${barColor}; }
.edge { fill: none; stroke: ${edge}; }
.button { fill: ${edge}; }
.field { fill: ${field}; stroke: ${edge}; }
.title { fill: ${dim}; font: 14px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif; text-anchor: middle; }
.text { fill: ${text}; font: ${size}px ${fonts}; }
.bold { fill: ${bold}; font-weight: 600; }
.dim { fill: ${dim}; }
.good { fill: ${good}; }
.bad { fill: ${bad}; }
.warn { fill: ${warn}; }
.note { fill: ${note}; }
.prompt { fill: ${prompt}; font-weight: 600; }
</style>
<filter id="shadow" x="-10%" y="-10%" width="120%" height="125%"><feDropShadow dx="0" dy="8" stdDeviation="14" flood-color="${shadow}" flood-opacity="${strength}"/></filter>`;
}

function frame({ x, y, width, height }) {
  return `<rect class="window" x="${x}" y="${y}" width="${width}" height="${height}" rx="12" filter="url(#shadow)"/>
<path class="bar" d="M${x} ${y + bar}v${12 - bar}a12 12 0 0 1 12-12h${width - 24}a12 12 0 0 1 12 12v${bar - 12}z"/>
<path class="edge" d="M${x} ${y + bar}h${width}"/>
<rect class="edge" x="${x}" y="${y}" width="${width}" height="${height}" rx="12"/>
${[22, 42, 62].map((at) => `<circle class="button" cx="${x + at}" cy="${y + 22}" r="6"/>`).join('')}`;
}

// At its column, and as wide as its characters should be, whatever the font.
function drawn({ column, text, style: name }, x, y) {
  const attributes = `x="${round(x + column * advance)}" y="${y}" textLength="${round([...text].length * advance)}"`;
  return `<text${name ? ` class="${name}"` : ''} ${attributes}>${escaped(text)}</text>`;
}

const round = (number) => Math.round(number * 10) / 10;
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
