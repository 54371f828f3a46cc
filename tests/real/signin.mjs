// What a user does on the pages of a tenant, whichever it is: fills in what is asked for, and presses the main button.
const identifier = 'input[name="identifier"], input[name="username"]';
const password = 'input[name="password"]';
const main = 'button.main, button[type="submit"], button[name="submit"]';

async function fill(page, selector, text) {
  const field = page.locator(selector).first();
  if (!await field.isVisible()) return;
  if (await field.inputValue() === '') await field.fill(text);
}

// Goes on until `done()`. The pages change under us: what has gone meanwhile is looked for anew.
export async function clickThrough(page, address, { user, password: word, done, seconds = 60 }) {
  const end = Date.now() + seconds * 1000;
  await page.goto(address);
  while (!done()) {
    if (Date.now() > end) throw new Error(`the sign-in ended at ${new URL(page.url()).pathname}: ${(await page.locator('body').innerText()).slice(0, 300)}`);
    try {
      await fill(page, identifier, user);
      await fill(page, password, word);
      const button = page.locator(main).first();
      if (await button.isVisible()) await button.click({ timeout: 2000 });
    } catch (error) {
      if (!/Timeout|navigat|detached|closed|destroyed/i.test(error.message)) throw error;
    }
    await page.waitForTimeout(300);
  }
}
