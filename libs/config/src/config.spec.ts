import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config, ConfigError, propertyName } from './config';
import { configurationTable } from './documentation';
import { VARIABLES } from './schema';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    Config.parse(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const DEFAULTS: Record<keyof typeof VARIABLES, unknown> = {
  LOGSTEAD_PORT: 4600,
  LOGSTEAD_HOST: '127.0.0.1',
  LOGSTEAD_DATA_DIR: './data',
  DATABASE_URL: undefined,
  LOGSTEAD_PUBLIC_URL: undefined,
  LOGSTEAD_TRUSTED_PROXIES: undefined,
  LOGSTEAD_LOG_LEVEL: 'info',
  LOGSTEAD_ADMIN_EMAIL: 'admin@localhost',
  LOGSTEAD_ADMIN_PASSWORD: undefined,
  LOGSTEAD_BOOTSTRAP_TENANT: undefined,
  LOGSTEAD_BOOTSTRAP_API_KEY: undefined,
  LOGSTEAD_SESSION_HOURS: 168,
  LOGSTEAD_CURSOR_SECRET: undefined,
  INGEST_MAX_BATCH_LOGS: 1000,
  INGEST_MAX_BODY_BYTES: 8_388_608,
  INGEST_MAX_DECOMPRESSED_BYTES: 33_554_432,
  INGEST_MAX_MESSAGE_BYTES: 262_144,
  INGEST_MAX_METADATA_BYTES: 65_536,
  INGEST_MAX_METADATA_KEYS: 1024,
  INGEST_MAX_METADATA_DEPTH: 32,
  INGEST_QUEUE_BYTES: 134_217_728,
  INGEST_TENANT_QUEUE_BYTES: 33_554_432,
  INGEST_MAX_SERVICES_PER_TENANT: 10_000,
  INGEST_FUTURE_MS: 3_600_000,
  WRITER_CONNECTIONS: 2,
  WRITER_MAX_ROWS: 5000,
  QUERY_TIMEOUT_MS: 30_000,
  QUERY_MAX_CONCURRENT_PER_TENANT: 16,
  TAIL_BUFFER_LOGS: 5000,
  POSTGRES_SHARED_BUFFERS_MB: 384,
};

/** Text variables with values each must refuse. */
const REFUSED: Record<string, string[]> = {
  LOGSTEAD_HOST: ['a host', 'x/y'],
  LOGSTEAD_DATA_DIR: ['a\0b'],
  DATABASE_URL: ['mysql://db', 'localhost:5432', 'postgres://'],
  LOGSTEAD_PUBLIC_URL: ['logs.example.com', 'ftp://x', 'https://x?y=1', 'https://'],
  LOGSTEAD_TRUSTED_PROXIES: [
    'everybody',
    '10.0.0.0/8,',
    '10.0.0.0 /8',
    'true',
    '10.0.0.0/33',
    '::/129',
    '999.1.1.1',
    '1.1.1.1/8/8',
  ],
  LOGSTEAD_LOG_LEVEL: ['loud', 'INFO'],
  LOGSTEAD_ADMIN_EMAIL: ['admin', '@localhost', 'a b@c'],
  LOGSTEAD_ADMIN_PASSWORD: ['sevench', 'x'.repeat(201)],
  LOGSTEAD_BOOTSTRAP_TENANT: ['Acme', '-acme', 'acme-', 'a_b', 'a'.repeat(64)],
  LOGSTEAD_BOOTSTRAP_API_KEY: ['k'.repeat(31), 'k'.repeat(129), `${'k'.repeat(40)}!`],
  LOGSTEAD_CURSOR_SECRET: ['short'],
};

const INTEGERS = Object.entries(VARIABLES).flatMap(([name, { rule }]) => {
  const match = /^a whole number from (\d+) to (\d+)$/.exec(rule);
  return match ? [{ name, min: Number(match[1]), max: Number(match[2]) }] : [];
});

describe('Config', () => {
  it('has the documented default of every variable', () => {
    const config = Config.parse({}) as unknown as Record<string, unknown>;
    for (const [name, expected] of Object.entries(DEFAULTS)) {
      expect([name, config[propertyName(name)]]).toEqual([name, expected]);
    }
    expect(Object.keys(DEFAULTS).sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('treats an empty variable as unset', () => {
    const config = Config.parse({ LOGSTEAD_PORT: '', DATABASE_URL: ' ', LOGSTEAD_LOG_LEVEL: '' });
    expect([config.port, config.databaseUrl, config.logLevel]).toEqual([4600, undefined, 'info']);
  });

  it.each(INTEGERS)('reads $name from $min to $max and nothing else', ({ name, min, max }) => {
    const accepted = (value: string) =>
      !problemsOf({ [name]: value }).some((p) => p.startsWith(`${name} must be `));
    expect([accepted(String(min)), accepted(String(max)), accepted(` ${max} `)]).toEqual([true, true, true]);
    for (const wrong of [String(min - 1), String(max + 1), '1.5', '1e3', '0x10', 'many', `${min}k`]) {
      expect([wrong, accepted(wrong)]).toEqual([wrong, false]);
    }
  });

  it.each(Object.entries(REFUSED))('refuses bad values of %s without repeating them', (name, values) => {
    for (const value of values) {
      const problems = problemsOf({ [name]: value });
      expect([value, problems]).toEqual([
        value,
        [`${name} must be ${VARIABLES[name as keyof typeof VARIABLES].rule}`],
      ]);
    }
  });

  it('tests a refusal of every variable', () => {
    const covered = [...Object.keys(REFUSED), ...INTEGERS.map(({ name }) => name)];
    expect(Object.keys(VARIABLES).filter((name) => !covered.includes(name))).toEqual([]);
  });

  it('names every wrong variable at once', () => {
    expect(problemsOf({ LOGSTEAD_PORT: 'x', WRITER_MAX_ROWS: '0' })).toHaveLength(2);
  });

  it('wants the bootstrap tenant and its key together', () => {
    const key = 'k'.repeat(32);
    expect(problemsOf({ LOGSTEAD_BOOTSTRAP_TENANT: 'acme' })).toHaveLength(1);
    expect(problemsOf({ LOGSTEAD_BOOTSTRAP_API_KEY: key })).toHaveLength(1);
    const config = Config.parse({ LOGSTEAD_BOOTSTRAP_TENANT: 'acme', LOGSTEAD_BOOTSTRAP_API_KEY: key });
    expect([config.bootstrapTenant, config.bootstrapApiKey]).toEqual(['acme', key]);
  });

  it.each(['loopback', '10.0.0.0/8,loopback', '::1', 'fd00::/8,192.168.1.1'])(
    'reads the proxies %s',
    (value) => {
      expect(Config.parse({ LOGSTEAD_TRUSTED_PROXIES: value }).trustedProxies).toBe(value);
    },
  );

  it('refuses a tenant queue larger than the queue of all', () => {
    expect(problemsOf({ INGEST_QUEUE_BYTES: '1048576', INGEST_TENANT_QUEUE_BYTES: '1048577' })).toHaveLength(
      1,
    );
  });

  it('is frozen', () => {
    const config = Config.parse({});
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
  });

  it('derives the address people use', () => {
    expect(Config.parse({}).baseUrl()).toBe('http://localhost:4600');
    expect(Config.parse({ LOGSTEAD_PORT: '0' }).baseUrl(9)).toBe('http://localhost:9');
    const behindProxy = Config.parse({ LOGSTEAD_PUBLIC_URL: 'https://logs.example.com/' });
    expect([behindProxy.baseUrl(9), behindProxy.https]).toEqual(['https://logs.example.com', true]);
  });
});

describe('docs/configuration.md', () => {
  // Written by `UPDATE_DOCS=1 npx jest libs/config`.
  it('holds the table of the schema', () => {
    const file = join(__dirname, '../../../docs/configuration.md');
    const marked = /(<!-- variables -->\n)[^]*?(<!-- \/variables -->)/;
    const page = readFileSync(file, 'utf8');
    const expected = page.replace(
      marked,
      (_all, begin: string, end: string) => `${begin}\n${configurationTable()}\n\n${end}`,
    );
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, expected);
    else expect(page).toBe(expected);
    expect(expected).toMatch(marked);
  });
});
