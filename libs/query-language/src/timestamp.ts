const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;
const EPOCH = /^-?\d{1,19}(?:\.\d{1,9})?$/;

/** Range of four-digit years, in µs since the epoch. */
const MIN_US = Date.UTC(0, 0, 1) - 1900 * 366 * 86_400_000 * 1000;
const MAX_US = Date.UTC(9999, 11, 31, 23, 59, 59, 999) * 1000;

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0'));
}

/** Epoch numbers are told apart by magnitude: s below 1e11, ms below 1e14, µs below 1e17, then ns. */
function epochUs(text: string): number {
  const value = Number(text);
  const size = Math.abs(value);
  if (size < 1e11) return Math.round(value * 1e6);
  if (size < 1e14) return Math.round(value * 1e3);
  if (size < 1e17) return Math.round(value);
  return Number(BigInt(text.split('.')[0] ?? '0') / 1000n);
}

/**
 * µs since the epoch of an ISO 8601 time (without a zone: UTC; without a time of day: midnight) or an epoch number.
 * Digits beyond the µs are dropped. Null when it is neither.
 */
export function parseTimestampUs(text: string): number | null {
  if (EPOCH.test(text)) {
    const us = epochUs(text);
    return us >= MIN_US && us <= MAX_US ? us : null;
  }
  const match = ISO.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) => Number(match[i] ?? '0')) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offset = zoneMinutes(match[8]);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || year < 1) return null;
  if (hour > 23 || minute > 59 || second > 59 || Math.abs(offset) > 15 * 60) return null;
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day);
  const micros = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  return (date.getTime() - offset * 60_000) * 1000 + micros;
}

/** RFC 3339 UTC with six fraction digits. */
export function formatTimestampUs(us: number): string {
  const ms = Math.floor(us / 1000);
  const micros = us - ms * 1000;
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
