// Our URL parser and Node's, which is that of browsers (WHATWG): what we accept, both read alike; what only Node accepts, we refuse for one of
// the reasons below.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accepted, ask } from './answers.mjs';
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

// What a browser repairs, guesses or has a use for, and we have not. Each is refused whole: `tells` whether the text is of that kind.
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

test(`${runs} URLs of seed ${seed}`, (t) => {
  const texts = times(runs, make);
  const answers = ask(texts.map((text) => ['url', text]));
  const counts = { both: 0, neither: 0, 'only Node': 0, 'only we': 0 };
  texts.forEach((text, i) => {
    const theirs = URL.canParse(text);
    const ours = accepted(answers[i]);
    counts[ours && theirs ? 'both' : theirs ? 'only Node' : ours ? 'only we' : 'neither'] += 1;
    if (ours && !theirs) {
      // Punycode that does not decode: a name that does not exist, which no resolver is asked to decode.
      assert.match(new URL(answers[i].replace(/xn--/gi, 'xx--')).hostname, /xx--/, `only we accept ${JSON.stringify(text)}`);
    } else if (ours) {
      // Ours writes IPv4 inside IPv6 as such: compared as Node reads it again.
      assert.equal(canonical(text), canonical(answers[i]), `read differently: ${JSON.stringify(text)}`);
      if (!answers[i].includes('[')) assert.equal(answers[i], canonical(text));
    } else if (theirs) {
      const known = refusals.find(([reason]) => reason.test(answers[i]));
      assert.ok(known?.[1](text), `${JSON.stringify(text)}: ${answers[i]}`);
    }
  });
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.both > runs / 50 && counts['only Node'] > runs / 50 && counts.neither > runs / 50, 'the input is too one-sided');
});
