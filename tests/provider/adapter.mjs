import { errors } from 'oidc-provider';

import { clientMetadata } from './directory.mjs';

const now = () => Date.now();

// Memory storage for one provider. Two things differ from the provider's own: a consumed refresh token counts
// as fresh for a few seconds, as at Logto, and tests may look into it and empty it.
export class Storage {
  #models = new Map();

  constructor({ reuseInterval = () => 0, clients } = {}) {
    this.reuseInterval = reuseInterval;
    this.clients = clients;
  }

  adapter = (model) => (model === 'Client' && this.clients ? { find: this.clients } : new Adapter(this, model));

  of(model) {
    if (!this.#models.has(model)) this.#models.set(model, new Map());
    return this.#models.get(model);
  }

  // Everything that a user has been given.
  forget(accountId) {
    for (const rows of this.#models.values()) {
      for (const [id, { payload }] of rows) if (payload.accountId === accountId) rows.delete(id);
    }
  }

  clear(...models) {
    for (const model of models.length ? models : this.#models.keys()) this.of(model).clear();
  }
}

class Adapter {
  constructor(storage, model) {
    Object.assign(this, { storage, model });
  }

  get rows() {
    return this.storage.of(this.model);
  }

  // Nothing is thrown away when it expires: the provider looks at `exp` itself, and says so.
  async upsert(id, payload) {
    this.rows.set(id, { payload, consumedAt: this.rows.get(id)?.consumedAt });
  }

  async find(id) {
    const row = this.rows.get(id);
    if (!row) return undefined;
    const { consumedAt, payload } = row;
    const leeway = this.model === 'RefreshToken' ? this.storage.reuseInterval() * 1000 : 0;
    return consumedAt && now() - consumedAt >= leeway ? { ...payload, consumed: Math.floor(consumedAt / 1000) } : payload;
  }

  async findBy(field, value) {
    const entry = [...this.rows].find(([, { payload }]) => payload[field] === value);
    return entry && this.find(entry[0]);
  }

  findByUid(uid) {
    return this.findBy('uid', uid);
  }

  findByUserCode(userCode) {
    return this.findBy('userCode', userCode);
  }

  // The leeway runs from the first use; a later use inside it does not prolong it.
  async consume(id) {
    const row = this.rows.get(id);
    if (row) row.consumedAt ??= now();
  }

  async destroy(id) {
    this.rows.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const [id, { payload }] of this.rows) {
      if (payload.grantId === grantId) this.rows.delete(id);
    }
  }
}

// Logto answers an unknown client with 400 and names it, where the provider alone would say 401.
export async function findClient(id) {
  const metadata = clientMetadata(id);
  if (!metadata) throw new errors.InvalidClient(`invalid client ${id}`, 'client not found');
  return metadata;
}
