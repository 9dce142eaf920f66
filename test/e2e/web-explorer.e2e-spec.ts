import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { accessibilityViolations, describeInBrowser, TestBrowser } from './harness/browser';
import { sendLogs, type SentLog } from './harness/client';
import { startProduct, type ProductProcess } from './harness/product';

jest.setTimeout(30_000);

const EXPLORE = '/t/e2e/explore';
const HOSTILE =
  '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> javascript:alert(1) \u001b[31m\u202Eevil';

function rowsOf(page: Page): ReturnType<Page['locator']> {
  return page.locator('[role=grid] [role=rowgroup] [role=row]');
}

async function messages(page: Page): Promise<string[]> {
  return page.locator('[role=rowgroup] [role=row] > span:nth-child(4)').allInnerTexts();
}

async function waitForCount(page: Page, text: string): Promise<void> {
  await page.getByText(text, { exact: true }).first().waitFor();
}

describeInBrowser('the explorer', () => {
  let product: ProductProcess;
  let browser: TestBrowser;

  beforeAll(async () => {
    product = await startProduct();
    const now = Date.now();
    const logs: SentLog[] = Array.from({ length: 900 }, (_, index) => ({
      timestamp: new Date(now - 5000 - index * 700).toISOString(),
      level: index % 10 === 0 ? 'error' : index % 3 === 0 ? 'debug' : 'info',
      message: index % 10 === 0 ? `connection refused by host ${index}` : `request ${index} served`,
      metadata: { host: `web-${index % 3}`, n: index, nested: { code: `E${index % 4}` } },
      trace_id: `0af7651916cd43dd8448eb211c80${String(Math.floor(index / 5)).padStart(4, '0')}`,
    }));
    const special: SentLog[] = [
      {
        timestamp: new Date(now - 1000).toISOString(),
        level: 'warn',
        message: HOSTILE,
        metadata: { '<b>k</b>': '<i>v</i>' },
      },
      {
        timestamp: new Date(now - 2000).toISOString(),
        level: 'fatal',
        message: 'ledger is out of balance, see https://wiki.example.com/ledger and ftp://files.example.com',
      },
    ];
    await sendLogs(product, logs, { service: 'gateway' });
    await sendLogs(product, special, { service: 'ledger' });
    // Digits beyond what a double holds, as text: JSON.stringify would round them.
    const exact = await fetch(`${product.url}/api/v1/logs/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': product.key },
      body: `{"service":"ledger","environment":"test","logs":[{"timestamp":"${new Date(now - 3000).toISOString()}","message":"booked","metadata":{"amount":9007199254740993,"rate":1.50}}]}`,
    });
    expect(exact.status).toBe(202);
    browser = await TestBrowser.launch(product);
    await browser.signInByLink();
  });
  afterEach(() => browser.closePages());
  afterAll(async () => {
    await browser?.close();
    await product?.dispose();
  });

  it('shows the newest logs, their number and their volume', async () => {
    const page = await browser.open(EXPLORE);
    await rowsOf(page).first().waitFor();
    expect((await messages(page))[1]).toContain('ledger is out of balance');
    await waitForCount(page, '903');
    await page.getByTestId('histogram').waitFor();
    await expect(page.getByTestId('histogram').getAttribute('aria-label')).resolves.toContain('903 logs');
    await expect(page.title()).resolves.toContain('explore');
  });

  it('searches while typing, marks what was found and keeps it in the address', async () => {
    const page = await browser.open(EXPLORE);
    await rowsOf(page).first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('refused');
    await waitForCount(page, '90');
    await expect(page.locator('mark').first().innerText()).resolves.toBe('refused');
    expect(new URL(page.url()).searchParams.get('q')).toBe('refused');
    expect((await messages(page)).every((message) => message.includes('refused'))).toBe(true);
    await page.reload();
    await waitForCount(page, '90');
    await expect(page.getByLabel('Search logs').inputValue()).resolves.toBe('refused');
    await page.goBack();
    await waitForCount(page, '903');
    await expect(page.getByLabel('Search logs').inputValue()).resolves.toBe('');
  });

  it('tells where a search is wrong, and leaves what is on screen', async () => {
    const page = await browser.open(EXPLORE);
    await rowsOf(page).first().waitFor();
    await page.getByLabel('Search logs').click();
    await page.waitForTimeout(500);
    await page.keyboard.type('refused AND (');
    await page.getByRole('alert').waitFor();
    await expect(rowsOf(page).count()).resolves.toBeGreaterThan(10);
    await page.goto(`${EXPLORE}?q=refused+AND+(&f=-level:debug`);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    // The exclusion is sent in the same query; the position is still that of the reader's text.
    await expect(alert.locator('em').innerText()).resolves.toMatch(/^\(?\s*$/);
    await expect(page.getByLabel('Search logs').getAttribute('aria-invalid')).resolves.toBe('true');
  });

  it('filters by a click, includes and excludes, and takes filters away', async () => {
    const page = await browser.open(EXPLORE);
    const pick = (field: string, value: RegExp): Promise<void> =>
      page
        .getByRole('list', { name: field, exact: true })
        .getByRole('button', { name: value })
        .first()
        .click();
    await pick('level', /^error/i);
    await waitForCount(page, '90');
    expect(new URL(page.url()).searchParams.getAll('f')).toEqual(['level:error']);
    // The other levels stay on offer.
    await pick('level', /^debug/i);
    await waitForCount(page, '360');
    await page.getByRole('list', { name: 'host' }).getByText('web-1').hover();
    await page.getByRole('button', { name: 'Exclude host web-1' }).click();
    await page.getByText('not host:').waitFor();
    await waitForCount(page, '330');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await waitForCount(page, '903');
    expect(new URL(page.url()).search).toBe('');
  });

  it('zooms by dragging on the volume, and back', async () => {
    const page = await browser.open(EXPLORE);
    const histogram = page.getByTestId('histogram');
    await histogram.waitFor();
    await waitForCount(page, '903');
    const box = await histogram.boundingBox();
    if (box === null) throw new Error('no histogram');
    await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    const { searchParams } = new URL(page.url());
    const length = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '');
    expect(length).toBeGreaterThanOrEqual(80_000);
    expect(length).toBeLessThanOrEqual(120_000);
    const within = Math.round(length / 700);
    await page
      .getByText(new RegExp(`^(${[-2, -1, 0, 1, 2].map((by) => within + by).join('|')})$`))
      .first()
      .waitFor();
    await page.goBack();
    await waitForCount(page, '903');
  });

  it('loads older logs while scrolling, each once, to the end', async () => {
    const page = await browser.open(`${EXPLORE}?range=1h`);
    await rowsOf(page).first().waitFor();
    const seen = new Set<string>();
    for (let step = 0; step < 300; step += 1) {
      for (const message of await messages(page)) seen.add(message);
      const before = seen.size;
      await page.locator('[role=grid]').evaluate((grid) => grid.scrollBy(0, 600));
      await page.waitForTimeout(before === 903 ? 0 : 15);
      if (before === 903) break;
    }
    expect(seen.size).toBe(903);
  });

  it('opens a log, walks through the others and comes back by reload and link', async () => {
    const page = await browser.open(EXPLORE);
    await rowsOf(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const detail = page.getByRole('region', { name: 'Log', exact: true });
    await detail.getByText('ledger is out of balance').first().waitFor();
    await expect(detail.getByRole('link').allInnerTexts()).resolves.toEqual(
      [' wiki.example.com'].map((text) => text.trim()),
    );
    await page.keyboard.press(']');
    await detail.getByText('booked').first().waitFor();
    // 64-bit integers and trailing zeros are shown as they were sent.
    await detail.getByText('9007199254740993', { exact: true }).waitFor();
    await detail.getByText('1.50', { exact: true }).waitFor();
    const url = page.url();
    await page.reload();
    await detail.getByText('9007199254740993', { exact: true }).waitFor();
    await page.goto(`${url.replace('range=', 'x=')}&range=1m&q=nothing-matches-this`);
    await detail.getByText('booked').first().waitFor();
    await page.goto(url);
    await rowsOf(page).first().waitFor();
    await page.keyboard.press('[');
    await detail.getByText('ledger is out of balance').first().waitFor();
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.has('log')).toBe(false);
  });

  it('filters by metadata, shows the logs around one and those of its trace', async () => {
    const page = await browser.open(`${EXPLORE}?q=%22served%22&f=metadata.n:43`);
    await waitForCount(page, '1');
    await rowsOf(page).first().click();
    const detail = page.getByRole('region', { name: 'Log', exact: true });
    await detail.getByRole('tab', { name: 'Surrounding logs' }).click();
    await detail.getByText('request 44 served').waitFor();
    await detail.getByText('request 42 served').waitFor();
    await expect(detail.locator('[aria-current=true]').innerText()).resolves.toContain('request 43 served');
    await detail.getByRole('tab', { name: 'Fields' }).click();
    await detail.getByRole('button', { name: 'All logs of this trace' }).click();
    await waitForCount(page, '5');
    expect(new URL(page.url()).searchParams.getAll('f')).toEqual([
      'trace_id:0af7651916cd43dd8448eb211c800008',
    ]);
    await page.goto(`${EXPLORE}?f=service:gateway&log=${new URL(page.url()).searchParams.get('log') ?? ''}`);
    await detail.getByText('E3', { exact: true }).hover();
    await detail.getByRole('button', { name: 'Include metadata.nested.code' }).click();
    await waitForCount(page, '225');
  });

  it('shows hostile logs as text', async () => {
    const page = await browser.open(EXPLORE);
    await rowsOf(page).first().waitFor();
    await rowsOf(page).first().click();
    const detail = page.getByRole('region', { name: 'Log', exact: true });
    await detail.getByText('<script>').first().waitFor();
    await detail.getByText('<b>k</b>', { exact: true }).waitFor();
    await expect(detail.locator('img, script, b, i').count()).resolves.toBe(0);
    await expect(detail.getByRole('link').count()).resolves.toBe(0);
    await expect(page.evaluate(() => 'hacked' in window)).resolves.toBe(false);
    await expect(detail.locator('pre').first().innerText()).resolves.toContain('␛[31m\uFFFDevil');
  });

  it('follows new logs, holds them back from a reader and shows them on request', async () => {
    const page = await browser.open(EXPLORE);
    await rowsOf(page).first().waitFor();
    await page.keyboard.press('l');
    await page.getByText('Following', { exact: true }).waitFor();
    await sendLogs(product, [{ message: 'live one' }], { service: 'live' });
    await rowsOf(page).getByText('live one').waitFor({ timeout: 2000 });
    expect((await messages(page))[0]).toBe('live one');
    await page.locator('[role=grid]').evaluate((grid) => grid.scrollTo(0, 400));
    await page.waitForTimeout(100);
    await sendLogs(product, [{ message: 'live two' }, { message: 'live three' }], { service: 'live' });
    const banner = page.getByRole('button', { name: '2 new logs' });
    await banner.waitFor();
    expect(await messages(page)).not.toContain('live three');
    await banner.click();
    await rowsOf(page).getByText('live three').waitFor();
    await page.getByRole('button', { name: 'Pause live' }).click();
    await page.getByText('Paused', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Resume live' }).click();
    await page.getByText('Following', { exact: true }).waitFor();
    await page.keyboard.press('l');
    await page.getByText('Following', { exact: true }).waitFor({ state: 'detached' });
    await rowsOf(page).getByText('live one').waitFor();
    expect((await messages(page)).filter((message) => message.startsWith('live'))).toHaveLength(3);
  });

  it('downloads every matching log', async () => {
    const page = await browser.open(`${EXPLORE}?q=refused`);
    await waitForCount(page, '90');
    await page.getByRole('button', { name: 'More' }).click();
    const started = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'JSON lines' }).click();
    const path = await (await started).path();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(90);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', service: 'gateway' });
  });

  it('says what went wrong, with the request id, and recovers', async () => {
    const page = await browser.open('/t/e2e/settings/keys');
    let broken = true;
    await page.route('**/api/v1/logs**', (route) =>
      broken
        ? route.fulfill({
            status: 500,
            contentType: 'application/problem+json',
            body: JSON.stringify({
              status: 500,
              code: 'internal',
              title: 'x',
              detail: 'It broke.',
              requestId: 'req-1',
            }),
          })
        : route.continue(),
    );
    await page.goto(EXPLORE);
    await page.getByText('It broke.').first().waitFor();
    await page.getByText('request req-1').first().waitFor();
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await rowsOf(page).first().waitFor();
  });

  it.each(['dark', 'light'] as const)(
    'has no accessibility violations in %s',
    async (colorScheme) => {
      // A low window has fewer rows to judge, all of the same kind.
      const viewport = { width: 1440, height: 560 };
      const page = await browser.open(`${EXPLORE}?f=-metadata.host:x`, { colorScheme, viewport });
      await rowsOf(page).first().waitFor();
      await rowsOf(page).nth(2).click();
      await page.getByRole('tab', { name: 'Fields' }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
    },
    60_000,
  );

  it('has no accessibility violations in its dialogues', async () => {
    const page = await browser.open(EXPLORE);
    await rowsOf(page).first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
    expect(await accessibilityViolations(page, '[role=dialog]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('t');
    await page.getByLabel('From').waitFor();
    expect(await accessibilityViolations(page, '[role=dialog]')).toEqual([]);
  }, 60_000);

  it('fits on a phone', async () => {
    const page = await browser.open(EXPLORE, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await rowsOf(page).first().waitFor();
    const overflow = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await overflow()).toBe(0);
    await page.getByRole('button', { name: 'Show fields' }).tap();
    await page.getByRole('dialog').getByText('environment').first().waitFor();
    await page.getByRole('button', { name: 'Close' }).tap();
    await rowsOf(page).getByText('ledger is out of balance').tap();
    await page
      .getByRole('region', { name: 'Log', exact: true })
      .getByText('ledger is out of balance')
      .first()
      .waitFor();
    expect(await accessibilityViolations(page, '[role=dialog]')).toEqual([]);
    expect(await overflow()).toBe(0);
    await page.getByRole('region', { name: 'Log', exact: true }).getByRole('button', { name: 'Close' }).tap();
    await page.getByRole('button', { name: 'Open navigation' }).tap();
    await page.getByRole('link', { name: 'API keys' }).tap();
    await page.waitForURL('**/settings/keys');
    expect(await overflow()).toBe(0);
  });

  it('resumes following after the server was away, without a gap or a double', async () => {
    const page = await browser.open(`${EXPLORE}?live=1&f=service:restart`);
    await page.getByText('Following', { exact: true }).waitFor();
    await sendLogs(product, [{ message: 'before' }], { service: 'restart' });
    await rowsOf(page).getByText('before').waitFor();
    await product.restart();
    await sendLogs(product, [{ message: 'after' }], { service: 'restart' });
    await rowsOf(page).getByText('after').waitFor({ timeout: 15_000 });
    expect(await messages(page)).toEqual(['after', 'before']);
  });

  it('met no script error and no breach of the content security policy', () => {
    expect(browser.faults).toEqual([]);
  });
});
