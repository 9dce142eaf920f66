const exact = new Intl.NumberFormat('en-US');

/** `12431` → `12,431`. */
export function exactCount(value: number): string {
  return exact.format(value);
}

/** `12431` → `12.4 k`; the exact value belongs beside it on hover. */
export function shortCount(value: number): string {
  const units: readonly [number, string][] = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ];
  for (const [size, suffix] of units) {
    // 999,950 would print as 1000 k: it belongs to the next unit.
    if (value >= size * 0.99995 && value >= 1000) {
      const scaled = value / size;
      return `${scaled >= 99.95 ? Math.round(scaled) : Math.round(scaled * 10) / 10}${suffix}`;
    }
  }
  return String(Math.round(value));
}

/** Share of a whole as a percentage with as many digits as it deserves. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return '0%';
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return '<0.1%';
  return percent < 10 ? `${Math.round(percent * 10) / 10}%` : `${Math.round(percent)}%`;
}
