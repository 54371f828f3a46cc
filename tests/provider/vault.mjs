import { Refusal } from './routes.mjs';

// The Secret Vault: what Google gave last, renewed when it has expired if Google gave a refresh token, too.

const secrets = 'secrets.third_party_token_set';
const social = 'verification_record.social_verification';

export const keep = ({ access_token, scope, token_type, refresh_token, expires_in }) => (
  { access_token, scope, token_type, refresh_token, expiresAt: Date.now() + expires_in * 1000 }
);

const remaining = ({ expiresAt }) => Math.floor((expiresAt - Date.now()) / 1000);

export async function readStored(user, target, { google, switches }) {
  if (switches.tokenStorageOff) delete user.googleTokens;
  const stored = target === 'google' && user.googleTokens;
  if (!stored) throw new Refusal(404, `${secrets}.token_not_found`, 'Third-party token set not found.');
  if (remaining(stored) <= 0) await renew(user, stored, google);
  const { access_token, scope, token_type } = user.googleTokens;
  return { access_token, scope, token_type, expires_in: remaining(user.googleTokens) };
}

// What Google refuses is kept all the same, and asked for again at the next call.
async function renew(user, { refresh_token: refreshToken }, google) {
  if (!refreshToken) {
    delete user.googleTokens;
    throw new Refusal(401, `${secrets}.access_token_expired`, 'The access token has expired.');
  }
  user.googleTokens = keep({ refresh_token: refreshToken, ...await google.renew(refreshToken) });
}

export function replaceStored(user, target, { record, profile, tokens }, switches) {
  if (record.target !== target) throw new Refusal(422, `${social}.invalid_target`, 'The verification is of another target.');
  if (!user.googleId || user.googleId !== profile.sub) {
    throw new Refusal(422, 'user.identity_not_exists_in_current_user', 'The identity does not exist in the current user.');
  }
  if (switches.tokenStorageOff) throw new Refusal(422, `${social}.token_response_not_found`, 'Token response not found.');
  user.googleTokens = keep(tokens);
}
