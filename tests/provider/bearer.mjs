import { verify } from 'node:crypto';

import { decodeJwt, isJwt } from './keys.mjs';

const goodSignature = (token, { publicKey }) => {
  const [header, claims, signature] = token.split('.');
  return verify('sha384', Buffer.from(`${header}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
};

// The claims of an access token that is the tenant's, unexpired and for one of the audiences; else undefined.
export function bearerClaims(req, { keys, issuer, audiences }) {
  const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(req.headers.authorization ?? '') ?? [];
  if (!isJwt(token)) return undefined;
  const [{ kid, alg }, claims] = decodeJwt(token);
  const key = alg === 'ES384' && keys.find(kid);
  const good = key && goodSignature(token, key) && claims.iss === issuer && audiences.includes(claims.aud) && claims.exp > Date.now() / 1000;
  return good ? claims : undefined;
}
