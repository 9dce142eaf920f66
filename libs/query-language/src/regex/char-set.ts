import { caseVariants, foldCodePoint, LAST_CASED_CODE_POINT } from '../fold';

/** Inclusive ranges of code points, rising, neither touching nor overlapping. */
export type CharSet = readonly (readonly [number, number])[];

export const MAX_CODE_POINT = 0x10ffff;

export function charSet(ranges: Iterable<readonly [number, number]>): CharSet {
  const sorted = [...ranges].filter(([lo, hi]) => lo <= hi).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [lo, hi] of sorted) {
    const last = merged.at(-1);
    if (last && lo <= last[1] + 1) last[1] = Math.max(last[1], hi);
    else merged.push([lo, hi]);
  }
  return merged;
}

export function negate(set: CharSet): CharSet {
  const ranges: [number, number][] = [];
  let next = 0;
  for (const [lo, hi] of set) {
    if (lo > next) ranges.push([next, lo - 1]);
    next = hi + 1;
  }
  if (next <= MAX_CODE_POINT) ranges.push([next, MAX_CODE_POINT]);
  return ranges;
}

export function hasCodePoint(set: CharSet, code: number): boolean {
  return set.some(([lo, hi]) => lo <= code && code <= hi);
}

let casedGroups: (readonly number[])[] | undefined;

function allCasedGroups(): (readonly number[])[] {
  if (casedGroups) return casedGroups;
  const groups = new Map<number, readonly number[]>();
  for (let code = 0; code <= LAST_CASED_CODE_POINT; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const folded = foldCodePoint(code);
    if (folded !== code && !groups.has(folded)) groups.set(folded, caseVariants(folded));
  }
  return (casedGroups = [...groups.values()]);
}

/** The set with every code point that folds to the same as one of its own. */
export function closeOverCase(set: CharSet): CharSet {
  if (set.length === 1 && set[0] && set[0][0] === set[0][1]) {
    return charSet(caseVariants(set[0][0]).map((code) => [code, code] as const));
  }
  const added: [number, number][] = [];
  for (const group of allCasedGroups()) {
    if (group.some((code) => hasCodePoint(set, code))) for (const code of group) added.push([code, code]);
  }
  return charSet([...set, ...added]);
}

const unicodeSets = new Map<string, CharSet | null>();

/** Code points of a Unicode category (`L`, `Lu`) or script (`Greek`); null when there is none of that name. */
export function unicodeSet(name: string): CharSet | null {
  const known = unicodeSets.get(name);
  if (known !== undefined) return known;
  const set = name === 'Any' ? ([[0, MAX_CODE_POINT]] as const) : scanProperty(name);
  unicodeSets.set(name, set);
  return set;
}

function scanProperty(name: string): CharSet | null {
  let property: RegExp;
  try {
    property = new RegExp(/^[A-Z][a-z]?$/.test(name) ? `^\\p{gc=${name}}$` : `^\\p{Script=${name}}$`, 'u');
  } catch {
    return null;
  }
  const ranges: [number, number][] = [];
  for (let code = 0; code <= MAX_CODE_POINT; code++) {
    if (!property.test(String.fromCodePoint(code))) continue;
    const last = ranges.at(-1);
    if (last && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}
