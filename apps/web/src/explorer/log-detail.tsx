import { ActionIcon, Menu, Skeleton, Tabs, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import {
  IconCheck,
  IconChevronDown,
  IconChevronUp,
  IconCopy,
  IconExternalLink,
  IconFilterMinus,
  IconFilterPlus,
  IconLink,
  IconTimeline,
  IconX,
} from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { fetchLog } from '../api/logs-api';
import { fullTime, ago, type Zone } from '../format/time-format';
import { parseJsonTree, printJsonPretty } from '../json/json-tree';
import { findLinks, visibleText } from '../ui/hostile-text';
import { LevelTag } from '../ui/level-tag';
import { MarkedText, type Extents } from '../ui/marked-text';
import { ErrorPanel } from '../ui/state-panel';
import { useHotkeys } from '../ui/use-hotkeys';
import type { PickValue } from './field-list';
import { metadataTree, printLog, type LogRow } from './log-row';
import { MetadataTree } from './metadata-tree';
import { SurroundingLogs } from './surrounding-logs';
import styles from './log-detail.module.css';

interface LogDetailProps {
  readonly tenant: string;
  readonly id: string;
  /** The row when the table has it; a shared link may name a log that is on no page. */
  readonly row: LogRow | undefined;
  readonly extents: Extents | undefined;
  readonly zone: Zone;
  readonly permalink: (row: LogRow) => string;
  readonly onClose: () => void;
  readonly onMove: (step: 1 | -1) => void;
  readonly onPick: PickValue;
  readonly onTrace: (row: LogRow) => void;
  readonly onOpen: (id: string) => void;
}

/** A message longer than this is cut at first: laying out a megabyte takes seconds. */
const SHOWN_CHARS = 20_000;
const LINKS = 8;
const NO_EXTENTS: Extents = [];

function Message({ row, extents }: { readonly row: LogRow; readonly extents: Extents }): ReactNode {
  const [whole, setWhole] = useState(false);
  const text = whole ? row.message : row.message.slice(0, SHOWN_CHARS);
  const links = useMemo(() => findLinks(row.message.slice(0, SHOWN_CHARS), LINKS), [row.message]);
  return (
    <>
      <pre className={styles['message']} tabIndex={0} aria-label="Message">
        <MarkedText text={visibleText(text)} extents={extents} />
      </pre>
      {text.length < row.message.length && (
        <button type="button" className={styles['textButton']} onClick={() => setWhole(true)}>
          Show {(row.message.length - text.length).toLocaleString('en-US')} more characters
        </button>
      )}
      {links.length > 0 && (
        <ul className={styles['links']} aria-label="Links in the message">
          {links.map((link) => (
            <li key={link.href}>
              <a href={link.href} target="_blank" rel="noopener noreferrer nofollow" title={link.href}>
                <IconExternalLink size={13} aria-hidden /> {link.host}
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function FieldRow({
  name,
  value,
  onPick,
  children,
}: {
  name: string;
  value: string;
  onPick?: PickValue;
  children?: ReactNode;
}): ReactNode {
  return (
    <div className={styles['fieldRow']}>
      <dt>{name}</dt>
      <dd>
        <span className={styles['fieldValue']}>{visibleText(value)}</span>
        <span className={styles['fieldActions']}>
          {children}
          {onPick !== undefined && (
            <>
              <ActionIcon
                size={20}
                aria-label={`Include ${name} ${value}`}
                onClick={() => onPick(name, value, 'include')}
              >
                <IconFilterPlus size={13} />
              </ActionIcon>
              <ActionIcon
                size={20}
                aria-label={`Exclude ${name} ${value}`}
                onClick={() => onPick(name, value, 'exclude')}
              >
                <IconFilterMinus size={13} />
              </ActionIcon>
            </>
          )}
        </span>
      </dd>
    </div>
  );
}

function Fields({
  row,
  onPick,
  onTrace,
}: Pick<LogDetailProps, 'onPick' | 'onTrace'> & { row: LogRow }): ReactNode {
  const tree = useMemo(() => metadataTree(row), [row]);
  return (
    <>
      <dl className={styles['fields']}>
        <FieldRow name="service" value={row.service} onPick={onPick} />
        <FieldRow name="environment" value={row.environment} onPick={onPick} />
        <FieldRow name="level" value={row.level} onPick={onPick} />
        {row.traceId !== null && (
          <FieldRow name="trace_id" value={row.traceId} onPick={onPick}>
            <button type="button" className={styles['textButton']} onClick={() => onTrace(row)}>
              <IconTimeline size={13} aria-hidden /> All logs of this trace
            </button>
          </FieldRow>
        )}
        {row.spanId !== null && <FieldRow name="span_id" value={row.spanId} onPick={onPick} />}
        <FieldRow name="id" value={row.id} />
      </dl>
      <h2 className={styles['section']}>Metadata</h2>
      {tree === null || (tree.kind === 'object' && tree.members.length === 0) ? (
        <p className={styles['none']}>This log was sent without metadata.</p>
      ) : (
        <MetadataTree node={tree} onPick={onPick} />
      )}
    </>
  );
}

function CopyMenu({ row, permalink }: { readonly row: LogRow; readonly permalink: string }): ReactNode {
  const clipboard = useClipboard({ timeout: 1500 });
  useHotkeys({ c: () => clipboard.copy(row.message) });
  return (
    <Menu position="bottom-end">
      <Tooltip label={clipboard.copied ? 'Copied' : 'Copy'}>
        <Menu.Target>
          <ActionIcon aria-label={clipboard.copied ? 'Copied' : 'Copy'}>
            {clipboard.copied ? <IconCheck size={16} color="var(--ls-good)" /> : <IconCopy size={16} />}
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCopy size={15} />}
          rightSection={<kbd>c</kbd>}
          onClick={() => clipboard.copy(row.message)}
        >
          Copy message
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy size={15} />}
          onClick={() => clipboard.copy(printJsonPretty(parseJsonTree(printLog(row))))}
        >
          Copy as JSON
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={15} />} onClick={() => clipboard.copy(permalink)}>
          Copy link to this log
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Body({ row, props }: { readonly row: LogRow; readonly props: LogDetailProps }): ReactNode {
  const { tenant, extents, zone, onPick, onTrace, onOpen } = props;
  const [tab, setTab] = useState<string | null>('fields');
  return (
    <div className={styles['body']}>
      <div className={styles['time']}>
        <span>{fullTime(row.timestamp, zone)}</span>
        <span className={styles['ago']}>{ago(Date.parse(row.timestamp), Date.now())}</span>
      </div>
      <Message row={row} extents={extents ?? NO_EXTENTS} />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="fields">Fields</Tabs.Tab>
          <Tabs.Tab value="around">Surrounding logs</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="fields">
          <Fields row={row} onPick={onPick} onTrace={onTrace} />
        </Tabs.Panel>
        <Tabs.Panel value="around">
          <SurroundingLogs tenant={tenant} id={row.id} zone={zone} onOpen={onOpen} />
        </Tabs.Panel>
        <Tabs.Panel value="json">
          <pre className={styles['json']} tabIndex={0} aria-label="JSON">
            {visibleText(printJsonPretty(parseJsonTree(printLog(row))))}
          </pre>
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

/** Everything about one log. */
export function LogDetail(props: LogDetailProps): ReactNode {
  const { tenant, id, row: known, permalink, onClose, onMove } = props;
  const fetched = useQuery({
    queryKey: ['log', tenant, id],
    queryFn: ({ signal }) => fetchLog(tenant, id, signal),
    enabled: known === undefined,
    staleTime: Infinity,
  });
  const row = known ?? fetched.data ?? undefined;
  return (
    <section className={styles['detail']} aria-label="Log">
      <header className={styles['head']}>
        {row !== undefined && (
          <>
            <LevelTag level={row.level} />
            <span className={styles['title']}>{visibleText(row.service)}</span>
          </>
        )}
        <span className={styles['grow']} />
        <Tooltip label="Previous  [">
          <ActionIcon aria-label="Previous log" onClick={() => onMove(-1)}>
            <IconChevronUp size={17} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Next  ]">
          <ActionIcon aria-label="Next log" onClick={() => onMove(1)}>
            <IconChevronDown size={17} />
          </ActionIcon>
        </Tooltip>
        {row !== undefined && <CopyMenu row={row} permalink={permalink(row)} />}
        <Tooltip label="Close  Esc">
          <ActionIcon aria-label="Close" onClick={onClose}>
            <IconX size={17} />
          </ActionIcon>
        </Tooltip>
      </header>
      {row !== undefined ? (
        <Body key={row.id} row={row} props={props} />
      ) : fetched.isError ? (
        <ErrorPanel
          error={fetched.error}
          what="The log could not be loaded"
          onRetry={() => void fetched.refetch()}
        />
      ) : (
        <div className={styles['loading']} aria-busy role="status" aria-label="Loading the log">
          <Skeleton height={14} width="50%" />
          <Skeleton height={60} />
          <Skeleton height={14} width="70%" />
          <Skeleton height={14} width="40%" />
        </div>
      )}
    </section>
  );
}
