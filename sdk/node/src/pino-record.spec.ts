import fc from 'fast-check';
import { parsePinoLine } from './pino-record.ts';
import type { PinoNames } from './pino-record.ts';

const NAMES: PinoNames = { messageKey: 'msg', errorKey: 'err', levelLabels: {} };

describe('parsePinoLine', () => {
  it('maps level, time, message, name, error and trace ids; the rest is metadata', () => {
    const line = JSON.stringify({
      level: 50,
      time: 1_700_000_000_123,
      pid: 7,
      hostname: 'h',
      name: 'payment',
      msg: 'declined',
      err: { type: 'TypeError', message: 'x', stack: 'TypeError: x\n at y' },
      trace_id: 'aa',
      span_id: 'bb',
    });
    expect(parsePinoLine(line, NAMES)).toEqual({
      level: 'error',
      message: 'declined',
      metadata: {
        pid: 7,
        hostname: 'h',
        error: { name: 'TypeError', message: 'x', stack: 'TypeError: x\n at y' },
      },
      fields: { time: 1_700_000_000_123, service: 'payment', traceId: 'aa', spanId: 'bb' },
    });
  });

  it.each([
    [10, 'debug'],
    [20, 'debug'],
    [30, 'info'],
    [35, 'info'],
    [40, 'warn'],
    [50, 'error'],
    [60, 'fatal'],
    ['warn', 'warn'],
    ['CRITICAL', 'fatal'],
  ])('level %s is %s', (level, expected) => {
    expect(parsePinoLine(JSON.stringify({ level, msg: '' }), NAMES)?.level).toBe(expected);
  });

  it('keeps an unknown level in the metadata and knows custom ones by their label', () => {
    expect(parsePinoLine('{"level":"loud","msg":"m"}', NAMES)).toMatchObject({
      level: 'info',
      metadata: { original_level: 'loud' },
    });
    expect(
      parsePinoLine('{"level":35,"msg":"m"}', { ...NAMES, levelLabels: { '35': 'critical' } })?.level,
    ).toBe('fatal');
  });

  it.each([
    [1_700_000_000, 1_700_000_000_000],
    [1_700_000_000_123, 1_700_000_000_123],
    ['2023-11-14T22:13:20.123Z', 1_700_000_000_123],
    ['1700000000123000000', 1_700_000_000_123],
    ['when', undefined],
  ])('time %s', (time, expected) => {
    expect(parsePinoLine(JSON.stringify({ level: 30, time, msg: '' }), NAMES)?.fields.time).toBe(expected);
  });

  it('keeps integers beyond 2^53', () => {
    const id = parsePinoLine('{"level":30,"msg":"m","id":9007199254740993}', NAMES)?.metadata['id'];
    // Node 20 and older do not show a number's source text.
    const exact = Number(process.versions.node.split('.')[0]) >= 21;
    expect(id).toBe(exact ? 9007199254740993n : 9007199254740992);
  });

  it('takes the message of an error logged alone', () => {
    expect(parsePinoLine('{"level":50,"err":{"type":"Error","message":"alone"}}', NAMES)?.message).toBe(
      'alone',
    );
  });

  it('gives up on what is no JSON object, and never throws', () => {
    for (const line of ['', 'text', '[1]', '"a"', 'null', '{'])
      expect(parsePinoLine(line, NAMES)).toBeUndefined();
    fc.assert(fc.property(fc.json(), (line) => void parsePinoLine(line, NAMES)));
  });
});
