import fc from 'fast-check';
import { JsonWriter } from './json-writer.ts';
import { compileRedaction } from './redaction.ts';

const LIMITS = { maxDepth: 5, maxEntries: 50, maxStringLength: 200 };

function write(value: unknown, redact: string[] = [], limits = LIMITS): string | undefined {
  const writer = new JsonWriter(limits);
  writer.start(100_000);
  const redaction = compileRedaction(redact);
  return writer.value(value, '', redaction === undefined ? [] : [redaction]);
}

function read(value: unknown, redact: string[] = []): unknown {
  return JSON.parse(write(value, redact) ?? 'null');
}

describe('JsonWriter', () => {
  it('writes what JSON.stringify writes for plain values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = write(value, [], { maxDepth: 50, maxEntries: 100_000, maxStringLength: 100_000 });
        expect(text).toBe(JSON.stringify(value));
      }),
    );
  });

  it('is valid JSON for anything, and never throws', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withBoxedValues: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          const text = write(value);
          if (text !== undefined) JSON.parse(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keeps the digits of a BigInt', () => {
    expect(write({ id: 9223372036854775807n })).toBe('{"id":9223372036854775807}');
    expect(write(2n ** 2_000_000n)).toBe('"[BigInt too large]"');
  });

  it('writes dates, maps, sets, buffers, functions, symbols and numbers JSON has no form for', () => {
    expect(
      read({
        date: new Date(0),
        noDate: new Date(Number.NaN),
        map: new Map<unknown, unknown>([['a', 1]]),
        pairs: new Map([[1, 2]]),
        set: new Set([1, 2]),
        bytes: Buffer.from('hi'),
        many: new Uint8Array(2000),
        fn: function named() {},
        symbol: Symbol('s'),
        nan: NaN,
        none: undefined,
        list: [undefined],
        regexp: /a/i,
        boxed: new String('text'),
        url: new URL('http://a.example/'),
      }),
    ).toEqual({
      date: '1970-01-01T00:00:00.000Z',
      noDate: 'Invalid Date',
      map: { a: 1 },
      pairs: [[1, 2]],
      set: [1, 2],
      bytes: 'aGk=',
      many: '[Uint8Array of 2000 bytes]',
      fn: '[Function named]',
      symbol: 'Symbol(s)',
      nan: 'NaN',
      list: [null],
      regexp: '/a/i',
      boxed: 'text',
      url: 'http://a.example/',
    });
  });

  it('marks circles, but not the same object twice side by side', () => {
    const shared = { a: 1 };
    const circle: Record<string, unknown> = { shared, again: shared };
    circle['self'] = circle;
    expect(read(circle)).toEqual({ shared, again: shared, self: '[Circular]' });
  });

  it('survives getters, proxies and toJSON that throw', () => {
    const value = {
      ok: 1,
      get bad(): never {
        throw new Error('no');
      },
      json: {
        toJSON() {
          throw new Error('never');
        },
      },
      proxy: new Proxy({}, { ownKeys: () => { throw new Error('trap'); } }), // prettier-ignore
      revoked: (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    };
    expect(read(value)).toEqual({
      ok: 1,
      bad: '[Getter threw: no]',
      json: '[Unreadable: never]',
      proxy: { unreadable: 'trap' },
      revoked: expect.stringContaining('[Unreadable:') as string,
    });
  });

  it('obeys toJSON once and does not follow it in circles', () => {
    const endless = { toJSON: () => ({ toJSON: () => 'twice', kept: 1 }) };
    expect(read(endless)).toEqual({ toJSON: '[Function toJSON]', kept: 1 });
    const self: Record<string, unknown> = { a: 1 };
    Object.defineProperty(self, 'toJSON', { value: () => self });
    expect(read(self)).toEqual({ a: 1 });
  });

  it('writes errors with name, code, stack, cause, inner errors and own fields', () => {
    class PaymentError extends Error {
      constructor(
        message: string,
        readonly code: string,
        options?: ErrorOptions,
      ) {
        super(message, options);
      }
    }
    const cause = new AggregateError([new Error('inner'), 'text'], 'several');
    const error = new PaymentError('declined', 'E42', { cause });
    Object.assign(error, { orderId: 7n, self: error });
    expect(read(error)).toEqual({
      name: 'PaymentError',
      message: 'declined',
      code: 'E42',
      stack: expect.any(String) as string,
      cause: {
        name: 'AggregateError',
        message: 'several',
        stack: expect.any(String) as string,
        errors: [{ name: 'Error', message: 'inner', stack: expect.any(String) as string }, 'text'],
      },
      orderId: 7,
      self: '[Circular]',
    });
  });

  it('says where it stopped: depth, entries, strings, budget', () => {
    expect(read({ a: { b: { c: { d: { e: { f: 1 } } } } } })).toEqual({
      a: { b: { c: { d: { e: '[Object deeper than 5 levels]' } } } },
    });
    const list = read(Array.from({ length: 60 }, (_, i) => i)) as unknown[];
    expect(list).toHaveLength(51);
    expect(list[50]).toBe('[10 more items]');
    const object = read(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, i]))) as Record<
      string,
      unknown
    >;
    expect(object['…']).toBe('[10 more keys]');
    expect(read('x'.repeat(1000))).toBe(`${'x'.repeat(160)}…[840 more characters]`);
    const writer = new JsonWriter({ ...LIMITS, maxStringLength: 1000 });
    writer.start(100);
    expect(JSON.parse(writer.value(['x'.repeat(200), 'y'], '', []) ?? '')).toEqual([
      'x'.repeat(200),
      '[1 more items]',
    ]);
  });

  it('leaves out undefined before the marker too', () => {
    const value = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, undefined]));
    expect(read(value)).toEqual({ '…': '[10 more keys]' });
  });

  it('keeps __proto__ and constructor as keys', () => {
    expect(write(JSON.parse('{"__proto__":{"a":1},"constructor":2}'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    );
    expect(write(new Map([['__proto__', 1]]))).toBe('{"__proto__":1}');
  });

  it('redacts at the paths, in errors and maps too', () => {
    const error = Object.assign(new Error('x'), {
      token: 't',
      config: { headers: { Authorization: 'Bearer' } },
    });
    expect(
      read(
        {
          password: 'p',
          a: { token: 1, password: 2 },
          e: error,
          m: new Map([['token', 1]]),
          l: [{ token: 3 }],
        },
        ['password', '*.token', 'l[*].token', '**.authorization'],
      ),
    ).toEqual({
      password: '[Redacted]',
      a: { token: '[Redacted]', password: 2 },
      e: expect.objectContaining({
        token: '[Redacted]',
        config: { headers: { Authorization: '[Redacted]' } },
      }) as object,
      m: { token: '[Redacted]' },
      l: [{ token: '[Redacted]' }],
    });
  });

  it('does not read a redacted getter', () => {
    let reads = 0;
    const value = {
      get password() {
        reads++;
        return 'secret';
      },
    };
    expect(read(value, ['password'])).toEqual({ password: '[Redacted]' });
    expect(reads).toBe(0);
  });
});
