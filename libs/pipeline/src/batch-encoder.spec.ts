import type { StoredLog } from '@logstead/ports';
import fc from 'fast-check';
import { BatchEncoder } from './batch-encoder';
import type { EncodeContext, EncodedBatch, EncodeResult } from './encode-context';
import { decodeRows } from './row-decoder';

const NOW = Date.parse('2026-11-21T03:00:00Z');
const names = new Map([
  ['web', 1],
  ['api', 2],
  ['prod', 3],
  ['default', 4],
]);
const context: EncodeContext = {
  tenantNo: 7,
  retentionDays: 30,
  receivedMs: NOW,
  limits: {
    maxMessageBytes: 1000,
    maxMetadataBytes: 2000,
    maxMetadataKeys: 20,
    maxMetadataDepth: 5,
    maxBatchLogs: 100,
    maxFutureMs: 3_600_000,
  },
  services: names,
  environments: names,
  sampling: null,
};
const byId = new Map([...names].map(([name, id]) => [id, name]));
const rowNames = {
  serviceName: (id: number) => byId.get(id) ?? '?',
  environmentName: (id: number) => byId.get(id) ?? '?',
};
const encoder = new BatchEncoder();

function encode(
  body: string | Buffer,
  format: 'json' | 'ndjson' = 'json',
  overrides: Partial<EncodeContext> = {},
): EncodeResult {
  const bytes = Buffer.concat([Buffer.from(body), Buffer.from([0])]);
  return encoder.encode(
    bytes,
    bytes.length - 1,
    format,
    { service: null, environment: null },
    { ...context, ...overrides },
  );
}

function batchOf(result: EncodeResult): EncodedBatch {
  if (result.kind !== 'ok') throw new Error(JSON.stringify(result));
  return result.batch;
}

function logsOf(batch: EncodedBatch): StoredLog[] {
  return decodeRows(batch.rows, 0, batch.rows.length, rowNames);
}

const envelope = (...logs: unknown[]): string =>
  JSON.stringify({ service: 'web', environment: 'prod', logs });
const send = (...logs: unknown[]): EncodedBatch => batchOf(encode(envelope(...logs)));
const codes = (batch: EncodedBatch): [number, string][] =>
  batch.rejections.map(({ index, code }) => [index, code]);

