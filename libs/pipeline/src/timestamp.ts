/** Day number since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function twoDigits(bytes: Uint8Array, at: number): number {
  const a = bytes[at]! - 0x30;
  const b = bytes[at + 1]! - 0x30;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1;
}

let lastDayKey = -1;
let lastDayUs = 0;

function dayUs(year: number, month: number, day: number): number {
  const key = year * 512 + month * 32 + day;
  if (key === lastDayKey) return lastDayUs;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > DAYS_IN_MONTH[month - 1]! ||
    (month === 2 && day === 29 && !isLeap)
  ) {
    return NaN;
  }
  lastDayKey = key;
  lastDayUs = daysFromCivil(year, month, day) * 86_400_000_000;
  return lastDayUs;
}

/**
 * Reads an ISO 8601 date-time (`2026-11-21T03:12:28.123456+01:00`): a space or lower case for `T`, a comma for the
 * fraction's point and `+0100`, `+01` zones are understood; without a zone it is UTC; digits beyond the microsecond
 * are cut.
 *
 * @returns µs since the epoch, or NaN
 */
export function parseIsoTimestamp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 16) return NaN;
  const century = twoDigits(bytes, start);
  const yearOfCentury = twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  const separator = bytes[start + 10]!;
  if (
    century < 0 ||
    yearOfCentury < 0 ||
    month < 0 ||
    day < 0 ||
    hour < 0 ||
    hour > 23 ||
    minute < 0 ||
    minute > 59 ||
    bytes[start + 4] !== 0x2d ||
    bytes[start + 7] !== 0x2d ||
    bytes[start + 13] !== 0x3a ||
    (separator !== 0x54 && separator !== 0x20 && separator !== 0x74)
  ) {
    return NaN;
  }
  let at = start + 16;
  let second = 0;
  let micros = 0;
  if (at < end && bytes[at] === 0x3a) {
    second = at + 3 <= end ? twoDigits(bytes, at + 1) : -1;
    if (second < 0 || second > 60) return NaN;
    at += 3;
    if (at < end && (bytes[at] === 0x2e || bytes[at] === 0x2c)) {
      at++;
      const first = at;
      let scale = 100_000;
      while (at < end) {
        const digit = bytes[at]! - 0x30;
        if (digit < 0 || digit > 9) break;
        micros += digit * scale;
        scale = scale === 1 ? 0 : scale / 10;
        at++;
      }
      if (at === first) return NaN;
    }
  }
  const zoneUs = parseZone(bytes, at, end);
  return (
    dayUs(century * 100 + yearOfCentury, month, day) +
    ((hour * 60 + minute) * 60 + second) * 1e6 +
    micros -
    zoneUs
  );
}

function parseZone(bytes: Uint8Array, at: number, end: number): number {
  if (at === end) return 0;
  const c = bytes[at]!;
  if (c === 0x5a || c === 0x7a) return at + 1 === end ? 0 : NaN;
  if (c !== 0x2b && c !== 0x2d) return NaN;
  if (end - at < 3) return NaN;
  const hours = twoDigits(bytes, at + 1);
  let minutes = 0;
  if (end - at === 6 && bytes[at + 3] === 0x3a) minutes = twoDigits(bytes, at + 4);
  else if (end - at === 5) minutes = twoDigits(bytes, at + 3);
  else if (end - at !== 3) return NaN;
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return NaN;
  return (c === 0x2b ? 1 : -1) * (hours * 60 + minutes) * 60e6;
}

/**
 * Reads a number as epoch seconds, milliseconds, microseconds or nanoseconds by its magnitude (below 1e11, 1e14,
 * 1e17, above): the ranges do not overlap between 1973 and 5138.
 *
 * @returns µs since the epoch, or NaN
 */
export function parseEpochTimestamp(text: string): number {
  if (!/^\d{1,20}(\.\d{1,12})?$/.test(text)) return NaN;
  const [whole = '', fraction = ''] = text.split('.');
  const value = Number(whole);
  const digits = value < 1e11 ? 6 : value < 1e14 ? 3 : value < 1e17 ? 0 : -3;
  if (digits < 0) return Number(whole.slice(0, digits));
  return Number(whole + fraction.padEnd(digits, '0').slice(0, digits));
}

/** RFC 3339 UTC with six fraction digits. @param us µs since the epoch */
export function formatTimestamp(us: number): string {
  const ms = Math.floor(us / 1000);
  const micros = us - ms * 1000;
  return new Date(ms).toISOString().slice(0, -1) + String(micros).padStart(3, '0') + 'Z';
}
