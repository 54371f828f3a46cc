const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text) => String(text ?? '').replace(/[&<>"']/g, (character) => entities[character]);

// Marks text as markup already; everything else that goes into a template is escaped.
export class Markup extends String {}

export function html(strings, ...values) {
  const show = (value) => (Array.isArray(value) ? value.map(show).join('') : value instanceof Markup ? value : escapeHtml(value));
  return new Markup(String.raw({ raw: strings }, ...values.map(show)));
}

const style = `
:root { color-scheme: light dark; --ink: #191c1d; --soft: #747778; --line: #c4c7c7; --card: #fff; --back: #f3f3f6; --brand: #5d34f2; --bad: #ba1b1b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f7f8f8; --soft: #a9acac; --line: #4a4d4e; --card: #24222c; --back: #16141c; --brand: #7958ff; --bad: #ff897d; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { width: min(400px, 100%); padding: 36px 32px; border-radius: 16px; background: var(--card); box-shadow: 0 4px 24px #0001; }
h1 { margin: 0 0 4px; font-size: 24px; line-height: 1.25; }
p { margin: 0 0 20px; color: var(--soft); overflow-wrap: anywhere; }
form { display: grid; gap: 12px; margin: 0; }
form + form, .apart { margin-top: 12px; }
label { display: grid; gap: 4px; font-size: 14px; }
input[type=text], input[type=password], input:not([type]) { width: 100%; padding: 11px 12px; border: 1px solid var(--line); border-radius: 8px;
  background: none; color: inherit; font: inherit; }
button, .button { display: flex; align-items: center; justify-content: center; gap: 10px; width: 100%; padding: 11px 16px;
  border: 1px solid var(--line); border-radius: 8px; background: none; color: inherit; font: inherit; font-weight: 500; text-decoration: none; cursor: pointer; }
button.main { border-color: var(--brand); background: var(--brand); color: #fff; }
button:hover, .button:hover { filter: brightness(1.08); border-color: var(--brand); }
button.account { justify-content: flex-start; text-align: left; }
.account small { display: block; color: var(--soft); font-weight: 400; }
.badge { display: grid; place-items: center; flex: none; width: 28px; height: 28px; border-radius: 50%; background: #1a73e8; color: #fff; font-weight: 700; }
.or { display: flex; align-items: center; gap: 12px; margin: 20px 0; color: var(--soft); font-size: 14px; }
.or::before, .or::after { content: ''; flex: 1; border-top: 1px solid var(--line); }
.error { padding: 10px 12px; border-radius: 8px; background: color-mix(in srgb, var(--bad) 12%, transparent); color: var(--bad); }
.foot { margin: 20px 0 0; text-align: center; font-size: 14px; }
.code { font: 600 30px/1.2 ui-monospace, monospace; letter-spacing: 2px; text-align: center; color: var(--ink); }
.tick { display: block; overflow-wrap: anywhere; }
ul { margin: 0 0 20px; padding-left: 20px; }
a { color: var(--brand); }
`;

export const page = (title, content) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>${content}</main></body>
</html>`;

export const notice = (error) => (error ? html`<p class="error" role="alert">${error}</p>` : '');

export const messagePage = (title, text, error) => page(title, html`<h1>${title}</h1>${notice(error)}<p>${text}</p>`);

const otherWays = (withGoogle) => (withGoogle ? html`<a class="button" href="/social/google"><span class="badge">G</span>Continue with Google</a>
  <div class="or">or</div>` : '');

const credentialFields = (hint) => html`
  <label>Username <input type="text" name="username" value="${hint}" autocomplete="username" required></label>
  <label>Password <input type="password" name="password" autocomplete="current-password" required></label>`;

export const signInPage = ({ appName, hint, error, withGoogle }) => page('Sign in', html`
  <h1>Sign in</h1><p>to continue to ${appName}</p>${notice(error)}
  ${otherWays(withGoogle)}
  <form method="post" action="/sign-in">${credentialFields(hint)}<button class="main">Sign in</button></form>
  <p class="foot">No account yet? <a href="/register">Create account</a></p>`);

export const registerPage = ({ appName, hint, error, withGoogle }) => page('Create account', html`
  <h1>Create your account</h1><p>to continue to ${appName}</p>${notice(error)}
  ${otherWays(withGoogle)}
  <form method="post" action="/register">${credentialFields(hint)}<button class="main">Create account</button></form>
  <p class="foot">Already have an account? <a href="/sign-in">Sign in</a></p>`);

export const consentPage = ({ appName, userName, scopes, cancelUri }) => page('Authorize', html`
  <h1>${appName}</h1><p>wants to access the account of ${userName}</p>
  <ul>${scopes.map((scope) => html`<li>${scope}</li>`)}</ul>
  <form method="post" action="/consent"><button class="main">Authorize</button></form>
  <a class="button apart" href="${cancelUri}">Cancel</a>`);

export function selfSubmittingPage(title, form, fields) {
  const inputs = Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`).join('');
  return page(title, `<h1>${escapeHtml(title)}</h1>${form.replace('</form>', `${inputs}<noscript><button>Continue</button></noscript></form>`)}
<script>document.forms[0].submit()</script>`);
}

export const accountsPage = ({ clientName, accounts }) => page('Choose an account', html`
  <h1><span style="color:#1a73e8">Stand-in Google</span></h1><p>Choose an account to continue to ${clientName}</p>
  ${accounts.map(({ sub, name, email }) => html`
    <form method="post" action="/accounts"><button class="account" name="account" value="${sub}">
      <span class="badge">${name[0]}</span><span>${name}<small>${email}</small></span></button></form>`)}
  <a class="button apart" href="/cancel">Cancel</a>`);

export const googleConsentPage = ({ clientName, account, scopes }) => page('Consent', html`
  <h1>Sign in to ${clientName}</h1><p>${account.email}</p>
  <p>Your name, e-mail address and picture will be shared with ${clientName}.</p>
  <form method="post" action="/consent">${scopes.map((scope) => html`
    <label class="tick"><input type="checkbox" name="${scope}" value="yes" checked> ${scope}</label>`)}<button class="main">Continue</button></form>
  <a class="button apart" href="/cancel">Cancel</a>`);
