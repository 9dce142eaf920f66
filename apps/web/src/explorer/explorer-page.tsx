import { Drawer, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { queryFaultOf } from '../api/api-error';
import { useTenant } from '../shell/tenant-context';
import { useNumberSetting, useChoiceSetting } from '../ui/local-setting';
import { ResizeHandle } from '../ui/resize-handle';
import { useHotkeys } from '../ui/use-hotkeys';
import { usePageTitle } from '../ui/use-page-title';
import { useZone } from '../ui/use-zone';
import { ExplorerToolbar } from './explorer-toolbar';
import { FieldList, type PickValue } from './field-list';
import { FilterPills } from './filter-pills';
import { addValue, toggleValue } from './filters';
import { LogDetail } from './log-detail';
import { queryShift, scopeParams, windowedParams, type LogScope } from './log-params';
import type { LogRow } from './log-row';
import type { LogTableHandle } from './log-table';
import { bestTotal, ResultStrip } from './result-strip';
import { Results } from './results';
import { useExplorerView } from './use-explorer-view';
import { useLiveTail } from './use-live-tail';
import { useAnchor, useFacets, useFollowingAnchor, useHasLogs, useHistogram, useRows } from './use-log-data';
import { useMergedRows } from './use-merged-rows';
import type { ExplorerSearch } from './view-codec';
import { VolumeHistogram } from './volume-histogram';
import styles from './explorer-page.module.css';

/** Seen once in the life of a tenant. */
const Onboarding = lazy(() => import('./onboarding').then((module) => ({ default: module.Onboarding })));

const FIELDS_WIDTH = { min: 180, max: 420, fallback: 232 };
const DETAIL_WIDTH = { min: 320, max: 900, fallback: 480 };
/** Logs of one trace lie close together; this far around one of them all are found. */
const TRACE_SPAN_MS = 30 * 60_000;
const PERMALINK_SPAN_MS = 15 * 60_000;

export function ExplorerPage({ search }: { readonly search: ExplorerSearch }): ReactNode {
  const tenant = useTenant();
  const slug = tenant.slug;
  usePageTitle(`${tenant.name}: explore`);
  const [view, update] = useExplorerView(slug, search);
  const [zone, setZone] = useZone();
  const narrow = useMediaQuery('(max-width: 899px)', undefined, { getInitialValueInEffect: false }) === true;
  const [fieldsWidth, setFieldsWidth] = useNumberSetting('fields-width', FIELDS_WIDTH);
  const [detailWidth, setDetailWidth] = useNumberSetting('detail-width', DETAIL_WIDTH);
  const [fieldsShown, setFieldsShown] = useChoiceSetting('fields', ['shown', 'hidden'], 'shown');
  const [fieldsDrawer, setFieldsDrawer] = useState(false);
  const [pickingTime, setPickingTime] = useState(false);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [atTop, setAtTop] = useState(true);
  const queryInput = useRef<HTMLInputElement>(null);
  const table = useRef<LogTableHandle>(null);

  const { query, filters, range, selectedId, live } = view;
  const scope = useMemo<LogScope>(() => ({ query, filters }), [query, filters]);
  const scopeText = scopeParams(scope).toString();
  const [anchor, refresh] = useAnchor(range, scopeText);
  const statsAnchor = useFollowingAnchor(range, anchor, live);

  const rows = useRows(slug, scope, anchor);
  const first = rows.data?.pages[0];
  const nothing = first !== undefined && first.rows.length === 0 && !rows.isPlaceholderData;
  const hasLogs = useHasLogs(slug, nothing);
  const histogram = useHistogram(slug, scope, statsAnchor);
  const facets = useFacets(slug, scope, statsAnchor);

  const tail = useLiveTail(slug, scopeText, live, refresh);
  const merged = useMergedRows(rows.data?.pages, rows.isPlaceholderData, live, tail);
  const busyReading = !atTop || selectedId !== null || activeId !== null;
  useLayoutEffect(() => tail.setHold(busyReading), [tail, busyReading]);
  useEffect(() => {
    if (!busyReading && tail.snapshot.heldCount > 0) tail.flush();
  }, [busyReading, tail]);

  // The first log of a tenant turns the empty page into logs by itself.
  const hadNone = useRef(false);
  useEffect(() => {
    if (hasLogs === true && hadNone.current) refresh();
    hadNone.current = hasLogs === false;
  }, [hasLogs, refresh]);

  const shift = queryShift(scope);
  const fault = rows.isError ? queryFaultOf(rows.error, shift, query.length) : null;

  const setLive = useCallback(
    (next: boolean) => {
      setActiveId(null);
      table.current?.scrollToTop();
      if (next) {
        update({
          live: true,
          selectedId: null,
          ...(range.kind === 'absolute' ? { range: { kind: 'relative', text: '15m' } } : {}),
        });
      } else {
        update({ live: false });
        refresh();
      }
    },
    [range, refresh, update],
  );
  const pick = useCallback<PickValue>(
    (field, value, mode) => update({ filters: toggleValue(filters, field, value, mode) }),
    [filters, update],
  );
  const open = useCallback(
    (id: string) => {
      setActiveId(id);
      update({ selectedId: id }, selectedId === null ? 'push' : 'replace');
    },
    [selectedId, update],
  );
  const close = useCallback(() => {
    update({ selectedId: null });
    table.current?.focus();
  }, [update]);
  const move = useCallback(
    (step: 1 | -1) => {
      const from = merged.rows.findIndex((row) => row.id === (activeId ?? selectedId));
      const index = from === -1 ? 0 : Math.min(merged.rows.length - 1, Math.max(0, from + step));
      const next = merged.rows[index];
      if (next === undefined) return;
      setActiveId(next.id);
      table.current?.reveal(index);
      if (selectedId !== null) update({ selectedId: next.id }, 'replace');
    },
    [activeId, merged.rows, selectedId, update],
  );
  const permalink = useCallback(
    (row: LogRow) => {
      const at = Date.parse(row.timestamp);
      const url = new URL(window.location.href);
      url.searchParams.set('log', row.id);
      url.searchParams.delete('live');
      url.searchParams.delete('range');
      if (range.kind === 'relative') {
        url.searchParams.set('from', new Date(at - PERMALINK_SPAN_MS).toISOString());
        url.searchParams.set('to', new Date(at + PERMALINK_SPAN_MS).toISOString());
      }
      return url.href;
    },
    [range],
  );
  const showTrace = useCallback(
    (row: LogRow) => {
      const at = Date.parse(row.timestamp);
      update({
        query: '',
        filters: addValue([], 'trace_id', row.traceId ?? '', 'include'),
        range: { kind: 'absolute', fromMs: at - TRACE_SPAN_MS, toMs: at + TRACE_SPAN_MS },
        live: false,
      });
    },
    [update],
  );

  useHotkeys({
    '/': () => queryInput.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    ']': () => (selectedId === null ? false : move(1)),
    '[': () => (selectedId === null ? false : move(-1)),
    Enter: () => (activeId === null ? false : open(activeId)),
    Escape: () => {
      if (selectedId !== null) close();
      else setActiveId(null);
    },
    t: () => setPickingTime(true),
    l: () => setLive(!live),
    p: () => (live ? tail.setPaused(!tail.paused) : false),
    r: refresh,
  });

  const fieldList = (
    <FieldList
      facets={facets.facets}
      error={facets.error}
      filters={filters}
      quiet={rows.isError}
      onPick={pick}
      onRetry={facets.refetch}
    />
  );
  const detail = selectedId !== null && (
    <LogDetail
      tenant={slug}
      id={selectedId}
      row={merged.rows.find((row) => row.id === selectedId)}
      extents={merged.highlights.get(selectedId)}
      zone={zone}
      permalink={permalink}
      onClose={close}
      onMove={move}
      onPick={pick}
      onTrace={showTrace}
      onOpen={open}
    />
  );

  return (
    <main id="main" className={styles['page']}>
      <VisuallyHidden>
        <h1>Logs of {tenant.name}</h1>
      </VisuallyHidden>
      <ExplorerToolbar
        query={query}
        fault={fault}
        inputRef={queryInput}
        range={range}
        zone={zone}
        pickingTime={pickingTime}
        live={live}
        busy={rows.isFetching && !rows.isFetchingNextPage}
        tenant={slug}
        exportParams={windowedParams(scope, anchor.window)}
        onQuery={(next, how) => update({ query: next }, how)}
        onPickTime={setPickingTime}
        onRange={(next) => update({ range: next, live: live && next.kind === 'relative' })}
        onLive={setLive}
        onRefresh={refresh}
        onZone={setZone}
      />
      <FilterPills filters={filters} onChange={(next) => update({ filters: next })} />
      {hasLogs === false ? (
        <Suspense fallback={null}>
          <Onboarding tenant={tenant} />
        </Suspense>
      ) : (
        <>
          <VolumeHistogram
            histogram={histogram.data}
            error={histogram.error}
            window={statsAnchor.window}
            zone={zone}
            busy={histogram.isPlaceholderData && !live}
            quiet={rows.isError}
            onZoom={(next) => update({ range: next, live: false })}
            onRetry={() => void histogram.refetch()}
          />
          <ResultStrip
            total={bestTotal(live ? undefined : first, histogram.data)}
            totalIsOld={rows.isPlaceholderData && !live}
            failed={rows.isError}
            live={live}
            tail={tail}
            fieldsShown={!narrow && fieldsShown === 'shown'}
            onFields={() =>
              narrow ? setFieldsDrawer(true) : setFieldsShown(fieldsShown === 'shown' ? 'hidden' : 'shown')
            }
          />
          <div className={styles['split']}>
            {!narrow && fieldsShown === 'shown' && (
              <>
                <aside className={styles['fields']} style={{ width: fieldsWidth }} aria-label="Fields">
                  {fieldList}
                </aside>
                <ResizeHandle
                  label="Width of the fields"
                  value={fieldsWidth}
                  {...FIELDS_WIDTH}
                  panel="left"
                  onChange={setFieldsWidth}
                />
              </>
            )}
            <Results
              rows={rows}
              merged={merged}
              view={view}
              window={anchor.window}
              zone={zone}
              live={live}
              heldCount={tail.snapshot.heldCount}
              activeId={activeId}
              handle={table}
              onOpen={open}
              onScrolled={setAtTop}
              onShowHeld={() => {
                setActiveId(null);
                tail.flush();
                table.current?.scrollToTop();
              }}
              onUpdate={update}
            />
            {!narrow && selectedId !== null && (
              <>
                <ResizeHandle
                  label="Width of the log"
                  value={detailWidth}
                  {...DETAIL_WIDTH}
                  panel="right"
                  onChange={setDetailWidth}
                />
                <aside className={styles['detail']} style={{ width: detailWidth }} aria-label="Open log">
                  {detail}
                </aside>
              </>
            )}
          </div>
        </>
      )}
      <Drawer
        opened={narrow && fieldsDrawer}
        onClose={() => setFieldsDrawer(false)}
        title="Fields"
        size={320}
        padding={0}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className={styles['drawerBody']}>{fieldList}</div>
      </Drawer>
      <Drawer.Root
        opened={narrow && selectedId !== null}
        onClose={close}
        position="right"
        size="min(100%, 560px)"
      >
        <Drawer.Overlay />
        <Drawer.Content aria-label="Open log">
          <Drawer.Body className={styles['fullBody']}>{detail}</Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    </main>
  );
}
