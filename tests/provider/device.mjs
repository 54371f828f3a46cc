import { Markup, html, messagePage, notice, page } from './pages.mjs';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const problems = {
  NotFoundError: 'That code is not right. Check it and try again.',
  ExpiredError: 'That code has expired.',
  AlreadyUsedError: 'That code has already been used.',
  AbortedError: 'Access denied.',
  NoCodeError: 'Enter the code first.',
};

// Logto has one page, with neither a confirmation after it nor a way to cancel; a complete address fills it in.
const activationPage = (form, error) => page('Device activation', html`
  <h1>Device activation</h1><p>Enter the code shown on your device.</p>
  ${notice(error && (problems[error.name] ?? 'Something went wrong. Start again on your device.'))}
  ${new Markup(form.replace('</form>', '<button class="main">Continue</button></form>'))}`);

const confirmed = '<input type="hidden" name="confirm" value="yes"/></form>';

export const deviceFlow = {
  enabled: true,
  userCodeInputSource(ctx, form, out, error) {
    ctx.body = activationPage(form.replace('</form>', confirmed), error);
  },
  userCodeConfirmSource(ctx, form) {
    ctx.body = activationPage(form.replace('type="hidden" name="user_code"', 'type="text" name="user_code"'));
  },
  successSource(ctx) {
    ctx.body = messagePage('Your device is now connected!', 'You can close this window and go back to your device.');
  },
};

// Logto never says `slow_down`, but RFC 8628 has it and other providers do.
export function slowDown({ provider, switches }) {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token' || ctx.oidc?.params?.grant_type !== deviceGrant) return;
    if (ctx.body?.error === 'authorization_pending' && switches.takeOne('slowDown')) {
      ctx.body = { ...ctx.body, error: 'slow_down', error_description: 'polling too fast' };
    }
  });
}
