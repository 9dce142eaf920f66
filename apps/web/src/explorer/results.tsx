import { Button } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { IconArrowUp } from '@tabler/icons-react';
import { useCallback, type ReactNode, type Ref } from 'react';
import { ApiError } from '../api/api-error';
import type { RowPage } from '../api/logs-api';
import type { Zone } from '../format/time-format';
import { ErrorLine, ErrorPanel, StatePanel } from '../ui/state-panel';
import type { RowShape } from './log-table-row';
import { LogTable, RowSkeletons, type LogTableHandle } from './log-table';
import { widen, type TimeWindow } from './time-range';
import type { UpdateView } from './use-explorer-view';
import { LIVE_CAPACITY } from './use-live-tail';
import type { MergedRows } from './use-merged-rows';
import type { ExplorerView } from './view-codec';
import styles from './results.module.css';

interface ResultsProps {
  readonly rows: UseInfiniteQueryResult<InfiniteData<RowPage, string | null>>;
  readonly merged: MergedRows;
  readonly view: ExplorerView;
  readonly window: TimeWindow;
  readonly zone: Zone;
  readonly live: boolean;
  readonly heldCount: number;
  readonly activeId: string | null;
  readonly handle: Ref<LogTableHandle>;
  readonly onOpen: (id: string) => void;
  readonly onScrolled: (atTop: boolean) => void;
  readonly onShowHeld: () => void;
  readonly onUpdate: UpdateView;
}

/** Below this width metadata would squeeze the message. */
const WIDE_PX = 820;
/** Below this one the message needs the room of the service; its level and text say more. */
const SERVICE_PX = 500;
const DAY_PX = 60;
const DAY_MS = 86_400_000;

function shapeFor(cards: boolean, width: number, withDay: boolean): RowShape {
  if (cards) return 'card';
  if (width === 0 || width >= WIDE_PX) return 'wide';
  return width >= SERVICE_PX + (withDay ? DAY_PX : 0) ? 'narrow' : 'tight';
}

function Nothing({ view, onUpdate }: Pick<ResultsProps, 'view' | 'onUpdate'>): ReactNode {
  const limited = view.query !== '' || view.filters.length > 0;
  return (
    <StatePanel
      title={limited ? 'No logs match' : 'No logs in this time range'}
      actions={
        <>
          <Button variant="default" onClick={() => onUpdate({ range: widen(view.range), live: false })}>
            Look further back
          </Button>
          {view.query !== '' && (
            <Button variant="default" onClick={() => onUpdate({ query: '' })}>
              Clear the search
            </Button>
          )}
          {view.filters.length > 0 && (
            <Button variant="default" onClick={() => onUpdate({ filters: [] })}>
              Clear the filters
            </Button>
          )}
          {!view.live && view.range.kind === 'relative' && (
            <Button variant="default" onClick={() => onUpdate({ live: true })}>
              Wait for new ones
            </Button>
          )}
        </>
      }
    >
      {limited
        ? 'Nothing in this time range matches the search and the filters together.'
        : 'This tenant has logs, but none of this time.'}
    </StatePanel>
  );
}

export function Results(props: ResultsProps): ReactNode {
  const { rows, merged, view, window, zone, live, heldCount, activeId, handle } = props;
  const { onOpen, onScrolled, onShowHeld, onUpdate } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const cards = useMediaQuery('(max-width: 479px)', undefined, { getInitialValueInEffect: false }) === true;
  const withDay = window.toMs - window.fromMs > DAY_MS / 2;
  const shape = shapeFor(cards, width, withDay);
  const { fetchNextPage } = rows;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const first = rows.data?.pages[0];
  const badQuery = rows.error instanceof ApiError && rows.error.code === 'invalid_query';

  let content: ReactNode;
  if (rows.isError && rows.data === undefined) {
    content = badQuery ? (
      <StatePanel
        title="The search cannot be read"
        actions={
          <Button variant="default" onClick={() => onUpdate({ query: '' })}>
            Clear the search
          </Button>
        }
      >
        {rows.error.message}
      </StatePanel>
    ) : (
      <ErrorPanel
        error={rows.error}
        what="The logs could not be loaded"
        onRetry={() => void rows.refetch()}
      />
    );
  } else if (first === undefined) {
    content = <RowSkeletons count={24} shape={shape} />;
  } else if (merged.rows.length === 0 && !rows.isPlaceholderData) {
    content = live ? (
      <StatePanel title="Waiting for logs">
        New logs that match appear here the moment they arrive.
      </StatePanel>
    ) : (
      <Nothing view={view} onUpdate={onUpdate} />
    );
  } else {
    content = (
      <LogTable
        rows={merged.rows}
        highlights={merged.highlights}
        shape={shape}
        zone={zone}
        withDay={withDay}
        activeId={activeId}
        selectedId={view.selectedId}
        totalRows={Math.max(first.total, merged.rows.length)}
        stale={rows.isPlaceholderData && !live}
        hasMore={rows.hasNextPage && !merged.cut && !rows.isFetchNextPageError}
        loadingMore={rows.isFetchingNextPage}
        end={
          merged.cut
            ? `Live keeps the newest ${LIVE_CAPACITY.toLocaleString('en-US')} logs. Switch live off to go further back.`
            : rows.isFetchNextPageError
              ? null
              : first.totalRelation === 'exact' || view.query === ''
                ? 'No older logs in this time range.'
                : 'No older logs match in this time range.'
        }
        onOpen={onOpen}
        onNearEnd={loadMore}
        onScrolled={onScrolled}
        handle={handle}
      />
    );
  }
  return (
    <div ref={ref} className={styles['results']}>
      {heldCount > 0 && (
        <button type="button" className={styles['banner']} onClick={onShowHeld}>
          <IconArrowUp size={14} aria-hidden />
          {heldCount.toLocaleString('en-US')} new {heldCount === 1 ? 'log' : 'logs'}
        </button>
      )}
      {content}
      {rows.isError && rows.data !== undefined && (
        <ErrorLine
          error={rows.error}
          what={rows.isFetchNextPageError ? 'Older logs could not be loaded' : 'The logs could not be loaded'}
          onRetry={() => void (rows.isFetchNextPageError ? rows.fetchNextPage() : rows.refetch())}
        />
      )}
    </div>
  );
}
