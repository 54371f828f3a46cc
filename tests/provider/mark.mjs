// Lets a test plant a word in every code and opaque token, and look for it where it must not be.
export function markSecrets(provider, prefix) {
  for (const model of ['AccessToken', 'RefreshToken', 'AuthorizationCode']) {
    const { prototype } = provider[model];
    const { generateTokenId } = prototype;
    prototype.generateTokenId = function generateMarkedTokenId() {
      return prefix() + generateTokenId.call(this).slice(prefix().length);
    };
  }
}
