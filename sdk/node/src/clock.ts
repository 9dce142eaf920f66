/**
 * Writes times as RFC 3339 UTC. Several records of one millisecond get a counter in the microsecond digits
 * (`…12.345Z`, `…12.345001Z`, …), so that a store that sorts by time keeps the order of the calls even when
 * batches overtake each other. The counter stops at 999: beyond a million records a second order may be lost.
 */
export class TimestampWriter {
  private second = Number.NaN;
  private prefix = '';
  private lastMs = Number.NaN;
  private counter = 0;

  /** @param ms since the epoch; what is no valid time becomes now. */
  write(ms: number): string {
    if (!(Math.abs(ms) <= 8.64e15)) ms = Date.now();
    ms = Math.floor(ms);
    this.counter = ms === this.lastMs ? Math.min(this.counter + 1, 999) : 0;
    this.lastMs = ms;
    const second = Math.floor(ms / 1000);
    if (second !== this.second) {
      this.second = second;
      this.prefix = new Date(second * 1000).toISOString().slice(0, -4);
    }
    const fraction = pad3(ms - second * 1000);
    return this.prefix + fraction + (this.counter === 0 ? 'Z' : pad3(this.counter) + 'Z');
  }
}

function pad3(value: number): string {
  if (value > 99) return String(value);
  return value > 9 ? `0${value}` : `00${value}`;
}
