import { existsSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import type { ProductProcess } from './product';

const CANDIDATES = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const WAIT_MS = 10_000;

function executable(): string | undefined {
  return CANDIDATES.find((path) => path !== '' && existsSync(path));
}

/**
 * A suite that needs the system's Chromium. Without one it is skipped with a line that says so, or fails when
 * REQUIRE_BROWSER=1.
 */
export function describeInBrowser(name: string, body: () => void): void {
  if (executable() !== undefined || process.env['REQUIRE_BROWSER'] === '1') {
    describe(name, body);
    return;
  }
  process.stderr.write(
    `SKIPPED: "${name}" needs Chromium (looked in ${CANDIDATES.filter(Boolean).join(', ')})\n`,
  );
  describe.skip(name, body);
}

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

/** The browser of one suite, and what went wrong inside its pages. */
export class TestBrowser {
  /** Script errors, refused resources and violations of the Content-Security-Policy. */
  readonly faults: string[] = [];
  private readonly pages: Page[] = [];
  private shared: Promise<BrowserContext> | undefined;
  private state: StorageState | undefined;

  private constructor(
    private readonly browser: Browser,
    /** The address people use; cookies belong to this host name. */
    readonly origin: string,
    /** The one-time sign-in link that the product printed. */
    readonly link: string,
  ) {}

  static async launch(product: ProductProcess): Promise<TestBrowser> {
    const executablePath = executable();
    if (executablePath === undefined) throw new Error('Chromium is missing and REQUIRE_BROWSER=1');
    const link = /http:\/\/\S+\/sign-in\?token=\S+/.exec(product.output)?.[0];
    if (link === undefined) throw new Error(`No sign-in link was printed:\n${product.output}`);
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    return new TestBrowser(browser, new URL(link).origin, link);
  }

  /** A page that nobody is signed in on, in a profile of its own. */
  async stranger(options: BrowserContextOptions = {}): Promise<Page> {
    return this.newPage(await this.newContext(options));
  }

  /** Opens the one-time link that the product printed; later pages of this browser are signed in. */
  async signInByLink(): Promise<Page> {
    const page = await this.stranger();
    await page.goto(this.link);
    await page.waitForURL('**/explore');
    this.state = await page.context().storageState();
    return page;
  }

  /** A page of the person who signed in by the link. Pages without options of their own share a profile. */
  async open(path: string, options?: BrowserContextOptions): Promise<Page> {
    if (this.state === undefined) throw new Error('Nobody has signed in yet');
    const storageState = this.state;
    const context = options
      ? await this.newContext({ storageState, ...options })
      : await (this.shared ??= this.newContext({ storageState }));
    const page = await this.newPage(context);
    await page.goto(path);
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.pages.splice(0).map((page) => page.close()));
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private async newContext(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      baseURL: this.origin,
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const { violatedDirective, blockedURI, sourceFile, lineNumber } = event;
        console.error(`CSP ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
      });
    });
    return context;
  }

  private async newPage(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    this.pages.push(page);
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => this.faults.push(String(error.stack ?? error)));
    page.on('dialog', (dialog) => {
      this.faults.push(`a dialogue opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (/CSP|Content.Security.Policy|Encountered two children/i.test(message.text()))
        this.faults.push(message.text());
    });
    return page;
  }
}

/**
 * Violations of WCAG and of axe's best practices, each with where it is.
 * @param part selector of the only part to look at; the whole page takes seconds
 */
export async function accessibilityViolations(page: Page, part = 'html'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
  );
}
