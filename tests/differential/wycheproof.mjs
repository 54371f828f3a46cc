// wycheproof.mjs DIR: what we say to the signatures of Project Wycheproof, of a checkout in DIR. Prints the valid ones that we refuse, by
// reason, and fails if an invalid one is accepted. Nothing of DIR is kept.
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { accepted, ask } from './answers.mjs';

const directory = process.argv[2];
const vectors = ['testvectors_v1', 'testvectors'].map((name) => join(directory, name)).find(existsSync);
if (!vectors) {
  console.log(`failed: no checkout of Project Wycheproof in '${directory}' (expected a folder testvectors_v1 there)\n# fail 1`);
  process.exit(1);
}

const curves = { secp256r1: ['ES256', 'SHA-256'], secp384r1: ['ES384', 'SHA-384'], secp521r1: ['ES512', 'SHA-512'] };

const publicKey = (group) => (group.publicKeyAsn
  ? createPublicKey({ key: Buffer.from(group.publicKeyAsn, 'hex'), format: 'der', type: 'pkcs1' })
  : createPublicKey({ key: Buffer.from(group.publicKeyDer, 'hex'), format: 'der', type: 'spki' })).export({ format: 'jwk' });

// The algorithm of JOSE that goes with the key of a group, and whether the group's parameters are those of the algorithm.
function algorithmOf(group) {
  if (group.type === 'RsassaPkcs1Verify') return { alg: 'RS256', ours: group.sha === 'SHA-256' };
  if (group.type.startsWith('RsassaPss')) return { alg: 'PS256', ours: group.sha === 'SHA-256' && group.mgf === 'MGF1' && group.mgfSha === 'SHA-256' && group.sLen === 32 };
  const [alg, sha] = curves[group.publicKey.curve];
  return { alg, ours: group.sha === sha };
}

// A case: { request, valid: "valid", "invalid" or "acceptable" for us, tcId, comment }.
function signatureCases(group) {
  const { alg, ours } = algorithmOf(group);
  const keys = publicKey(group);
  // Of other parameters only the valid ones: that they are refused. An invalid one could be valid by ours.
  return group.tests.filter((test) => ours || test.result === 'valid').map((test) => ({
    request: ['signature', keys, { alg }, Buffer.from(test.msg, 'hex'), Buffer.from(test.sig, 'hex')],
    valid: ours ? test.result : 'invalid',
    tcId: test.tcId,
    comment: ours ? test.comment : `${test.comment} (signed with other parameters)`,
  }));
}

function tokenCases(group) {
  const keys = group.public ?? group.private;
  return group.tests.filter((test) => test.jws !== undefined).map((test) => ({
    request: ['jws', keys, typeof test.jws === 'string' ? test.jws : JSON.stringify(test.jws)], valid: test.result, tcId: test.tcId, comment: test.comment,
  }));
}

const files = readdirSync(vectors).filter((name) => /^(json_web_(signature|key|crypto)|ecdsa_secp(256|384|521)r1_sha\d+_p1363|rsa_signature_\d+_sha\w+|rsa_pss_\w+)_test\.json$/.test(name));
const counts = { files: files.length, valid: 0, invalid: 0, acceptable: 0 };
const reasons = new Map();
const wrong = [];

for (const file of files) {
  const { testGroups } = JSON.parse(readFileSync(join(vectors, file)));
  const cases = testGroups.flatMap(file.startsWith('json_web') ? tokenCases : signatureCases);
  const answers = cases.length > 0 ? ask(cases.map(({ request }) => request)) : [];
  cases.forEach((test, i) => {
    counts[test.valid]++;
    if (accepted(answers[i]) && test.valid === 'invalid') wrong.push(`${file} ${test.tcId}: ${test.comment}: ${answers[i]}`);
    if (!accepted(answers[i]) && test.valid !== 'invalid') {
      const reason = answers[i].replace(/^refused: /, '').replace(/(by|key|line) [\w.-]+/g, '$1 …');
      reasons.set(reason, [...(reasons.get(reason) ?? []), `${file.replace('_test.json', '')} ${test.tcId}`]);
    }
  });
}

const total = counts.valid + counts.invalid + counts.acceptable;
console.log(`${counts.files} files, ${total} signatures: ${counts.valid} valid, ${counts.acceptable} acceptable, ${counts.invalid} invalid`);
console.log(`accepted but invalid: ${wrong.length}`);
wrong.forEach((line) => console.log(`failed: ${line}`));
console.log(`refused but valid or acceptable: ${[...reasons.values()].flat().length}`);
for (const [reason, where] of [...reasons].sort((a, b) => b[1].length - a[1].length)) {
  console.log(`  ${String(where.length).padStart(5)}  ${reason}  (${where[0]}${where.length > 1 ? ', …' : ''})`);
}
console.log(`# pass ${total - wrong.length}\n# fail ${wrong.length}`);
process.exitCode = wrong.length > 0 || total === 0 ? 1 : 0;