/** Any string JSON can carry: surrogates without a partner, NUL and the escape mark itself included. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.nat({ max: 0xffff }).map((n) => String.fromCharCode(n)),
    fc.constantFrom('\u0000', '\u001a', '\ud800', '\udc00', 'a', '"', '\\', '\n', '😀', 'é'),
  ),
  maxLength: 60,
});

describe('BatchEncoder', () => {
  it('gives back any message and any metadata as they were sent', () => {
    const metadata = fc.dictionary(
      anyText,
      fc.oneof(
        anyText,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(anyText, { maxLength: 3 }),
      ),
      { maxKeys: 6 },
    );
    fc.assert(
      fc.property(anyText, metadata, (message, meta) => {
        const [log] = logsOf(send({ message, metadata: meta, timestamp: '2026-11-21T02:59:59.123456Z' }));
        expect(log!.message).toBe(message);
        expect(JSON.parse(log!.metadataText!)).toEqual(JSON.parse(JSON.stringify(meta)));
        expect(log!.timestamp).toBe('2026-11-21T02:59:59.123456Z');
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the text of metadata: 64-bit integers, order and repetition of keys, spaces', () => {
    const text = '{ "z":9223372036854775807, "a":1.10,"z":-0, "__proto__":{"constructor":1} }';
    const body = `{"service":"web","environment":"prod","logs":[{"message":"m","metadata":${text}}]}`;
    expect(logsOf(batchOf(encode(body)))[0]!.metadataText).toBe(text);
  });

  it('reads the envelope in any order, with and without an environment', () => {
    const body = '{"logs":[{"message":"a"}],"environment":"prod","service":"api"}';
    expect(logsOf(batchOf(encode(body)))[0]).toMatchObject({ service: 'api', environment: 'prod' });
    expect(logsOf(batchOf(encode('{"service":"web","logs":[{"message":"a"}]}')))[0]!.environment).toBe(
      'default',
    );
  });

  it('lets a log name its own service and environment', () => {
    const logs = logsOf(
      send({ message: 'a', service: 'api' }, { message: 'b' }, { message: 'c', environment: 'default' }),
    );
    expect(logs.map(({ service, environment }) => `${service}/${environment}`)).toEqual([
      'api/prod',
      'web/prod',
      'web/default',
    ]);
  });

  it('never lets a bad log cost its neighbours', () => {
    const deep = JSON.parse('{"a":{"b":{"c":{"d":{"e":1}}}}}') as object;
    const batch = send(
      { message: 'good 1' },
      5,
      {},
      { message: 5 },
      { message: 'x'.repeat(1001) },
      { message: 'm', timestamp: 'soon' },
      { message: 'm', timestamp: '2026-10-01T00:00:00Z' },
      { message: 'm', timestamp: '2026-11-21T04:00:01Z' },
      { message: 'm', metadata: [] },
      { message: 'm', metadata: { a: 'x'.repeat(2000) } },
      { message: 'm', metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, i])) },
      { message: 'm', metadata: { a: deep } },
      { message: 'm', trace_id: 5 },
      { message: 'm', span_id: 'x'.repeat(129) },
      { message: 'm', service: '' },
      { message: 'm', environment: {} },
      { message: 'good 2' },
    );
    expect(codes(batch)).toEqual([
      [1, 'not_an_object'],
      [2, 'message_missing'],
      [3, 'message_not_a_string'],
      [4, 'message_too_long'],
      [5, 'timestamp_invalid'],
      [6, 'timestamp_too_old'],
      [7, 'timestamp_in_future'],
      [8, 'metadata_not_an_object'],
      [9, 'metadata_too_large'],
      [10, 'metadata_too_many_keys'],
      [11, 'metadata_too_deep'],
      [12, 'trace_id_invalid'],
      [13, 'span_id_invalid'],
      [14, 'service_invalid'],
      [15, 'environment_invalid'],
    ]);
    expect(logsOf(batch).map((log) => log.message)).toEqual(['good 1', 'good 2']);
    expect(batch.accepted).toBe(2);
  });

  it('accepts a record exactly at each limit', () => {
    const keys = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]));
    const batch = send(
      { message: 'é'.repeat(500) },
      { message: 'm', metadata: keys },
      { message: 'm', metadata: JSON.parse('{"a":{"b":{"c":{"d":{}}}}}') },
      { message: 'm', metadata: { a: 'x'.repeat(2000 - '{"a":""}'.length) } },
      { message: 'm', timestamp: NOW + 3_600_000 },
      { message: 'm', timestamp: NOW - 30 * 86_400_000 },
      { message: 'm', span_id: 'x'.repeat(128) },
    );
    expect(codes(batch)).toEqual([]);
    expect(batch.accepted).toBe(7);
  });

  it('takes a batch of the limit and refuses one more', () => {
    const logs = Array.from({ length: 100 }, () => ({ message: 'm' }));
    expect(send(...logs).accepted).toBe(100);
    expect(encode(envelope(...logs, { message: 'm' }))).toEqual({ kind: 'too_many_logs', limit: 100 });
    const lines = logs.map((log) => JSON.stringify({ ...log, service: 'web' })).join('\n');
    expect(batchOf(encode(lines, 'ndjson')).accepted).toBe(100);
    expect(encode(`${lines}\n${lines}`, 'ndjson')).toEqual({ kind: 'too_many_logs', limit: 100 });
  });

  it.each([
    ['', 'unexpected end|must be an object'],
    ['[]', 'must be an object'],
    ['{"service":"web","environment":"prod"}', '"logs" is missing'],
    ['{"service":"web","logs":{}}', '"logs" must be an array'],
    ['{"service":5,"logs":[]}', '"service" must be a string'],
    ['{"service":"web","logs":[],"extra":1}', 'unknown field "extra"'],
    ['{"service":"web","environment":"prod","logs":[{"message":"a"}', 'unexpected end'],
    ['{"service":"web","environment":"prod","logs":[{"message":"a\u0001"}]}', 'control character'],
    ['{"service":"web","environment":"prod","logs":[]} x', 'after the end'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'not UTF-8'],
  ])('says what is wrong with the body %s', (body, message) => {
    const result = encode(body);
    expect(result.kind).toBe('undecodable');
    expect(result.kind === 'undecodable' && result.message).toMatch(new RegExp(message));
  });

  it('never throws and never answers "ok" for what JSON.parse refuses', () => {
    const damaged = fc
      .tuple(
        fc.array(fc.record({ message: anyText }), { maxLength: 3 }),
        fc.nat(),
        fc.constantFrom('', '"', '\\', '}', ']', ',', '\u0000', '{'),
      )
      .map(([logs, at, piece]) => {
        const text = envelope(...logs);
        const cut = at % text.length;
        return text.slice(0, cut) + piece + text.slice(cut + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const result = encode(text);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (!valid) expect(result.kind).not.toBe('ok');
      }),
      { numRuns: 2000 },
    );
  });

  it('rejects bad lines of an NDJSON body one by one', () => {
    const body = Buffer.concat([
      Buffer.from(
        '{"message":"a","service":"web"}\r\n\n  {"message":"b","service":"api"} \n{"message":\n[1]\n{"message":"no service"}\n{"message":"',
      ),
      Buffer.from([0xff]),
      Buffer.from('","service":"web"}\n{"message":"last","service":"web"}'),
    ]);
    const batch = batchOf(encode(body, 'ndjson'));
    expect(logsOf(batch).map((log) => log.message)).toEqual(['a', 'b', 'last']);
    expect(codes(batch)).toEqual([
      [2, 'invalid_json'],
      [3, 'not_an_object'],
      [4, 'service_missing'],
      [5, 'invalid_json'],
    ]);
  });

  it('keeps unknown fields and unknown levels in metadata', () => {
    const [log] = logsOf(
      send({ message: 'm', level: 'LOUD', metadata: { a: 1 }, pid: 42, nested: { b: [1] } }),
    );
    expect(log!.level).toBe('info');
    expect(log!.metadataText).toBe('{"a":1,"pid":42,"nested":{"b":[1]},"original_level":"LOUD"}');
    expect(logsOf(send({ message: 'm', pid: 42 }))[0]!.metadataText).toBe('{"pid":42}');
  });

  it.each([
    ['WARNING', 'warn'],
    ['Critical', 'fatal'],
    ['trace', 'debug'],
    [3, 'error'],
    ['6', 'info'],
    [30, 'info'],
    [60, 'fatal'],
    [17, 'error'],
    [9, 'info'],
    [undefined, 'info'],
    [null, 'info'],
  ])('level %j is %s', (level, expected) => {
    const [log] = logsOf(send({ message: 'm', level }));
    expect(log!.level).toBe(expected);
    expect(log!.metadataText ?? null).toBeNull();
  });

  it('keeps trace ids of every form', () => {
    const forms = [
      '0af7651916cd43dd8448eb211c80319c',
      '0AF7651916CD43DD8448EB211C80319C',
      '0af76519-16cd-43dd-8448-eb211c80319c',
      'x',
    ];
    expect(
      logsOf(send(...forms.map((trace_id) => ({ message: 'm', trace_id })))).map((log) => log.trace_id),
    ).toEqual(forms);
  });

  it('numbers the logs of a batch and raises ids from batch to batch', () => {
    const ids = [...logsOf(send({ message: 'a' }, { message: 'b' })), ...logsOf(send({ message: 'c' }))].map(
      (log) => log.id,
    );
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(3);
    expect(parseInt(ids[0]!.replaceAll('-', '').slice(0, 12), 16)).toBeGreaterThanOrEqual(NOW);
  });

  it('asks for names it has not seen and lists each once', () => {
    const result = encode(
      '{"service":"new","environment":"prod","logs":[{"message":"a"},{"message":"b","environment":"stage"},{"message":"c"}]}',
    );
    expect(result).toEqual({ kind: 'unknown_names', services: ['new'], environments: ['stage'] });
  });

  it('counts before it samples, and keeps or drops a trace as a whole', () => {
    const traces = Array.from({ length: 20 }, (_, i) => i.toString(16).padStart(32, '0'));
    const logs = traces.flatMap((trace_id) => [
      { message: 'a', trace_id },
      { message: 'b', trace_id },
      { message: 'e', level: 'error', trace_id },
    ]);
    const batch = batchOf(encode(envelope(...logs), 'json', { sampling: () => 0.5 }));
    expect(batch.accepted).toBe(60);
    const kept = new Map<string, string[]>();
    for (const log of logsOf(batch))
      kept.set(log.trace_id!, [...(kept.get(log.trace_id!) ?? []), log.message]);
    for (const messages of kept.values()) expect([['e'], ['a', 'b', 'e']]).toContainEqual(messages);
    expect(kept.size).toBe(20);
    expect(batch.rowCount).toBeGreaterThan(20);
    expect(batch.rowCount).toBeLessThan(60);
    const totals = batch.rollups.map((cell) => [cell.count, cell.kept]);
    expect(totals.flatMap(([count]) => count!).reduce((a, b) => a + b)).toBe(60);
    expect(totals.flatMap(([, keptCounts]) => keptCounts!).reduce((a, b) => a + b)).toBe(batch.rowCount);
  });

  it('rolls up by 10 seconds, service and level, with the latencies it finds', () => {
    const batch = send(
      { message: 'a', timestamp: '2026-11-21T02:00:09.999999Z', metadata: { duration_ms: 0.5 } },
      {
        message: 'b',
        timestamp: '2026-11-21T02:00:10Z',
        metadata: { x: { duration_ms: 9 }, responseTime: 100 },
      },
      { message: 'c', timestamp: '2026-11-21T02:00:19Z', level: 'error', service: 'api' },
    );
    expect(
      batch.rollups.map(({ bucket, serviceId, count, latency }) => [
        bucket % 360,
        serviceId,
        count,
        [...(latency ?? [])],
      ]),
    ).toEqual([
      [0, 1, [0, 1, 0, 0, 0], [[256, 1]]],
      [1, 1, [0, 1, 0, 0, 0], [[256 + 54, 1]]],
      [1, 2, [0, 0, 0, 1, 0], []],
    ]);
  });

  it('cuts segments so that each knows its rows, times and tokens', () => {
    const logs = Array.from({ length: 90 }, (_, i) => ({ message: `m${i}`, timestamp: NOW - i * 30_000 }));
    const batch = send(...logs);
    expect(batch.segments.map((segment) => segment.rowCount).reduce((a, b) => a + b)).toBe(90);
    for (const segment of batch.segments) {
      expect(segment.maxUs - segment.minUs).toBeLessThanOrEqual(600_000_000);
      const rows = decodeRows(batch.rows, segment.rowsStart, segment.rowsEnd, rowNames);
      expect(rows).toHaveLength(segment.rowCount);
      expect(segment.lastIndex - segment.firstIndex).toBe(segment.rowCount - 1);
    }
  });
});
