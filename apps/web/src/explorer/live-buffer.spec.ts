import fc from 'fast-check';
import { LiveBuffer } from './live-buffer';
import type { LogRow } from './log-row';

function row(id: number): LogRow {
  return {
    id: String(id),
    timestamp: '2026-11-21T04:17:35.280123Z',
    service: 's',
    environment: 'e',
    level: 'info',
    message: `m${id}`,
    metadataText: null,
    traceId: null,
    spanId: null,
  };
}

function rows(from: number, to: number): LogRow[] {
  return Array.from({ length: to - from }, (_, index) => row(from + index));
}

function shown(buffer: LiveBuffer): number[] {
  return buffer.getSnapshot().rows.map((each) => Number(each.id));
}

describe('the live buffer', () => {
  it('shows the newest on top', () => {
    const buffer = new LiveBuffer(10);
    buffer.add(rows(0, 3), false);
    buffer.add(rows(3, 5), false);
    expect(shown(buffer)).toEqual([4, 3, 2, 1, 0]);
  });

  it('holds new logs back and shows them on request', () => {
    const buffer = new LiveBuffer(10);
    buffer.add(rows(0, 2), false);
    buffer.add(rows(2, 5), true);
    expect(shown(buffer)).toEqual([1, 0]);
    expect(buffer.getSnapshot().heldCount).toBe(3);
    buffer.flush();
    expect(shown(buffer)).toEqual([4, 3, 2, 1, 0]);
    expect(buffer.getSnapshot()).toMatchObject({ heldCount: 0, trimmed: false });
  });

  it('takes each log once, also when it is on the page already', () => {
    const buffer = new LiveBuffer(10);
    buffer.exclude(new Set(['1']));
    buffer.add(rows(0, 3), false);
    buffer.add(rows(1, 4), false);
    expect(shown(buffer)).toEqual([3, 2, 0]);
    buffer.exclude(new Set(['3']));
    expect(shown(buffer)).toEqual([2, 0]);
  });

  it('says when what was loaded before no longer follows on', () => {
    const buffer = new LiveBuffer(3);
    buffer.add(rows(0, 3), false);
    expect(buffer.getSnapshot().trimmed).toBe(false);
    buffer.add(rows(3, 4), false);
    expect(shown(buffer)).toEqual([3, 2, 1]);
    expect(buffer.getSnapshot().trimmed).toBe(true);
  });

  it('counts held logs that had to go, and shows no gap when they come', () => {
    const buffer = new LiveBuffer(3);
    buffer.add(rows(0, 2), false);
    buffer.add(rows(2, 12), true);
    expect(buffer.getSnapshot().heldCount).toBe(10);
    expect(shown(buffer)).toEqual([1, 0]);
    buffer.flush();
    expect(shown(buffer)).toEqual([11, 10, 9]);
    expect(buffer.getSnapshot()).toMatchObject({ heldCount: 0, trimmed: true });
  });

  it('starts anew when cleared', () => {
    const buffer = new LiveBuffer(3);
    buffer.add(rows(0, 5), false);
    buffer.noteDropped(7);
    expect(buffer.getSnapshot().droppedCount).toBe(7);
    buffer.clear();
    expect(buffer.getSnapshot()).toEqual({ rows: [], heldCount: 0, trimmed: false, droppedCount: 0 });
    buffer.add(rows(0, 1), false);
    expect(shown(buffer)).toEqual([0]);
  });

  it('never shows a log twice, out of order or beyond its bound, and without a gap', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('add' as const),
        size: fc.integer({ min: 0, max: 8 }),
        hold: fc.boolean(),
      }),
      fc.record({ do: fc.constant('flush' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 10 }), (steps, capacity) => {
        const buffer = new LiveBuffer(capacity);
        let next = 0;
        for (const each of steps) {
          if (each.do === 'add') {
            // The last log is sent again, as a reconnect may.
            buffer.add(rows(Math.max(0, next - 1), next + each.size), each.hold);
            next += each.size;
          } else {
            buffer.flush();
          }
          const ids = shown(buffer);
          expect(ids.length).toBeLessThanOrEqual(capacity);
          for (let at = 1; at < ids.length; at += 1) expect(ids[at - 1]).toBe((ids[at] ?? 0) + 1);
          const { heldCount, trimmed } = buffer.getSnapshot();
          if (!trimmed && ids.length > 0) expect(ids.at(-1)).toBe(0);
          expect((ids[0] ?? -1) + 1 + heldCount).toBeLessThanOrEqual(next + 1);
        }
      }),
    );
  });
});
