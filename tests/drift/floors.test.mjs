// The house keeps its floors: a room includes only rooms below it, and one file a room speaks to an outside library.
import assert from 'node:assert/strict';
import test from 'node:test';

import { files, read } from './program.mjs';

// docs/architecture.md draws the same.
const below = {
  base: [],
  codec: ['base'],
  crypto: ['codec', 'base'],
  net: ['codec', 'base'],
  store: ['codec', 'base'],
  oidc: ['net', 'crypto', 'codec', 'base'],
  logto: ['net', 'codec', 'base'],
  session: ['logto', 'oidc', 'store', 'net', 'crypto', 'codec', 'base'],
  cmd: ['session', 'logto', 'oidc', 'store', 'net', 'crypto', 'codec', 'base'],
};
const siblings = [['crypto', 'net', 'store'], ['oidc', 'logto']];

// Where each outside library may be included; OpenSSL is crypto's own trade, the rest belongs to one file.
const libraries = {
  'openssl/': /^src\/crypto\/|^src\/base\/(secret|memory)\.c$/,
  'cjson/': /^src\/codec\/json\.c$/,
  'curl/': /^src\/net\/http_curl\.c$/,
  'microhttpd': /^src\/net\/loopback\.c$/,
  'libsecret/': /^src\/store\/store_keyring\.c$/,
  'glib': /^src\/store\/store_keyring\.c$/,
  'gio/': /^src\/store\/store_keyring\.c$/,
  'qrencode': /^src\/\w+\/\w+\.c$/,
};

const sources = files(/^(src|cmd)\/.*\.[ch]$/);
const roomOf = (file) => (file.startsWith('cmd/') ? 'cmd' : file.split('/')[1]);
const includes = (file) => [...read(file).matchAll(/^\s*#\s*include\s+[<"]([^>"]+)[>"]/gm)].map(([, name]) => name);

test('the floors themselves are in order', () => {
  for (const row of siblings) for (const room of row) for (const other of row) assert.ok(!below[room].includes(other));
});

for (const room of Object.keys(below)) {
  test(`${room}/ includes only itself and what is below`, () => {
    for (const file of sources.filter((name) => roomOf(name) === room)) {
      for (const name of includes(file)) {
        const target = name.split('/')[0];
        if (target in below && target !== room) assert.ok(below[room].includes(target), `${file} includes ${name}`);
      }
    }
  });
}

for (const [library, allowed] of Object.entries(libraries)) {
  test(`${library} is included by one file or room only`, () => {
    const users = sources.filter((file) => includes(file).some((name) => name.startsWith(library)));
    for (const file of users) assert.match(file, allowed, `${file} includes ${library}`);
    if (!library.startsWith('openssl')) assert.ok(users.length <= 1, users.join(', '));
  });
}
