import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 16;

/** Opaque texts only this installation can have made: base64url of a MAC and the payload. */
export class SignedTokens {
  constructor(private readonly key: Buffer) {}

  /** @param purpose tokens made for one purpose are refused for any other */
  seal(purpose: string, payload: string): string {
    const body = Buffer.from(payload);
    return Buffer.concat([this.mac(purpose, body), body]).toString('base64url');
  }

  /** @returns the payload, or null when the token was not made here for this purpose */
  open(purpose: string, token: string): string | null {
    if (!/^[A-Za-z0-9_-]+$/.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    // base64url has several spellings of the same bytes; only ours is taken.
    if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== token) return null;
    const body = bytes.subarray(MAC_BYTES);
    return timingSafeEqual(bytes.subarray(0, MAC_BYTES), this.mac(purpose, body)) ? body.toString() : null;
  }

  private mac(purpose: string, body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(`${purpose}\0`).update(body).digest().subarray(0, MAC_BYTES);
  }
}
