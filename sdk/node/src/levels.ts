/** Levels in rising severity; the position is the order in which the buffer gives records up (lowest first). */
export const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

export type Level = (typeof LEVELS)[number];

/** Position of a level in `LEVELS`. */
export type LevelIndex = 0 | 1 | 2 | 3 | 4;

const INDEX: ReadonlyMap<string, LevelIndex> = new Map([
  ['debug', 0],
  ['info', 1],
  ['warn', 2],
  ['error', 3],
  ['fatal', 4],
]);

/** Position of a level name; `info` for anything unknown, so that a typo in the host costs no log. */
export function levelIndex(level: unknown): LevelIndex {
  return (typeof level === 'string' ? INDEX.get(level) : undefined) ?? 1;
}

export function isLevel(value: unknown): value is Level {
  return typeof value === 'string' && INDEX.has(value);
}
