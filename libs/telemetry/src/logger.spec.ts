import { createLogger } from './logger';

function capture(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } }));
  return lines.join('');
}

describe('createLogger', () => {
  it('writes one JSON line with an ISO time and the level by name', () => {
    const line = JSON.parse(capture((logger) => logger.info({ port: 4600 }, 'Listening'))) as Record<
      string,
      unknown
    >;
    expect(line).toMatchObject({ level: 'info', port: 4600, msg: 'Listening' });
    expect(new Date(String(line['time'])).toISOString()).toBe(line['time']);
  });

  it('leaves out lines below its level', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } });
    logger.info('quiet');
    logger.child({ app: 'ingest' }).warn('loud');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"app":"ingest"');
  });

  it.each([
    ['a field', { password: 'SECRET' }],
    ['a nested field', { body: { newPassword: 'SECRET' } }],
    ['a header', { req: { headers: { authorization: 'Bearer SECRET' } } }],
    ['the key header', { req: { headers: { 'x-api-key': 'SECRET' } } }],
    ['the cookie header', { headers: { cookie: 'logstead_session=SECRET' } }],
    ['a key in free text', { note: 'key lsk_abc_SECRET was refused' }],
    ['a link', { url: '/sign-in?token=SECRET&x=1' }],
    ['a database address', { note: 'cannot reach postgresql://app:SECRET@db/logs' }],
  ])('never writes a secret in %s', (_where, fields) => {
    expect(capture((logger) => logger.info(fields, 'x'))).not.toContain('SECRET');
  });

  it('never writes a secret of an error', () => {
    const written = capture((logger) =>
      logger.error({ err: new Error('bad lsk_a1_SECRET', { cause: new Error('?token=SECRET') }) }, 'failed'),
    );
    expect(written).toContain('lsk_a1_[redacted]');
    expect(written).not.toContain('SECRET');
  });
});
