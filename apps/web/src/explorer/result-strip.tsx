import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebar, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Total } from '../api/logs-api';
import { exactCount, shortCount } from '../format/number-format';
import type { TailState } from './tail-client';
import type { LiveTail } from './use-live-tail';
import styles from './result-strip.module.css';

interface ResultStripProps {
  readonly total: Total | undefined;
  readonly totalIsOld: boolean;
  readonly failed: boolean;
  readonly live: boolean;
  readonly tail: LiveTail;
  readonly fieldsShown: boolean;
  readonly onFields: () => void;
}

const STATES: Readonly<Record<TailState, string>> = {
  connecting: 'Connecting',
  open: 'Following',
  paused: 'Paused',
  waiting: 'Connection lost, trying again',
  refused: 'Live stopped',
};

/** Of two counts of the same thing the exact one, else the one that saw more. */
export function bestTotal(page: Total | undefined, volume: Total | undefined): Total | undefined {
  if (page === undefined || volume === undefined) return page ?? volume;
  if (page.totalRelation === 'exact') return page;
  return volume.totalRelation === 'exact' || volume.total >= page.total ? volume : page;
}

function Count({ total, old }: { readonly total: Total; readonly old: boolean }): ReactNode {
  const prefix = { exact: '', at_least: 'at least ', estimate: 'about ' }[total.totalRelation];
  const asOf = total.asOf === '' ? '' : ` as of ${new Date(total.asOf).toLocaleTimeString()}`;
  const hint = `${prefix}${exactCount(total.total)} logs${asOf}`;
  const long = total.total >= 1_000_000;
  return (
    <Tooltip label={hint}>
      <span className={styles['count']} data-old={old} tabIndex={0} aria-label={hint}>
        {prefix}
        <b>{long ? shortCount(total.total) : exactCount(total.total)}</b> {total.total === 1 ? 'log' : 'logs'}
      </span>
    </Tooltip>
  );
}

function LiveState({ tail }: { readonly tail: LiveTail }): ReactNode {
  const { state, problem, rate, paused, snapshot } = tail;
  const pace = rate >= 10 ? shortCount(rate) : String(Math.round(rate * 10) / 10);
  return (
    <div className={styles['live']}>
      <span className={styles['state']} data-state={state} role="status" title={problem ?? undefined}>
        {STATES[state]}
        {problem !== null && `: ${problem}`}
      </span>
      {state === 'open' && <span className={styles['rate']}>{pace}/s</span>}
      {snapshot.droppedCount > 0 && (
        <Tooltip label="More arrived than this page could take; they are stored and found by searching.">
          <span className={styles['dropped']} tabIndex={0}>
            {exactCount(snapshot.droppedCount)} left out
          </span>
        </Tooltip>
      )}
      <Tooltip label={paused ? 'Resume  p' : 'Pause  p'}>
        <ActionIcon
          size={22}
          aria-label={paused ? 'Resume live' : 'Pause live'}
          onClick={() => tail.setPaused(!paused)}
        >
          {paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

/** One line between the volume and the logs: how many there are, and how live is doing. */
export function ResultStrip({
  total,
  totalIsOld,
  failed,
  live,
  tail,
  fieldsShown,
  onFields,
}: ResultStripProps): ReactNode {
  return (
    <div className={styles['strip']}>
      <Tooltip label={fieldsShown ? 'Hide fields' : 'Show fields'}>
        <ActionIcon
          size={22}
          aria-label={fieldsShown ? 'Hide fields' : 'Show fields'}
          aria-pressed={fieldsShown}
          onClick={onFields}
        >
          <IconLayoutSidebar size={15} />
        </ActionIcon>
      </Tooltip>
      {total === undefined ? (
        <span className={styles['count']}>{failed ? 'No count' : 'Counting…'}</span>
      ) : (
        <Count total={total} old={totalIsOld} />
      )}
      <span className={styles['grow']} />
      {live && <LiveState tail={tail} />}
    </div>
  );
}
