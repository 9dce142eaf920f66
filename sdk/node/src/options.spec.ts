import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveOptions } from './options.ts';
import { VERSION } from './version.ts';

describe('options', () => {
  const saved = { ...process.env };
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/^(LOGSTEAD|MONITORING|NODE_ENV|npm_)/.test(name)) delete process.env[name];
  });
  afterAll(() => {
    process.env = saved;
  });

  it('takes key and endpoint from the environment', () => {
    process.env['LOGSTEAD_API_KEY'] = 'second';
    expect(resolveOptions({}).apiKey).toBe('second');
    process.env['MONITORING_API_KEY'] = 'first';
    process.env['LOGSTEAD_ENDPOINT'] = 'https://logs.example/base/';
    const options = resolveOptions({});
    expect(options.apiKey).toBe('first');
    expect(options.url.href).toBe('https://logs.example/base/api/v1/logs/ingest');
    expect(resolveOptions({ apiKey: 'own', endpoint: 'http://h:1' })).toMatchObject({
      apiKey: 'own',
      problem: undefined,
    });
  });

  it('has the documented defaults', () => {
    expect(resolveOptions({ apiKey: 'k' })).toMatchObject({
      service: 'unknown-service',
      environment: 'development',
      level: 'debug',
      batchSize: 100,
      flushIntervalMs: 5000,
      maxBufferBytes: 16 * 1024 * 1024,
      maxInFlight: 4,
      retryDeadlineMs: 3_600_000,
      flushTimeoutMs: 5000,
      gzipAboveBytes: 1024,
      problem: undefined,
    });
    expect(resolveOptions({ apiKey: 'k' }).url.href).toBe('http://localhost:4600/api/v1/logs/ingest');
  });

  it('says why nothing can be sent', () => {
    expect(resolveOptions({}).problem).toMatch(/no API key/);
    expect(resolveOptions({ apiKey: 'a\nb' }).problem).toMatch(/characters/);
    expect(resolveOptions({ apiKey: 'k', endpoint: 'not an address' }).problem).toMatch(
      /no http or https address/,
    );
    expect(resolveOptions({ apiKey: 'k', endpoint: 'ftp://h' }).problem).toMatch(/no http or https address/);
  });

  it('moves values into their range and replaces nonsense', () => {
    const wild = {
      batchSize: 1e9,
      flushIntervalMs: -1,
      maxBufferBytes: Number.NaN,
      level: 'loud',
      service: 7,
    } as object;
    expect(resolveOptions({ apiKey: 'k', ...wild })).toMatchObject({
      batchSize: 1000,
      flushIntervalMs: 1,
      maxBufferBytes: 16 * 1024 * 1024,
      level: 'debug',
      service: 'unknown-service',
    });
  });

  it('knows its own version', () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
      version: string;
    };
    expect(VERSION).toBe(manifest.version);
  });
});
