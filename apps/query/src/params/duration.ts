const UNIT_US = {
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
  w: 604_800_000_000,
} as const;

/** µs of `90s`, `15m`, `1h`, `7d` …; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(text);
  if (match === null) return undefined;
  const us = Number(match[1]) * UNIT_US[match[2] as keyof typeof UNIT_US];
  return us > 0 ? us : undefined;
}

/** The shortest spelling of a duration in its largest whole unit. */
export function formatDuration(us: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's'] as const) {
    // A fortnight is 14d: weeks would hide that intervals begin on Thursdays, as the epoch did.
    if (unit !== 'w' && us % UNIT_US[unit] === 0) return `${us / UNIT_US[unit]}${unit}`;
  }
  return `${us / UNIT_US.ms}ms`;
}
