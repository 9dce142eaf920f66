import { SignInThrottle } from './sign-in-throttle';

describe('SignInThrottle', () => {
  let now: number;
  let throttle: SignInThrottle;
  beforeEach(() => {
    now = 1_000_000;
    throttle = new SignInThrottle(() => now);
  });

  const fail = (
    times: number,
    account: string | ((i: number) => string),
    address: string | ((i: number) => string),
  ) => {
    for (let i = 0; i < times; i += 1) {
      throttle.begin(
        typeof account === 'string' ? account : account(i),
        typeof address === 'string' ? address : address(i),
      );
    }
  };
  const refused = (account: string, address: string) => {
    try {
      throttle.begin(account, address);
      return null;
    } catch (error) {
      return error as { code: string; retryAfterMs: number };
    }
  };

  it('refuses the eleventh failure of an account from one address', () => {
    fail(10, 'a', '1');
    expect(refused('a', '1')).toMatchObject({ code: 'rate_limited', retryAfterMs: 900_000 });
    expect(refused('a', '2')).toBeNull();
    expect(refused('b', '1')).toBeNull();
  });

  it('refuses an address after a hundred failures over many accounts', () => {
    fail(100, (i) => `account-${i}`, '1');
    expect(refused('fresh', '1')).not.toBeNull();
    expect(refused('fresh', '2')).toBeNull();
  });

  it('refuses an account after five hundred failures from many addresses', () => {
    fail(500, 'a', (i) => `address-${i}`);
    expect(refused('a', 'fresh')).not.toBeNull();
    expect(refused('b', 'fresh')).toBeNull();
  });

  it('lets in again when the window is over', () => {
    fail(10, 'a', '1');
    now += 899_999;
    expect(refused('a', '1')?.retryAfterMs).toBe(1);
    now += 1;
    expect(refused('a', '1')).toBeNull();
  });

  it('does not count successes', () => {
    for (let i = 0; i < 1000; i += 1) {
      throttle.begin('a', '1');
      throttle.succeed('a', '1');
    }
    expect(refused('a', '1')).toBeNull();
  });

  it('forgets the failures of somebody who remembered, but not those of the address', () => {
    fail(99, (i) => `account-${i % 30}`, '1');
    throttle.begin('mine', '1');
    throttle.succeed('mine', '1');
    expect(refused('x', '1')).toBeNull();
    expect(refused('y', '1')).not.toBeNull();
  });

  it('does not let refused tries prolong the wait', () => {
    fail(10, 'a', '1');
    for (let i = 0; i < 50; i += 1) refused('a', '1');
    now += 900_000;
    expect(refused('a', '1')).toBeNull();
  });
});
