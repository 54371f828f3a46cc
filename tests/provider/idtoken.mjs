import { createHash } from 'node:crypto';

import { decodeJwt, makeKey, signJwt } from './keys.mjs';

// The left half of the hash that fits ES384.
const accessTokenHash = (accessToken) => createHash('sha384').update(accessToken).digest().subarray(0, 24).toString('base64url');

const stranger = 'stranger0000000000001';

// Each wrong claim, given what was right.
const wrongClaims = {
  wrong_nonce: () => ({ nonce: 'not-the-nonce-that-was-sent' }),
  no_nonce: () => ({ nonce: undefined }),
  wrong_aud: () => ({ aud: stranger }),
  wrong_iss: ({ iss }) => ({ iss: iss.replace('/oidc', '/elsewhere') }),
  expired: ({ iat }) => ({ iat: iat - 7200, exp: iat - 3600 }),
  future_iat: ({ iat }) => ({ iat: iat + 3600, exp: iat + 7200 }),
  no_aud: () => ({ aud: undefined }),
  no_iss: () => ({ iss: undefined }),
  no_sub: () => ({ sub: undefined }),
  no_exp: () => ({ exp: undefined }),
  no_iat: () => ({ iat: undefined }),
  two_aud_no_azp: ({ aud }) => ({ aud: [aud, stranger] }),
  two_aud_with_azp: ({ aud }) => ({ aud: [aud, stranger], azp: aud }),
  wrong_azp: () => ({ azp: stranger }),
  bad_at_hash: () => ({ at_hash: accessTokenHash('another token') }),
  good_at_hash: (_, accessToken) => ({ at_hash: accessTokenHash(accessToken) }),
  wrong_sub: () => ({ sub: 'someoneelse1' }),
  huge: () => ({ padding: 'x'.repeat(128 * 1024) }),
};

const flipLastBit = (token) => {
  const [header, claims, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[bytes.length - 1] ^= 1;
  return [header, claims, bytes.toString('base64url')].join('.');
};

// Each wrong way to sign what is right.
const wrongSignatures = {
  alg_none: ({ claims }) => signJwt({ header: { alg: 'none' }, claims }),
  hmac_public_key: ({ header, claims, key }) => signJwt({
    header: { ...header, alg: 'HS384' }, claims, key: key.publicKey.export({ type: 'spki', format: 'pem' }),
  }),
  bad_signature: (parts) => flipLastBit(signJwt(parts)),
  der_signature: (parts) => signJwt({ ...parts, encoding: 'der' }),
  unknown_key: ({ header, claims }) => {
    const key = makeKey('ES384');
    return signJwt({ header: { ...header, kid: key.kid }, claims, key });
  },
  // A key that is not the issuer's, under the name of one that is.
  foreign_key: ({ header, claims }) => signJwt({ header, claims, key: makeKey('ES384') }),
  missing: () => undefined,
  not_a_jwt: () => 'this-is-not-a-jwt',
};

export const idTokenFaults = [...Object.keys(wrongClaims), ...Object.keys(wrongSignatures)];

// Rewrites the ID token of a token response as the switches say; the one that was issued is the raw material.
export function tamperIdToken({ switches, keys, idToken, accessToken }) {
  const { idToken: fault, idTokenClaims, clockSkew } = switches;
  const [header, issued] = decodeJwt(idToken);
  const shifted = { ...issued, iat: issued.iat + clockSkew, exp: issued.exp + clockSkew };
  const claims = { ...shifted, ...wrongClaims[fault]?.(shifted, accessToken), ...idTokenClaims };
  const parts = { header, claims, key: keys.current };
  return wrongSignatures[fault] ? wrongSignatures[fault](parts) : signJwt(parts);
}
