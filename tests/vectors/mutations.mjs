// Every way to change a signed token without its key, each with the reason for which it must be refused. An oracle of its own:
// nothing here is taken from the program.
const supported = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512'];
const encode = (bytes) => Buffer.from(bytes).toString('base64url');

// What must be said about a token whose signature does not fit any more. `jwk` is the only key there is.
export function reasonFor(header, claims, jwk) {
  const head = parseObject(header);
  if (!head || !parseObject(claims)) return 'malformed';
  if (!supported.includes(head.alg) || 'crit' in head) return 'unsupported_alg';
  if ('kid' in head && head.kid !== jwk.kid) return 'unknown_key';
  return head.alg === jwk.alg ? 'bad_signature' : 'unknown_key';
}

function parseObject(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) && !hasDuplicate(text, value) ? value : null;
  } catch {
    return null;
  }
}

// The objects here are flat, so that names can be counted.
const hasDuplicate = (text, value) => (text.match(/"(?:[^"\\]|\\.)*"\s*:/g) ?? []).length !== Object.keys(value).length;

function flip(bytes, bit) {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}

// Every `step`th bit of every part's bytes, and of the token's own text.
export function* flippedBits(token, jwk, step) {
  const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'));
  for (const [index, part] of parts.entries()) {
    for (let bit = 0; bit < part.length * 8; bit += step) {
      const changed = parts.map((bytes, other) => (other === index ? flip(bytes, bit) : bytes));
      yield { what: `bit ${bit} of part ${index}`, token: changed.map(encode).join('.'), reason: reasonFor(changed[0], changed[1], jwk) };
    }
  }
  for (let bit = 0; bit < token.length * 8; bit += step) {
    const text = flip(Buffer.from(token), bit).toString('latin1');
    if (!/[\r\n]/.test(text)) yield { what: `bit ${bit} of the text`, token: text, reason: undefined };
  }
}

// Each member of header and payload changed or taken away, one added, with the old signature.
export function* changedMembers(token, jwk) {
  const [header, claims, signature] = token.split('.');
  const parse = (part) => JSON.parse(Buffer.from(part, 'base64url'));
  const variants = (object) => Object.keys(object).flatMap((name) => {
    const { [name]: value, ...without } = object;
    return [[`without ${name}`, without], [`${name} changed`, { ...object, [name]: typeof value === 'number' ? value + 1 : `${value}x` }],
      [`${name} null`, { ...object, [name]: null }], [`${name} a list`, { ...object, [name]: [value] }]];
  }).concat([['one more', { ...object, more: true }]]);
  for (const [what, changed] of variants(parse(header))) {
    const text = JSON.stringify(changed);
    yield { what: `header ${what}`, token: `${encode(text)}.${claims}.${signature}`, reason: reasonFor(Buffer.from(text), Buffer.from(claims, 'base64url'), jwk) };
  }
  for (const [what, changed] of variants(parse(claims))) {
    yield { what: `payload ${what}`, token: `${header}.${encode(JSON.stringify(changed))}.${signature}`, reason: 'bad_signature' };
  }
}

// Other text that would decode to the same bytes, or almost.
export function* changedText(token) {
  const [header, claims, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const cut = [0, 1, bytes.length >> 1, bytes.length - 1];
  for (const length of cut) yield { what: `signature of ${length} bytes`, token: `${header}.${claims}.${encode(bytes.subarray(0, length))}`, reason: 'bad_signature' };
  yield { what: 'signature longer by a zero', token: `${header}.${claims}.${encode(Buffer.concat([bytes, Buffer.from([0])]))}`, reason: 'bad_signature' };
  yield { what: 'a zero before the signature', token: `${header}.${claims}.${encode(Buffer.concat([Buffer.from([0]), bytes]))}`, reason: 'bad_signature' };
  yield { what: 'signature of zeros', token: `${header}.${claims}.${encode(Buffer.alloc(bytes.length))}`, reason: 'bad_signature' };
  yield { what: 'signature of ones', token: `${header}.${claims}.${encode(Buffer.alloc(bytes.length, 0xff))}`, reason: 'bad_signature' };
  yield { what: 'header and payload exchanged', token: `${claims}.${header}.${signature}`, reason: 'unsupported_alg' };
  for (const [what, text] of [['padding', `${token}=`], ['two of padding', `${token}==`], ['a dot before', `.${token}`], ['a dot behind', `${token}.`],
    ['a fourth part', `${token}.${signature}`], ['no signature', `${header}.${claims}`], ['space inside', `${header}. ${claims}.${signature}`],
    ['plain base64', `${header}.${claims}.${signature.slice(0, -4)}+/+/`]]) yield { what, token: text, reason: 'malformed' };
}
