// The tenant that the cases run against: that of the file LOGTO_REAL_ENV, or the stand-in, described by such a file too.
import { readFileSync } from 'node:fs';

import { startProvider } from '../provider/testing.mjs';

export const keys = ['LOGTO_ENDPOINT', 'NATIVE_APP_ID', 'DEVICE_APP_ID', 'WEB_APP_ID', 'WEB_APP_SECRET', 'MGMT_APP_ID', 'MGMT_APP_SECRET',
  'MGMT_RESOURCE', 'THIRD_PARTY_APP_ID', 'TOKEN_EXCHANGE_APP_ID', 'RESOURCE', 'READ_SCOPE', 'WRITE_SCOPE', 'ORG_ID', 'ALICE_USER', 'ALICE_ID',
  'PASSWORD', 'BOB_USER', 'RESOURCE_ID', 'ROLE_ID'];

// KEY=value, one a line; what follows a # at the start of a line is a comment. Keys of no use here are let pass.
function parse(text) {
  const pairs = text.split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#')).map((line) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    if (!name) throw new Error(`not KEY=value in the environment of the tenant: ${line.split('=')[0]}`);
    return [name, value.replace(/^(['"])(.*)\1$/, '$2')];
  });
  return Object.fromEntries(pairs.filter(([name, value]) => keys.includes(name) && value !== ''));
}

function describe({ endpoint, apps, users, organizations, resources, resourceIds, roles }) {
  const [alice, bob] = users;
  const [resource] = resources;
  return `# the stand-in
LOGTO_ENDPOINT=${endpoint}
NATIVE_APP_ID=${apps.native.id}
DEVICE_APP_ID=${apps.device.id}
WEB_APP_ID=${apps.web.id}
WEB_APP_SECRET=${apps.web.secret}
MGMT_APP_ID=${apps.management.id}
MGMT_APP_SECRET="${apps.management.secret}"
THIRD_PARTY_APP_ID=${apps.thirdParty.id}
TOKEN_EXCHANGE_APP_ID=${apps.exchange.id}
RESOURCE=${resource}
READ_SCOPE=read:things
WRITE_SCOPE=write:things
ORG_ID=${organizations[0].id}
ALICE_USER=${alice.username}
ALICE_ID=${alice.id}
PASSWORD=${alice.password}
BOB_USER=${bob.username}
RESOURCE_ID=${resourceIds[resource]}
ROLE_ID=${roles[0].id}
`;
}

// { env, stop }.
export async function openTenant() {
  if (process.env.LOGTO_REAL_ENV) return { env: parse(readFileSync(process.env.LOGTO_REAL_ENV, 'utf8')), stop() {} };
  const provider = await startProvider();
  return { env: parse(describe(provider)), stop: provider.stop };
}
