// The picture in README.md shows what the program prints and the page that it serves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { useScene } from '../e2e/harness.mjs';
import { draw, layouts, pictures } from '../picture/draw.mjs';
import { record } from '../picture/record.mjs';
import { files, read, root } from './program.mjs';

const scene = useScene();
const image = /data:image\/png;base64,[\w+/=]+/;
const bytes = (file) => readFileSync(path.join(root, file));

test('a recording is what docs/picture/ shows (fix: scripts/picture)', async () => {
  const recording = await record(scene.provider);
  for (const { name, ...picture } of pictures) {
    const drawn = read(`docs/picture/${name}.svg`);
    assert.match(drawn, image);
    assert.equal(drawn.replace(image, ''), draw(recording, '', picture), `docs/picture/${name}.svg is out of date: run scripts/picture`);
  }
});

test('the pictures are small, need nothing from elsewhere, and are as large as each other', () => {
  assert.deepEqual(files(/^docs\/picture\//).sort(), pictures.flatMap(({ name }) => [`docs/picture/${name}.png`, `docs/picture/${name}.svg`]).sort());
  for (const { name, layout } of pictures) {
    const svg = read(`docs/picture/${name}.svg`);
    const png = bytes(`docs/picture/${name}.png`);
    assert.ok(svg.length < 200_000 && png.length < 200_000, name);
    assert.doesNotMatch(svg.replace('http://www.w3.org/2000/svg', '').replace(image, ''), /<script|foreignObject|@font-face|@import|href="[^"]|url\((?!#)/);
    const [, ...size] = svg.match(/viewBox="0 0 (\d+) (\d+)"/).map(Number);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], size.map((side) => Math.ceil(side * layouts[layout].pixels)), name);
  }
});

test('README.md shows each of them', () => {
  const [element] = read('README.md').match(/<picture>.*?<\/picture>/s);
  for (const { name } of pictures) assert.ok(element.includes(`docs/picture/${name}.svg`), name);
  assert.match(element, /alt="[^"]{60,}"/);
});
