import { randomBytes } from 'node:crypto';

import { ConnectorError } from './connector.mjs';
import { Refusal } from './routes.mjs';
import { connectorById } from './signinexp.mjs';

const invalid = (name) => new Refusal(400, 'guard.invalid_input', `Invalid ${name} in the request body.`);

// The Social Verification API: proof, for ten minutes, that somebody has been at Google. Bound to no user, and
// the state is the client's to check.
export class Verifications {
  #records = new Map();

  constructor({ switches, google }) {
    Object.assign(this, { switches, google });
  }

  reset() {
    this.#records.clear();
  }

  start({ connectorId, redirectUri, state, scope }) {
    for (const [name, value] of Object.entries({ connectorId, redirectUri, state })) {
      if (typeof value !== 'string') throw invalid(name);
    }
    const connector = connectorById(connectorId);
    if (!connector) throw new Refusal(422, 'session.invalid_connector_id', 'The connector id is unknown.');
    const id = randomBytes(16).toString('base64url').slice(0, 21);
    const expiresAt = Date.now() + this.switches.verificationTtl * 1000;
    this.#records.set(id, { target: connector.target, expiresAt });
    const address = this.google.authorizationUrl({ redirectUri, state, scope });
    const authorizationUri = this.switches.authorizationUri?.replaceAll('{}', address) || address;
    return { verificationRecordId: id, authorizationUri, expiresAt: new Date(expiresAt).toISOString() };
  }

  // A failure leaves the record as it was.
  async verify({ verificationRecordId: id, connectorData }) {
    const record = this.#find(id);
    if (typeof connectorData !== 'object' || connectorData === null) throw invalid('connectorData');
    const { code, redirectUri } = connectorData;
    if (!code || !redirectUri) throw new ConnectorError({ status: 400 }, connectorData, 'no code');
    Object.assign(record, await this.google.redeem({ code, redirectUri }));
    return { verificationRecordId: id };
  }

  verified(id) {
    const record = this.#find(id);
    if (!record.profile) throw notFound();
    return { record, profile: record.profile, tokens: record.tokens };
  }

  #find(id) {
    const record = this.#records.get(id);
    if (!record || record.expiresAt <= Date.now()) throw notFound();
    return record;
  }
}

const notFound = () => new Refusal(400, 'verification_record.not_found', 'Verification record not found.');
