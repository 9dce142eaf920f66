import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconDots, IconDownload, IconLink, IconRefresh, IconWorld } from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import type { QueryFault } from '../api/api-error';
import { exportAddress } from '../api/logs-api';
import type { Zone } from '../format/time-format';
import { QueryBar } from './query-bar';
import { TimeRangePicker } from './time-range-picker';
import type { TimeRange } from './time-range';
import styles from './explorer-toolbar.module.css';

interface ExplorerToolbarProps {
  readonly query: string;
  readonly fault: QueryFault | null;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly range: TimeRange;
  readonly zone: Zone;
  readonly pickingTime: boolean;
  readonly live: boolean;
  readonly busy: boolean;
  readonly tenant: string;
  readonly exportParams: URLSearchParams;
  readonly onQuery: (query: string, how: 'push' | 'replace') => void;
  readonly onPickTime: (opened: boolean) => void;
  readonly onRange: (range: TimeRange) => void;
  readonly onLive: (live: boolean) => void;
  readonly onRefresh: () => void;
  readonly onZone: (zone: Zone) => void;
}

function MoreMenu({
  tenant,
  exportParams,
  zone,
  onZone,
}: Pick<ExplorerToolbarProps, 'tenant' | 'exportParams' | 'zone' | 'onZone'>): ReactNode {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <Menu position="bottom-end" width={220} closeOnItemClick>
      <Menu.Target>
        <ActionIcon size={32} aria-label="More">
          {clipboard.copied ? <IconCheck size={17} color="var(--ls-good)" /> : <IconDots size={17} />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={15} />} onClick={() => clipboard.copy(window.location.href)}>
          Copy link to this view
        </Menu.Item>
        <Menu.Item
          leftSection={<IconWorld size={15} />}
          onClick={() => onZone(zone === 'utc' ? 'local' : 'utc')}
        >
          {zone === 'utc' ? 'Show local time' : 'Show UTC'}
        </Menu.Item>
        <Menu.Label>Download every matching log</Menu.Label>
        {(['ndjson', 'csv'] as const).map((format) => (
          <Menu.Item
            key={format}
            component="a"
            href={exportAddress(tenant, exportParams, format)}
            download={`logs-${tenant}.${format}`}
            leftSection={<IconDownload size={15} />}
          >
            {format === 'csv' ? 'CSV' : 'JSON lines'}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function ExplorerToolbar(props: ExplorerToolbarProps): ReactNode {
  const { query, fault, inputRef, range, zone, pickingTime, live, busy } = props;
  return (
    <div className={styles['toolbar']} role="search" aria-label="Logs">
      <QueryBar query={query} fault={fault} inputRef={inputRef} onChange={props.onQuery} />
      <div className={styles['controls']}>
        <TimeRangePicker
          range={range}
          zone={zone}
          opened={pickingTime}
          onOpen={props.onPickTime}
          onChange={props.onRange}
        />
        <Tooltip label={live ? 'Stop following  l' : 'Follow new logs  l'}>
          <button
            type="button"
            className={styles['live']}
            aria-pressed={live}
            onClick={() => props.onLive(!live)}
          >
            <span className={styles['dot']} aria-hidden />
            Live
          </button>
        </Tooltip>
        <Tooltip label="Load again  r">
          <ActionIcon
            size={32}
            aria-label="Load again"
            data-busy={busy}
            className={styles['refresh']}
            onClick={props.onRefresh}
          >
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
        <MoreMenu tenant={props.tenant} exportParams={props.exportParams} zone={zone} onZone={props.onZone} />
      </div>
    </div>
  );
}
