import { hashPassword, verifyPassword } from './password';

describe('passwords', () => {
  it('are kept as argon2id with the stated cost, salted', async () => {
    const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword(first, 'correct horse')).toBe(true);
    expect(await verifyPassword(first, 'Correct horse')).toBe(false);
  });

  it('never match where there is no hash', async () => {
    expect(await verifyPassword(null, 'nobody has this password')).toBe(false);
  });

  it('are bounded in how many are checked at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => hashPassword('x')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(100 - 2 - 64);
    expect(refused[0]?.reason).toMatchObject({ code: 'overloaded', retryAfterMs: 2000 });
  });
});
