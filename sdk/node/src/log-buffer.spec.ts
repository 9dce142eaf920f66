import fc from 'fast-check';
import { LogBuffer } from './log-buffer.ts';
import type { BufferedRecord } from './log-buffer.ts';
import type { LevelIndex } from './levels.ts';

let seq = 0;
function record(level: LevelIndex, bytes = 10): BufferedRecord {
  return { text: '}', bytes, level, service: 's', environment: 'e', seq: ++seq };
}

describe('LogBuffer', () => {
  it('hands records out in the order of the calls, whatever their level', () => {
    const buffer = new LogBuffer(1000);
    const records = ([3, 0, 1, 4, 2, 0] as const).map((level) => record(level));
    for (const item of records) buffer.push(item, () => undefined);
    expect(buffer.take(100, Infinity)).toEqual(records);
  });

  it('gives up the oldest debug first, then the oldest info, and never a higher level for a lower one', () => {
    const buffer = new LogBuffer(40);
    const [error, debug1, info1, debug2] = [record(3), record(0), record(1), record(0)];
    for (const item of [error, debug1, info1, debug2]) buffer.push(item, () => undefined);
    const evicted: BufferedRecord[] = [];
    const onEvict = (item: BufferedRecord): void => void evicted.push(item);
    expect(buffer.push(record(2), onEvict)).toBe(true);
    expect(buffer.push(record(2), onEvict)).toBe(true);
    expect(buffer.push(record(2), onEvict)).toBe(true);
    expect(evicted).toEqual([debug1, debug2, info1]);
    expect(buffer.push(record(1), onEvict)).toBe(false);
    expect(buffer.push(record(4, 41), onEvict)).toBe(false);
    expect(evicted).toHaveLength(3);
  });

  it('gives nothing up for a record that would not fit anyway', () => {
    const buffer = new LogBuffer(40);
    const [error, debug] = [record(3, 20), record(0)];
    for (const item of [error, debug]) buffer.push(item, () => undefined);
    const onEvict = jest.fn();
    expect(buffer.push(record(1, 25), onEvict)).toBe(false);
    expect(onEvict).not.toHaveBeenCalled();
    expect(buffer.take(10, Infinity)).toEqual([error, debug]);
  });

  it('counts records under way against the bound until they are released', () => {
    const buffer = new LogBuffer(20);
    buffer.push(record(4), () => undefined);
    buffer.push(record(4), () => undefined);
    const taken = buffer.take(2, Infinity);
    expect(buffer.push(record(4), () => undefined)).toBe(false);
    buffer.release(taken);
    expect(buffer.push(record(4), () => undefined)).toBe(true);
  });

  it('cuts a batch by count and by bytes, but always gives one record', () => {
    const buffer = new LogBuffer(1000);
    for (let i = 0; i < 5; i++) buffer.push(record(1, 30), () => undefined);
    expect(buffer.take(2, Infinity)).toHaveLength(2);
    expect(buffer.take(10, 65)).toHaveLength(2);
    expect(buffer.take(10, 1)).toHaveLength(1);
    expect(buffer.take(10, 1)).toHaveLength(0);
  });

  it('loses nothing uncounted and stays within its bound', () => {
    const level = fc.integer({ min: 0, max: 4 }) as fc.Arbitrary<LevelIndex>;
    const step = fc.oneof(
      fc.record({ push: fc.record({ level, bytes: fc.integer({ min: 1, max: 60 }) }) }),
      fc.record({ take: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const buffer = new LogBuffer(200);
        let pushed = 0;
        let gone = 0;
        let lastTaken = 0;
        for (const action of steps) {
          if ('push' in action) {
            const item = record(action.push.level, action.push.bytes);
            pushed++;
            const kept = buffer.push(item, (evicted) => {
              expect(evicted.level).toBeLessThanOrEqual(item.level);
              gone++;
            });
            if (!kept) gone++;
          } else {
            const taken = buffer.take(action.take, Infinity);
            for (const item of taken) {
              expect(item.seq).toBeGreaterThan(lastTaken);
              lastTaken = item.seq;
            }
            gone += taken.length;
            buffer.release(taken);
          }
          expect(buffer.bytes).toBeLessThanOrEqual(200);
          expect(buffer.length + gone).toBe(pushed);
        }
        while (buffer.length > 0) buffer.release(buffer.take(3, Infinity));
        expect(buffer.bytes).toBe(0);
      }),
    );
  });
});
