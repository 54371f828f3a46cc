// The sources keep to the layers and to the outside libraries that docs/architecture.md documents.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { files, read, root } from './program.mjs';

const architecture = read('docs/architecture.md');
const sources = files(/^(src|cmd)\/.*\.[ch]$/);
const moduleOf = (file) => file.split('/').at(-2);
const includes = (file, [open, close]) => [...read(file).matchAll(new RegExp(`^\\s*#\\s*include\\s+${open}([^${close}]+)${close}`, 'gm'))]
  .map(([, name]) => name);

// The picture, " argv ─► cmd/ ─► session/ ─► logto/ · oidc/ ─► …", as a list of layers, highest first.
function layersOf(text) {
  const picture = text.split('\n').find((line) => line.includes(' ─► '));
  return picture.split('─►').slice(1).map((layer) => [...layer.matchAll(/(\w+)\//g)].map(([, name]) => name));
}

// The table "library | its headers | included by".
function librariesOf(text) {
  const rows = text.split(/^\| library .*\n\|[-|]+\n/m)[1].split('\n\n')[0].split('\n');
  const quoted = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
  return rows.map((row) => row.split('|')).map(([, name, headers, places]) => ({ name: name.trim(), headers: quoted(headers), places: quoted(places) }));
}

const layers = layersOf(architecture);
const libraries = librariesOf(architecture);
const modules = layers.flat();
const below = (module) => layers.slice(layers.findIndex((layer) => layer.includes(module)) + 1).flat();

test('the picture has every module once', () => {
  const folders = new Set(sources.map(moduleOf));
  assert.deepEqual([...modules].sort(), [...folders].sort());
  assert.ok(layers.length >= 6);
});

const design = path.join(root, '../shared/design.md');
test('the design draws the same layers', { skip: existsSync(design) ? false : 'there is no ../shared/design.md' }, () => {
  assert.deepEqual(layersOf(readFileSync(design, 'utf8')), layers);
});

for (const module of modules) {
  test(`${module}/ includes only itself and lower layers`, () => {
    const allowed = [module, ...below(module)];
    for (const file of sources.filter((name) => moduleOf(name) === module)) {
      for (const name of includes(file, '""')) assert.ok(allowed.includes(name.split('/')[0]), `${file} includes ${name}`);
    }
  });
}

test('the linker is told of lower layers only', () => {
  for (const file of files(/^src\/\w+\/CMakeLists\.txt$/)) {
    const [, module, links] = /^module\((\w+)(?: LINKS((?: [a-z]+)+))?/m.exec(read(file));
    assert.equal(module, moduleOf(file));
    for (const name of (links ?? '').split(' ').filter(Boolean)) assert.ok(below(module).includes(name), `${file}: ${name}`);
  }
});

const belongs = (header, { headers }) => headers.some((one) => `<${header}>`.startsWith(one.split('*')[0]));
for (const library of libraries) {
  test(`${library.name} is included where the table says`, () => {
    const users = sources.filter((file) => includes(file, '<>').some((header) => belongs(header, library)));
    assert.ok(users.length > 0);
    for (const file of users) assert.ok(library.places.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place)), file);
    for (const place of library.places) assert.ok(users.some((file) => file.startsWith(place)), `${place} does not include it`);
  });
}

test('there is no outside library that the table lacks', () => {
  const installed = execFileSync('dpkg', ['-L', 'libc6-dev', 'linux-libc-dev'], { encoding: 'utf8' });
  const libc = new Set([...installed.matchAll(/\/include\/(?:\w+-linux-gnu\w*\/)?(.+\.h)$/gm)].map(([, name]) => name));
  const compiler = execFileSync('cc', ['-print-file-name=include'], { encoding: 'utf8' }).trim();
  for (const file of sources) {
    for (const header of includes(file, '<>')) {
      const known = libc.has(header) || existsSync(path.join(compiler, header)) || libraries.some((library) => belongs(header, library));
      assert.ok(known, `${file} includes <${header}>`);
    }
  }
});
