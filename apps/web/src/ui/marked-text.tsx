import type { ReactNode } from 'react';

type Extent = readonly [number, number];
/** Parts of a text from and to UTF-16 positions. */
export type Extents = readonly Extent[];

/** Text with the extents that match the query marked. Extents may overlap or lie outside. */
export function MarkedText({
  text,
  extents,
}: {
  readonly text: string;
  readonly extents: Extents;
}): ReactNode {
  if (extents.length === 0) return text;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of extents.toSorted((a, b) => a[0] - b[0])) {
    const start = Math.max(at, from);
    const end = Math.min(text.length, to);
    if (end <= start) continue;
    if (start > at) parts.push(text.slice(at, start));
    parts.push(<mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  parts.push(text.slice(at));
  return parts;
}
