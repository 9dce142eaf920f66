import { hashSecret, newApiKey, newToken, prefixOfGivenKey, sameSecret } from './secret-token';

describe('secrets', () => {
  it('have 256 random bits', () => {
    expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32);
    const { key, prefix, hash } = newApiKey();
    expect(key).toMatch(/^lsk_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}$/);
    expect(62 ** 43).toBeGreaterThan(2 ** 256);
    expect(key.startsWith(`${prefix}_`)).toBe(true);
    expect(hash).toEqual(hashSecret(key));
  });

  it('use every digit about equally often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 2000; i += 1) {
      for (const digit of newApiKey().key.slice(17)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    const expected = (2000 * 43) / 62;
    expect(counts.size).toBe(62);
    // A modulo without rejection would make eight of the digits a quarter more frequent.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.17);
  });

  it('are compared whole', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    for (const wrong of ['', 'ab', 'abcd', 'abd']) expect(sameSecret(wrong, 'abc')).toBe(false);
  });

  it('are hashed as anybody would', () => {
    expect(hashSecret('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('show six characters of a given key', () => {
    expect(prefixOfGivenKey('0123456789abcdef')).toBe('012345…');
  });
});
