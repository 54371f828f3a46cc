import { firstResources, firstRoles } from './directory.mjs';

// The APIs of the tenant, their permissions and the roles that grant them: what the Management API can change.
export class Catalog {
  constructor(more = []) {
    this.more = more;
    this.reset();
  }

  reset() {
    this.serial = 0;
    this.resources = [...firstResources, ...this.more].map(({ name, indicator, scopes }, i) => (
      { id: `resource${String(i + 1).padStart(13, '0')}`, name, indicator, scopes: scopes.map((scope) => this.scope(scope)) }
    ));
    this.roles = firstRoles.map(({ scopes, ...role }) => ({ ...role, scopeIds: this.idsOf(scopes) }));
  }

  nextId(kind) {
    this.serial += 1;
    return kind + String(this.serial).padStart(21 - kind.length, '0');
  }

  add({ name, indicator }) {
    const resource = { id: this.nextId('resource'), name, indicator, scopes: [] };
    this.resources.push(resource);
    return resource;
  }

  // With an API go its permissions, also from the roles.
  remove(id) {
    const gone = this.resources.find((resource) => resource.id === id);
    const scopeIds = new Set(gone.scopes.map((scope) => scope.id));
    this.resources = this.resources.filter((resource) => resource !== gone);
    for (const role of this.roles) role.scopeIds = role.scopeIds.filter((scopeId) => !scopeIds.has(scopeId));
  }

  scope(name, description = null) {
    return { id: this.nextId('scope'), name, description };
  }

  idsOf(names) {
    return this.resources.flatMap(({ scopes }) => scopes).filter(({ name }) => names.includes(name)).map(({ id }) => id);
  }

  find(indicator) {
    return this.resources.find((resource) => resource.indicator === indicator);
  }

  // The names of an API's permissions, and those of them that a user's roles grant.
  scopesOf(indicator) {
    return this.find(indicator)?.scopes.map(({ name }) => name);
  }

  permitted(user, indicator) {
    const granted = new Set(this.rolesOf(user).flatMap(({ scopeIds }) => scopeIds));
    return this.find(indicator)?.scopes.filter(({ id }) => granted.has(id)).map(({ name }) => name) ?? [];
  }

  rolesOf(user) {
    return this.roles.filter(({ id }) => user.roles.includes(id));
  }
}
