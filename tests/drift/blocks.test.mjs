// Every example of the README, the documents, the man pages and --help runs as it stands there, at the stand-in tenant: one user
// for a page, who types its examples in their order. One that cannot run says so in a comment before it, with the reason.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

import { useScene } from '../e2e/harness.mjs';
import { shell } from './pages.mjs';
import { files, helpOf, program, read, verbs } from './program.mjs';

const scene = useScene();
const documents = files(/^(README|CONTRIBUTING)\.md$|^docs\/.*\.md$/);
const manuals = files(/^man\/.*\.scd$/);

// Pages whose examples are run one by one, with more to see than an exit status: how many blocks these tests know.
const elsewhere = new Map(Object.entries({
  'docs/ci.md': { yaml: 3, sh: 4 }, // examples.test.mjs
  'docs/other-programs.md': { sh: 7, python: 1, js: 1, hcl: 1 }, // recipes.test.mjs
  'docs/errors.md': { sh: 1, json: 1 }, // recipes.test.mjs, docs.test.mjs
}));

// Blocks that are no commands, by language, and who looks at them.
const others = new Set(['console', // README.md: examples.test.mjs
  'yaml', // docs/kubernetes.md: examples.test.mjs
  'c', // CONTRIBUTING.md: docs.test.mjs
  'text']); // a picture or the options of another program

// { language, code, reason }: the reason stands in the comment before a block that is not run.
function blocksOf(text) {
  const pattern = /(?:(?:<!--|^;) Not run by the tests: ([^>]*?)\.?(?: -->)?\n+)?^( *)```(\w*)\n(.*?)^ *```/gms;
  return [...text.matchAll(pattern)].map(([, reason, indent, language, code]) => ({ language, reason, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }));
}

// scdoc shows two backslashes as one.
const readPage = (page) => (page.endsWith('.scd') ? read(page).replaceAll('\\\\\n', '\\\n') : read(page));

const isCommand = (language) => ['sh', 'crontab'].includes(language);

