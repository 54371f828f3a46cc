// Our URL parser, Node's, which is that of browsers (WHATWG), and libcurl's: what we accept, all read alike; what only another accepts, we refuse
// for one of the reasons below.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accepted, ask, askReferences } from './answers.mjs';
import { below, chance, mutate, pick, runs, seed, times } from './seed.mjs';

const hosts = ['localhost', 'a.example', 'EXAMPLE.com', '127.0.0.1', '127.1', '0x7f.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '[2001:DB8::0:1]', '[::1%25lo]',
  'xn--bcher-kva.example', 'bücher.example', 'a_b.example', 'a..b', '.a', 'a.', '-a.example', '1.2.3.4.5', '08.1.1.1', '%6c%6f.example', '010.0.0.1', '1.2.3.256', '', 'ａ.example', 'a\u00ad.b'];
const schemes = ['http://', 'https://', 'HTTPS://', 'http:', 'http:/', 'http:///', 'ftp://', '//', 'https:\\\\', ' https://', 'https://user@', 'https://u:p@', 'javascript:'];
const ports = ['', '', '', ':80', ':443', ':8080', ':0', ':65535', ':65536', ':080', ':', ':8a', ':-1', ': 80'];
const segments = ['a', 'b.c', '..', '.', '%2e', '%2E%2e', '.%2e', '%2f', '%5c..', ';x', '..;a', '', 'ä', 'a b', "it's", '{x}', '"', '%', '%zz', '%00', 'a\\b', '\t', '~', '!$&()*+,;=:@'];
const queries = ['', '', '?', '?a=b', '?a=b&c=d', "?q='x'", '?a?b', '?a b', '?%', '?"', '#f', '?a#f', '?ä'];
const alphabet = [...'abz09.:/?#[]@%\\ -_~!$&\'()*+,;="<>^`{|}', '\t', '\n', '\u0001', '\u007f', 'ä', 'ı', '。', '\u200b', '😀', 'ß'];

// Half of them of sound parts and changed a little; of the others, any part may be anything.
const sound = { schemes: schemes.slice(0, 3), hosts: hosts.filter((host) => /^[\w-]+(\.[a-z]\w*)*$|^127\.0|^\[::1\]$/.test(host) && !/^\d+$/.test(host)),
  ports: ports.slice(0, 6), segments: ['a', 'b.c', ';x', '', '~', '!$&()*+,;=:@', "it's", '%20'], queries: queries.slice(0, 7) };
const anything = { schemes, hosts, ports, segments, queries };
const make = () => {
  const from = chance(0.5) ? sound : anything;
  const path = times(below(4), () => `/${pick(from.segments)}`).join('');
  const text = `${pick(from.schemes)}${pick(from.hosts)}${pick(from.ports)}${path}${pick(from.queries)}`;
  return chance(0.6) ? mutate(text, alphabet) : text;
};

// What others repair, guess or have a use for, and we have not. Each is refused whole: `tells` whether the text is of that kind.
const refusals = [
  [/must begin with/, (text) => !/^https?:\/\//i.test(text)],
  [/character in the host name/, (text) => /[^\w.-]/.test(hostOf(text))],
  [/user name or password/, (text) => authorityOf(text).includes('@')],
  [/label of the host name|host name is too long|missing host/, (text) => /\.\.|^\.|\.$|^$|[^.]{64}/.test(hostOf(text)) || hostOf(text).length > 253],
  [/invalid IPv4/, (text) => /(^|\.)(\d+|0x[\da-f]*)$/i.test(hostOf(text))],
  [/invalid IPv6|unexpected text after/, (text) => authorityOf(text).includes('[')],
  [/the port must/, (text) => /:(\D|0|$)|:.*\D/.test(authorityOf(text)) || /:\d{6,}$/.test(authorityOf(text))],
  [/percent-encoded|percent sign/, (text) => /[^\w\-.~!$&'()*+,;=:@/?#%[\]]|%(?![\da-f]{2})|[[\]]/i.test(afterAuthority(text))],
  [/a fragment/, (text) => text.includes('#')],
  [/in the path/, (text) => /(\/|%2f|%5c)(\.|%2e)/i.test(text)],
  [/a NUL/, (text) => text.includes('\0')],
];
const authorityOf = (text) => /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
const hostOf = (text) => authorityOf(text).replace(/:.*/s, '');
const afterAuthority = (text) => text.replace(/^https?:\/\/[^/?#]*/i, '');

// A browser encodes the ' of a query, and keeps a ? with nothing behind it; we do neither.
const canonical = (text) => {
  const { href, search } = new URL(text);
  return (search === '' ? href.replace(/\?$/, '') : href).replaceAll('%27', "'");
};

// Not URL.canParse(), which takes Latin-1 for UTF-8 once V8 has optimized the caller (Node 22).
function parses(text) {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

const texts = times(runs, make);
const answers = ask(texts.map((text) => ['url', text]));

// Counts who accepts; what only we accept is judged by `onlyWe`, what both accept by `alike`.
function compare(t, theirs, { alike, onlyWe }) {
  const counts = { both: 0, neither: 0, 'only the other': 0, 'only we': 0 };
  texts.forEach((text, i) => {
    const ours = accepted(answers[i]);
    counts[ours && theirs[i] ? 'both' : theirs[i] ? 'only the other' : ours ? 'only we' : 'neither'] += 1;
    if (ours && theirs[i]) alike(text, answers[i], theirs[i]);
    else if (ours) onlyWe(text, answers[i]);
    else if (theirs[i]) {
      const known = refusals.find(([reason]) => reason.test(answers[i]));
      assert.ok(known?.[1](text), `${JSON.stringify(text)}: ${answers[i]}`);
    }
  });
  t.diagnostic(JSON.stringify(counts));
  assert.ok(['both', 'neither', 'only the other'].every((kind) => counts[kind] > runs / 50), 'the input is too one-sided');
}

test(`${runs} URLs of seed ${seed}, and Node`, (t) => {
  compare(t, texts.map(parses), {
    alike(text, ours) {
      // Ours writes IPv4 inside IPv6 as such: compared as Node reads it again.
      assert.equal(canonical(text), canonical(ours), `read differently: ${JSON.stringify(text)}`);
      if (!ours.includes('[')) assert.equal(ours, canonical(text));
    },
    // Punycode that does not decode: a name that does not exist, which no resolver is asked to decode.
    onlyWe: (text, ours) => assert.match(new URL(ours.replace(/xn--/gi, 'xx--')).hostname, /xx--/, `only we accept ${JSON.stringify(text)}`),
  });
});

// libcurl leaves host and port as they are, and an empty query too.
const defaultPort = { http: '80', https: '443' };
const fromCurl = (answer) => answer.replace(/^(\w+):\/\/([^/]*):(\d+)\//, (_, scheme, host, port) => (
  `${scheme}://${host.toLowerCase()}${port === defaultPort[scheme] ? '' : `:${port}`}/`)).replace(/^([^?]*)\?$/, '$1');

test(`${runs} URLs of seed ${seed}, and libcurl`, (t) => {
  const theirs = askReferences(texts.map((text) => ['url', text])).map((answer) => accepted(answer) && fromCurl(answer));
  compare(t, theirs, {
    alike: (text, ours, read) => assert.equal(read, ours, `read differently: ${JSON.stringify(text)}`),
    onlyWe: (text) => assert.fail(`only we accept ${JSON.stringify(text)}`),
  });
});
