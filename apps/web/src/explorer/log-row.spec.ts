import fc from 'fast-check';
import { metadataPreview, printLog, readEnvelope } from './log-row';

const LOG = {
  id: '01a1fc52-ec30-7001-ad40-36b2a5050000',
  timestamp: '2026-11-21T04:17:35.280123Z',
  service_id: 3,
  service: 'payment',
  environment: 'production',
  level: 'error',
  message: 'said "no"\n\\ and }{ ][',
  trace_id: 'abc',
};

function page(metadata: string): string {
  return `{"logs":[${JSON.stringify(LOG).slice(0, -1)},"metadata":${metadata}}],"nextCursor":"x","total":1}`;
}

describe('rows of an answer', () => {
  it('keep the metadata as it was sent', () => {
    const metadata = '{"id": 9007199254740993, "nested": {"logs": [1.0]}}';
    const { rows, rest } = readEnvelope(page(metadata), { rows: ['logs'] });
    expect(rest).toEqual({ nextCursor: 'x', total: 1 });
    expect(rows.get('logs')).toEqual([
      expect.objectContaining({
        id: LOG.id,
        message: LOG.message,
        level: 'error',
        traceId: 'abc',
        spanId: null,
        metadataText: metadata,
      }),
    ]);
  });

  it('come out of any envelope with any metadata', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (metadata, message) => {
        const text = JSON.stringify({
          highlights: {},
          logs: [{ ...LOG, metadata, message }, LOG],
          asOf: 'now',
        });
        const [first, second] = readEnvelope(text, { rows: ['logs'] }).rows.get('logs') ?? [];
        expect(first?.message).toBe(message);
        expect(JSON.parse(first?.metadataText ?? '')).toEqual(JSON.parse(JSON.stringify(metadata)));
        expect(second?.metadataText).toBeNull();
      }),
    );
  });

  it('print as one line of JSON and preview on one line', () => {
    const [row] = readEnvelope(page('{"a":9007199254740993}'), { rows: ['logs'] }).rows.get('logs') ?? [];
    if (row === undefined) throw new Error('no row');
    expect(printLog(row)).toContain('"metadata":{"a":9007199254740993}');
    expect(JSON.parse(printLog(row))).toMatchObject({ service: 'payment', message: LOG.message });
    expect(metadataPreview(row)).toBe('a=9007199254740993');
  });
});