// Others build and test the program, which the stages of scripts/test do, or are about another program.
const callsProgram = (code) => /(?<!\bman )(?<=^|[\s|;(])logto\s/.test(code);

// A block of a man page has no language; the one that is no command is the config file.
const examplesOf = (page) => blocksOf(readPage(page).split(/^# EXAMPLES$/m)[1]?.split(/^# /m)[0] ?? '')
  .map((block) => ({ ...block, language: block.code.startsWith('{') ? 'json' : 'sh' }));

const notRun = [...documents, ...manuals].flatMap((page) => blocksOf(readPage(page))).filter(({ reason }) => reason).map(({ code }) => code).join('');

// The examples of --help, where an explanation may stand behind a command, and a page may say why it is not run.
const helpExamples = (name) => (helpOf(name).split('\nExamples:\n  ')[1] ?? '').replace(/ {2,}\(.*\)$/gm, '').split(/\n {2}(?=\S)/)
  .filter((example) => example && !notRun.includes(`${example.trim()}\n`));

function count(blocks) {
  const counts = {};
  for (const { language } of blocks) counts[language] = (counts[language] ?? 0) + 1;
  return counts;
}

// ---- the world of the examples ----

// An example with the stand-in in the place of everything that it names.
function here(text) {
  const { endpoint, apiResource, apps, google, organizations } = scene.provider;
  const app = [[/LOGTO_PAT/, apps.exchange], [/--machine|LOGTO_APP_ID/, apps.m2m], [/secret\.txt/, apps.web], [/./, apps.native]].find(([words]) => words.test(text))[1];
  return text.replaceAll(/https:\/\/TENANT\.logto\.app|http:\/\/localhost:3001/g, endpoint).replaceAll('https://api.example.com', apiResource)
    .replaceAll(/https:\/\/www\.googleapis\.com\/(?!auth)\S+/g, `${google}/v1/userinfo`)
    .replaceAll(/ORGANIZATION_ID|ORG_ID/g, organizations[0].id).replaceAll('organization NAME', `organization '${organizations[0].name}'`)
    .replaceAll(/--device-app-id \S+/g, `--device-app-id ${apps.device.id}`).replaceAll('APP_ID=APP_ID', `APP_ID=${app.id}`)
    .replaceAll(/app-id APP_ID/g, `app-id ${app.id}`);
}

const passphrase = 'a long passphrase';
const everything = () => ['--resource', scene.provider.apiResource, '--scope', 'read:things', '--scope', 'write:things', '--scope', 'identities', '--organizations'];

// Somebody who has the program, other profiles, and the files and programs that examples name.
async function reader() {
  const user = await scene.signedIn(everything());
  const { endpoint, google, apps, apiResource } = scene.provider;
  const newcomer = `LOGTO_BIN='${program}' exec '${process.execPath}' '${fileURLToPath(new URL('newcomer.mjs', import.meta.url))}'`;
  user.script('browser', `${newcomer} browser ${endpoint} ${google} "$1" >/dev/null 2>&1`);
  user.script('logto', `case " $* " in *" --no-browser "*|*" --device "*) ${newcomer} logto ${endpoint} ${google} "$@" ;; esac\nexec '${program}' "$@"`);
  for (const [name, script] of [['pg_dump', 'echo dump'], ['gh', 'test -n "$GH_TOKEN"'], ['clean', 'true']]) user.script(name, script);
  for (const profile of ['work', 'old']) for (const [key, value] of [['endpoint', endpoint], ['appId', apps.native.id]]) await user.run(['-p', profile, 'profile', 'set', key, value]);
  const { token } = await scene.provider.mint({ claims: { aud: apiResource } });
  const keys = await (await fetch(`${scene.provider.issuer}/jwks`)).text();
  const texts = { 'token.txt': token, 'tokens.txt': `${token}\n`, 'keys.json': keys, 'photo.png': 'png', 'thing.json': '{}', 'secret.txt': apps.web.secret,
    'app.secret': apps.m2m.secret, 'deploy.sh': '#!/bin/sh\ntest -n "$LOGTO_ACCESS_TOKEN"\n', passphrase };
  for (const [name, text] of Object.entries(texts)) writeFileSync(user.path(`home/${name}`), text, { mode: 0o700 });
  for (const folder of ['photos', '.zfunc', '.config/fish/completions', '.config/logto']) mkdirSync(user.path(`home/${folder}`), { recursive: true });
  Object.assign(user.env, { PATH: `${user.path('bin')}:${user.env.PATH}`, LOGTO_PASSPHRASE_FILE: user.path('home/passphrase'), no_proxy: 'localhost' });
  return user;
}

// A line of a crontab as what cron runs.
const atOnce = ({ language, code }) => (language !== 'crontab' ? code : code.replaceAll('/home/me', '$HOME').replace(/^(\w+=\S+)$/gm, 'export $1').replace(/^(?:[*\/\d]+ ){5}/gm, ''));

// A block that names an endpoint is for somebody who has no profile yet.
async function runs(user, example) {
  const code = atOnce(example);
  const exchange = /LOGTO_PAT/.test(code);
  const env = { ...user.env, LOGTO_PROFILE: /--endpoint/.test(code) ? 'new' : 'default',
    ...(/LOGTO_APP_ID/.test(code) && !exchange && { LOGTO_APP_SECRET: scene.provider.apps.m2m.secret }) };
  const { status, stdout, stderr } = shell({ env }, here(code), { input: exchange ? `${scene.provider.pat}\n` : passphrase });
  assert.equal(status, 0, `${here(code)}\n${stdout}${stderr}`);
}

const commandsOf = (blocks) => blocks.filter(({ language, reason, code }) => isCommand(language) && callsProgram(code) && !reason);

for (const page of documents.filter((name) => !elsewhere.has(name))) {
  const commands = commandsOf(blocksOf(read(page)));
  if (!commands.length) continue;
  test(`${page}: its ${commands.length} examples run`, async () => {
    const user = await reader();
    for (const block of commands) await runs(user, block);
  });
}

test('the examples of the man pages and of --help run', async () => {
  const user = await reader();
  const blocks = [...manuals.flatMap((page) => commandsOf(examplesOf(page))), ...verbs.flatMap(({ name }) => helpExamples(name)).map((code) => ({ code }))];
  assert.ok(blocks.length > 40);
  for (const block of blocks) {
    await runs(user, block);
    if (/logout/.test(block.code)) await user.run(['login', ...everything()]);
  }
});

test('every other block of a document is looked at, or says why not', () => {
  for (const page of documents.filter((name) => !elsewhere.has(name))) {
    for (const { language, reason, code } of blocksOf(read(page))) assert.ok(isCommand(language) || others.has(language) || reason, `${page}: \`\`\`${language}\n${code}`);
  }
});

test('what other tests run is all that these pages have', () => {
  for (const [page, known] of elsewhere) assert.deepEqual(count(blocksOf(read(page))), known, page);
});

test('every man page of a command has examples', () => {
  for (const page of manuals) assert.ok(examplesOf(page).length > 0, page);
});
