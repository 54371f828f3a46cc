import { writeFileSync } from 'node:fs';

import { finish } from './process.mjs';

const scale = 4;

// The picture that a terminal shows of half blocks in colors of their own, each module once: rows of true for dark.
export function modulesOf(screen) {
  const lines = screen.split(/\r?\n/).filter((line) => line.includes('\u2580'));
  return lines.flatMap((line) => {
    const [upper, lower] = [[], []];
    let colors = [];
    for (const [, foreground, background, block] of line.matchAll(/\x1b\[38;5;(\d+);48;5;(\d+)m|(\u2580)/g)) {
      if (foreground) colors = [foreground, background];
      if (!block) continue;
      upper.push(colors[0] === '16');
      lower.push(colors[1] === '16');
    }
    return [upper, lower];
  });
}

// What zbarimg reads in that picture.
export async function decodeQr(screen, file) {
  const modules = modulesOf(screen);
  const rows = modules.flatMap((row) => {
    const wide = row.flatMap((dark) => Array(scale).fill(dark ? 1 : 0)).join(' ');
    return Array(scale).fill(wide);
  });
  writeFileSync(file, `P1\n${(modules[0]?.length ?? 0) * scale} ${rows.length}\n${rows.join('\n')}\n`);
  const { code, stdout, stderr } = await finish('zbarimg', ['--quiet', '--raw', file]);
  if (code !== 0) throw new Error(`zbarimg: ${code} ${stderr}`);
  return stdout.trim();
}
