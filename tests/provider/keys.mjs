import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';

const algorithms = {
  ES256: { type: 'ec', options: { namedCurve: 'P-256' }, hash: 'sha256' },
  ES384: { type: 'ec', options: { namedCurve: 'P-384' }, hash: 'sha384' },
  ES512: { type: 'ec', options: { namedCurve: 'P-521' }, hash: 'sha512' },
  RS256: { type: 'rsa', options: { modulusLength: 2048 }, hash: 'sha256' },
  PS256: { type: 'rsa', options: { modulusLength: 2048 }, hash: 'sha256', signing: { padding: 6, saltLength: 32 } },
};

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

// RFC 7638: only the required members, in the order of the alphabet, decide a key's name.
function thumbprint({ crv, e, kty, n, x, y }) {
  const required = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}

export function makeKey(alg) {
  const { type, options } = algorithms[alg];
  const { publicKey, privateKey } = generateKeyPairSync(type, options);
  const jwk = publicKey.export({ format: 'jwk' });
  const names = { kty: jwk.kty, use: 'sig', kid: thumbprint(jwk), alg };
  return {
    alg,
    kid: names.kid,
    publicKey,
    privateKey,
    publicJwk: { ...names, ...jwk },
    privateJwk: { ...names, ...privateKey.export({ format: 'jwk' }) },
  };
}

function signature(alg, data, key, encoding) {
  if (alg === 'none') return Buffer.alloc(0);
  if (alg.startsWith('HS')) return createHmac(`sha${alg.slice(2)}`, key).update(data).digest();
  const { hash, signing } = algorithms[alg];
  return sign(hash, Buffer.from(data), { key: key.privateKey, dsaEncoding: encoding ?? 'ieee-p1363', ...signing });
}

// Signs whatever it is told to, sound or not: the hostile tests live on it.
export function signJwt({ header, claims, key, encoding }) {
  const data = `${base64url(header)}.${base64url(claims)}`;
  return `${data}.${signature(header.alg, data, key, encoding).toString('base64url')}`;
}

export const decodeJwt = (token) => token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));

export const isJwt = (token) => typeof token === 'string' && token.split('.').length === 3;

// The tenant's signing keys. Tokens are always ES384; keys of other kinds exist only for /_control/mint.
export class KeyRing {
  #changed = () => {};

  // The first key comes back with a reset, so that what a client has cached stays true from test to test.
  constructor() {
    this.first = makeKey('ES384');
    this.reset();
  }

  onChange(listener) {
    this.#changed = listener;
  }

  reset() {
    this.current = this.first;
    this.previous = [];
    this.minting = new Map();
    this.#changed();
  }

  rotate({ dropOldKey = false } = {}) {
    this.previous = dropOldKey ? [] : [this.current, ...this.previous];
    this.current = makeKey('ES384');
    this.#changed();
  }

  // Only a former key can go.
  retire(kid) {
    const before = this.previous.length;
    this.previous = this.previous.filter((key) => key.kid !== kid);
    this.#changed();
    return this.previous.length < before;
  }

  forAlgorithm(alg) {
    if (alg === this.current.alg) return this.current;
    if (!this.minting.has(alg)) this.minting.set(alg, makeKey(alg));
    return this.minting.get(alg);
  }

  // Of those that sign tokens.
  find(kid) {
    return [this.current, ...this.previous].find((key) => key.kid === kid);
  }

  get signing() {
    return { keys: [this.current, ...this.previous].map((key) => key.privateJwk) };
  }

  get published() {
    return { keys: [this.current, ...this.previous, ...this.minting.values()].map((key) => key.publicJwk) };
  }
}

export const supportedAlgorithms = Object.keys(algorithms);
