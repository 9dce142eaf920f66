import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@logstead/errors';

/** NIST SP 800-63B section 5.1.1.2: length, no composition rules. */
export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 200;

/** OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane; about 30 ms of one core. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each takes 19 MiB and a thread; more at once would slow ingest on a small machine. */
const MAX_CONCURRENT = 2;
const MAX_WAITING = 64;

let running = 0;
const waiting: (() => void)[] = [];

async function limited<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_CONCURRENT) {
    if (waiting.length >= MAX_WAITING) {
      throw new AppError({
        code: 'overloaded',
        message: 'Too many people sign in at once. Try again.',
        retryAfterMs: 2000,
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** argon2id in its PHC form. */
export function hashPassword(password: string): Promise<string> {
  return limited(() => hash(password, PARAMETERS));
}

let dummyHash: Promise<string> | undefined;

/**
 * Whether the password belongs to the hash. Without a hash (unknown account, account without a password) it works
 * as long and says no, so that time does not tell which accounts exist.
 */
export async function verifyPassword(storedHash: string | null, password: string): Promise<boolean> {
  dummyHash ??= hashPassword('nobody has this password');
  const against = storedHash ?? (await dummyHash);
  const matches = await limited(() => verify(against, password));
  return matches && storedHash !== null;
}
