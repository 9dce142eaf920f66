import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Base-62 digits that hold 256 bits. */
const SECRET_DIGITS = 43;
const KEY_ID_DIGITS = 12;

/** SHA-256, for secrets of 256 random bits only: passwords need argon2id. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** 256 random bits as base64url, for cookies and links. */
export function newToken(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Uniform base-62 digits: a double click selects all of them. */
function randomDigits(length: number): string {
  let digits = '';
  while (digits.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 = 4 × 62: larger bytes would favour the first digits.
      if (byte < 248 && digits.length < length) digits += ALPHABET[byte % 62];
    }
  }
  return digits;
}

export interface NewApiKey {
  /** `lsk_<id>_<secret>`: shown once, never stored. */
  readonly key: string;
  /** `lsk_<id>`: shown in lists. */
  readonly prefix: string;
  readonly hash: Buffer;
}

export function newApiKey(): NewApiKey {
  const prefix = `lsk_${randomDigits(KEY_ID_DIGITS)}`;
  const key = `${prefix}_${randomDigits(SECRET_DIGITS)}`;
  return { key, prefix, hash: hashSecret(key) };
}

/** What lists show of a key that was given rather than made here. */
export function prefixOfGivenKey(key: string): string {
  return `${key.slice(0, 6)}…`;
}

/** Compares without telling by time where the difference is. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(hashSecret(given), hashSecret(expected));
}
