import fc from 'fast-check';
import { StoredLog } from '@logstead/ports';
import { CSV_HEADER, csvLine } from '../export/csv';
import { logJson, pageJson } from './log-json.serializer';

const log = (fields: Partial<ConstructorParameters<typeof StoredLog>[0]> = {}): StoredLog =>
  new StoredLog({
    id: '019ab000-0000-7000-8000-000000000001',
    timestamp: '2026-11-21T03:12:28.123456Z',
    service_id: 3,
    service: 'web',
    environment: 'prod',
    level: 'info',
    message: 'hello',
    metadataText: null,
    trace_id: null,
    span_id: null,
    ...fields,
  });

describe('logJson', () => {
  it('writes any text so that it reads back, lone surrogates included', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, text, (message, service, trace, span) => {
        const json = logJson(log({ message, service, trace_id: trace, span_id: span }));
        expect(JSON.parse(json)).toMatchObject({ message, service, trace_id: trace, span_id: span });
        expect(json).not.toMatch(/[\r\n]/);
      }),
    );
  });

  it('writes metadata as it was sent, not as a reprint', () => {
    const metadataText = '{"b":9223372036854775807,"a":1.50,"b":-0e5, "10":[ ] }';
    expect(logJson(log({ metadataText }))).toContain(`"metadata":${metadataText}`);
  });

  it('keeps a log on one line though its metadata was sent on several', () => {
    const json = logJson(log({ metadataText: '{\n  "a":\r\n "x\\ny"\n}' }));
    expect(json).not.toMatch(/[\r\n]/);
    expect(JSON.parse(json)).toMatchObject({ metadata: { a: 'x\ny' } });
  });

  it('leaves out what a log has not', () => {
    expect(Object.keys(JSON.parse(logJson(log())) as object)).toEqual([
      'id',
      'timestamp',
      'service_id',
      'service',
      'environment',
      'level',
      'message',
    ]);
  });

  it('writes pages', () => {
    const page = pageJson({
      logs: [log(), log()],
      nextCursor: null,
      total: 2,
      totalRelation: 'exact',
      asOf: '2026-11-21T03:12:28.000000Z',
      highlights: { x: [[0, 5]] },
    });
    expect(JSON.parse(page)).toMatchObject({
      logs: [{ service: 'web' }, { service: 'web' }],
      nextCursor: null,
      total: 2,
      totalRelation: 'exact',
      highlights: { x: [[0, 5]] },
    });
  });
});

/** A reader of RFC 4180, to hold the writer against. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let i = 0;
  while (i < text.length) {
    let value = '';
    if (text[i] === '"') {
      for (i++; text[i] !== '"' || text[i + 1] === '"'; i++) {
        value += text[i];
        if (text[i] === '"') i++;
      }
      i++;
    } else {
      while (i < text.length && text[i] !== ',' && text[i] !== '\r') value += text[i++];
    }
    row.push(value);
    if (text[i] === ',') i++;
    else {
      i += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe('csvLine', () => {
  it('reads back whatever the message holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('', ',', '"', '\r\n', '\n'),
        (text, odd) => {
          const message = `m${text}${odd}`;
          const [header, row] = parseCsv(CSV_HEADER + csvLine(log({ message, metadataText: '{"a":"b,c"}' })));
          expect(row).toHaveLength(header!.length);
          expect(row![header!.indexOf('message')]).toBe(message);
          expect(row![header!.indexOf('metadata')]).toBe('{"a":"b,c"}');
        },
      ),
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('keeps a spreadsheet from running %j', (message) => {
    expect(parseCsv(csvLine(log({ message })))[0]![4]).toBe(`'${message}`);
  });
});
