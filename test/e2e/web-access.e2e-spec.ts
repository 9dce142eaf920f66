import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { accessibilityViolations, describeInBrowser, TestBrowser } from './harness/browser';
import { sendLogs } from './harness/client';
import { startProduct, type ProductProcess } from './harness/product';

jest.setTimeout(30_000);

const PASSWORD = 'correct horse battery staple';

/** Does something with the session of the page that no page does yet. */
async function post(page: Page, path: string, body: object): Promise<number> {
  return page.evaluate(
    async ([target, payload]) => {
      const session = (await (await fetch('/api/v1/session')).json()) as { csrfToken: string };
      const answer = await fetch(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': session.csrfToken },
        body: payload,
      });
      return answer.status;
    },
    [path, JSON.stringify(body)] as const,
  );
}

describeInBrowser('getting in and getting started', () => {
  let product: ProductProcess;
  let browser: TestBrowser;

  beforeAll(async () => {
    product = await startProduct();
    browser = await TestBrowser.launch(product);
  });
  afterEach(() => browser?.closePages());
  afterAll(async () => {
    await browser?.close();
    await product?.dispose();
  });

  it('signs in by the link, which leaves the address and works once', async () => {
    const page = await browser.signInByLink();
    expect(page.url()).toBe(`${browser.origin}/t/e2e/explore`);
    expect(await post(page, '/api/v1/session/password', { newPassword: PASSWORD })).toBe(204);
    await page.goBack();
    expect(page.url()).not.toContain('token');

    const second = await browser.stranger();
    await second.goto(browser.link);
    await second.getByText('A link works once.').waitFor();
    expect(second.url()).not.toContain('token');
    expect(await accessibilityViolations(second)).toEqual([]);
  });

  it('shows how to send the first log, and turns into logs when it arrives', async () => {
    const page = await browser.open('/');
    await page.getByRole('heading', { name: 'Send the first log' }).waitFor();
    await page.getByRole('button', { name: 'Create a key and fill it in' }).click();
    await page.getByText('It is shown only now').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Copy curl command' }).click();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toContain(`${browser.origin}/api/v1/logs/ingest`);
    const answer = JSON.parse(execFileSync('sh', ['-c', `${command} -sS`], { encoding: 'utf8' })) as object;
    expect(answer).toMatchObject({ accepted: 1 });
    await page.locator('[role=rowgroup] [role=row]').getByText('Hello from curl').waitFor({ timeout: 5000 });
    await page.getByTestId('histogram').waitFor();
  });

  it('leads through the sign-in back to the same view when the session ends', async () => {
    await sendLogs(product, [{ message: 'still here' }]);
    const page = await browser.stranger();
    await page.goto('/t/e2e/explore?q=still&range=1h');
    await page.waitForURL('**/sign-in?next=*');
    await page.getByLabel('E-mail').fill('admin@localhost');
    await page.getByLabel('Password').first().fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password').first().fill(PASSWORD);
    await page.keyboard.press('Enter');
    const row = page.locator('[role=rowgroup] [role=row]').getByText('still here');
    await row.waitFor();
    expect(new URL(page.url()).search).toBe('?q=still&range=1h');

    await page.context().clearCookies();
    await page.keyboard.press('r');
    await page.waitForURL('**/sign-in?next=*');
    await page.getByLabel('E-mail').fill('admin@localhost');
    await page.getByLabel('Password').first().fill(PASSWORD);
    await page.keyboard.press('Enter');
    await row.waitFor();
    expect(new URL(page.url()).search).toBe('?q=still&range=1h');

    await page.getByRole('button', { name: 'signed in as admin@localhost' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await page.goto('/t/e2e/explore');
    await page.waitForURL('**/sign-in?next=*');
  });

  it('does not follow a link that leads away after signing in', async () => {
    const page = await browser.stranger();
    await page.goto('/sign-in?next=https%3A%2F%2Fexample.com%2F');
    await page.getByLabel('E-mail').fill('admin@localhost');
    await page.getByLabel('Password').first().fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/t/e2e/explore');
  });

  it('creates a key, shows it once, and revokes it', async () => {
    const page = await browser.open('/settings/keys');
    await page.waitForURL('**/t/e2e/settings/keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByLabel('Name').fill('checkout <b>prod</b>');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const secret = await page.getByLabel('API key', { exact: true }).innerText();
    expect(secret).toMatch(/^lsk_/);
    // A stray key must not lose the secret.
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Node.js' }).click();
    await expect(page.getByLabel('Node.js code', { exact: true }).innerText()).resolves.toContain(
      `apiKey: '${secret}'`,
    );
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await expect(page.content()).resolves.not.toContain(secret);
    expect((await sendLogs(product, [{ message: 'x' }], { key: secret })).status).toBe(202);

    await page.getByRole('button', { name: 'Revoke checkout <b>prod</b>' }).click();
    await page.getByText('applications that send logs with it').waitFor();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText(/^revoked/).waitFor();
    expect((await sendLogs(product, [{ message: 'x' }], { key: secret })).status).toBe(401);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('switches tenants without mixing them, and remembers theme and tenant', async () => {
    const page = await browser.open('/', { colorScheme: 'light' });
    await page.waitForURL('**/t/e2e/explore');
    await page.locator('[role=rowgroup] [role=row]').first().waitFor();
    expect(await post(page, '/api/v1/tenants', { name: 'Second', slug: 'second' })).toBe(201);
    await page.reload();
    await page.getByRole('button', { name: /^Tenant .*switch/ }).click();
    await page.getByRole('menuitem', { name: 'Second' }).click();
    await page.getByRole('heading', { name: 'Send the first log' }).waitFor();
    await expect(page.locator('[role=rowgroup] [role=row]').count()).resolves.toBe(0);
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.goto('/');
    await page.waitForURL('**/t/second/explore');
    await expect(page.locator('html').getAttribute('data-mantine-color-scheme')).resolves.toBe('dark');
    await page.goto('/t/nobodys/explore');
    await page.getByText('There is no tenant “nobodys” for you').waitFor();
    await page.goto('/no/such/page');
    await page.getByText('There is no such page').waitFor();
  });

  it('met no script error and no breach of the content security policy', () => {
    expect(browser.faults).toEqual([]);
  });
});
