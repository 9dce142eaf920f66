import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = resolve(__dirname, '../../../dist/apps/standalone/main.js');
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

export interface ProductOptions {
  /** Added to a clean environment; undefined values are left out. */
  readonly env?: Record<string, string | undefined>;
  /** Kept at the end when given; else a temporary folder that is removed. */
  readonly dataDir?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Between asking and the end of the process. */
  readonly tookMs: number;
}

/** The built product in a process of its own, spoken to over HTTP only. */
export class ProductProcess {
  /** Slug and key of the tenant every product of the tests starts with; scopes ingest and query. */
  readonly tenant = 'e2e';
  readonly key = `e2e_${randomBytes(24).toString('hex')}`;
  readonly dataDir: string;
  private readonly ownsDataDir: boolean;
  private child: ChildProcess | undefined;
  private exited: Promise<Exit> | undefined;
  private text = '';
  private port: string | undefined;

  constructor(private readonly options: ProductOptions = {}) {
    this.ownsDataDir = options.dataDir === undefined;
    this.dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'logstead-e2e-'));
    if (this.ownsDataDir) chmodSync(this.dataDir, 0o755);
  }

  /** Everything the current run has printed. */
  get output(): string {
    return this.text;
  }

  get url(): string {
    if (this.port === undefined) throw new Error('The product is not running');
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('The product is not running');
    return this.child.pid;
  }

  /** Process id of the embedded database server. */
  get databasePid(): number {
    return Number(readFileSync(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  /** Starts the process without waiting for it to be ready. A restart keeps the port. */
  launch(env: Record<string, string | undefined> = {}): void {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build first`);
    this.text = '';
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: cleanEnvironment({
        LOGSTEAD_PORT: this.port ?? '0',
        LOGSTEAD_DATA_DIR: this.dataDir,
        LOGSTEAD_BOOTSTRAP_TENANT: this.tenant,
        LOGSTEAD_BOOTSTRAP_API_KEY: this.key,
        POSTGRES_SHARED_BUFFERS_MB: '64',
        ...this.options.env,
        ...env,
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.child = child;
    const started = Date.now();
    this.exited = new Promise((done) => {
      child.once('close', (code, signal) => done({ code, signal, tookMs: Date.now() - started }));
    });
  }

  /** @returns milliseconds from the start of the process until it answered as ready */
  async start(env: Record<string, string | undefined> = {}): Promise<number> {
    const started = Date.now();
    this.launch(env);
    while (Date.now() - started < READY_TIMEOUT_MS) {
      if (this.hasExited()) break;
      const printed = /^ {2}API +http:\/\/[^:/]+:(\d+)\//m.exec(this.text)?.[1];
      if (printed !== undefined) {
        this.port = printed;
        if (await this.isReady()) return Date.now() - started;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`The product did not become ready. It printed:\n${this.text}`);
  }

  /** Waits for an end that was not asked for, such as a failed start. */
  exit(): Promise<Exit> {
    if (this.exited === undefined) throw new Error('The product was not started');
    return this.exited;
  }

  /** Asks the process to stop in order. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    const asked = Date.now();
    this.child?.kill(signal);
    return { ...(await this.exit()), tookMs: Date.now() - asked };
  }

  /** Ends the process as a power cut would; the database server is left behind unless killed too. */
  async kill({ database = false } = {}): Promise<void> {
    const databasePid = database ? this.databasePid : undefined;
    this.child?.kill('SIGKILL');
    if (databasePid !== undefined) killIfAlive(databasePid);
    await this.exit();
  }

  async restart(): Promise<number> {
    if (!this.hasExited()) await this.stop();
    return this.start();
  }

  /** Stops the process and removes its data; for afterAll. */
  async dispose(): Promise<void> {
    if (this.child !== undefined && !this.hasExited()) await this.stop();
    if (!this.ownsDataDir) return;
    this.killLeftoverDatabase();
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
  }

  private hasExited(): boolean {
    return this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private killLeftoverDatabase(): void {
    try {
      killIfAlive(this.databasePid);
    } catch {
      // Stopped in order: no pid file.
    }
  }
}

/** A product that is ready to serve; stop it with `dispose()`. */
export async function startProduct(options: ProductOptions = {}): Promise<ProductProcess> {
  const product = new ProductProcess(options);
  try {
    await product.start();
  } catch (error) {
    await product.dispose();
    throw error;
  }
  return product;
}

/** Nothing of the developer's own settings may reach the product under test. */
function cleanEnvironment(values: Record<string, string | undefined>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(LOGSTEAD|INGEST|QUERY|WRITER|TAIL|POSTGRES|PG|DATABASE)_?/.test(name),
  );
  const all = [...kept, ...Object.entries(values)];
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
