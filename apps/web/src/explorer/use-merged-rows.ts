import { useLayoutEffect, useMemo } from 'react';
import type { RowPage } from '../api/logs-api';
import type { LogRow } from './log-row';
import type { Extents } from '../ui/marked-text';
import type { LiveTail } from './use-live-tail';

export interface MergedRows {
  /** Newest first: live logs on top of the pages. */
  readonly rows: readonly LogRow[];
  readonly highlights: ReadonlyMap<string, Extents>;
  /** True when live logs pushed the pages out: below the last row there is more in the history. */
  readonly cut: boolean;
}

/** One list of what was loaded and what came in since; each log once. */
export function useMergedRows(
  pages: readonly RowPage[] | undefined,
  stale: boolean,
  live: boolean,
  tail: LiveTail,
): MergedRows {
  const loaded = useMemo(() => pages?.flatMap((page) => page.rows) ?? [], [pages]);
  const highlights = useMemo(() => {
    const map = new Map<string, Extents>();
    for (const page of pages ?? []) {
      for (const [id, extents] of Object.entries(page.highlights)) map.set(id, extents);
    }
    return map;
  }, [pages]);
  const loadedIds = useMemo(() => new Set(loaded.map((row) => row.id)), [loaded]);
  const { exclude, snapshot } = tail;
  useLayoutEffect(() => {
    if (live) exclude(loadedIds);
  }, [exclude, loadedIds, live]);

  // When live is switched off its rows stay until the answer that contains them is there.
  const withLive = live || (stale && snapshot.rows.length > 0);
  const cut = withLive && snapshot.trimmed;
  const rows = useMemo(
    // The buffer learns of loaded pages after they are drawn for the first time, so what is in both is left out here.
    () =>
      withLive
        ? cut
          ? snapshot.rows
          : [...snapshot.rows.filter((row) => !loadedIds.has(row.id)), ...loaded]
        : loaded,
    [withLive, cut, snapshot.rows, loaded, loadedIds],
  );
  return { rows, highlights, cut };
}
