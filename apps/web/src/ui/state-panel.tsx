import { Button } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error';
import { CopyIcon } from './copy-button';
import styles from './state-panel.module.css';

interface StatePanelProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** A quiet message in the middle of a place that has nothing to show. */
export function StatePanel({ title, children, actions }: StatePanelProps): ReactNode {
  return (
    <div className={styles['panel']}>
      <div className={styles['title']}>{title}</div>
      {children !== undefined && <div className={styles['body']}>{children}</div>}
      {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  network: 'The server cannot be reached',
  store_unavailable: 'The log store is away',
  overloaded: 'The server is busy',
  rate_limited: 'Too many requests',
  query_timeout: 'The query took too long',
  forbidden: 'Your role does not allow this',
  not_found: 'Not found',
};

function titleOf(error: unknown, what: string): string {
  return (error instanceof ApiError ? TITLES[error.code] : undefined) ?? what;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something unexpected happened.';
}

function RequestId({ error }: { readonly error: unknown }): ReactNode {
  if (!(error instanceof ApiError) || error.requestId === null) return null;
  return (
    <span className={styles['request']}>
      request {error.requestId}
      <CopyIcon text={error.requestId} label="Copy request id" />
    </span>
  );
}

interface ErrorProps {
  readonly error: unknown;
  /** What could not be done: "The logs could not be loaded". */
  readonly what: string;
  readonly onRetry?: () => void;
}

export function ErrorPanel({ error, what, onRetry }: ErrorProps): ReactNode {
  return (
    <div className={styles['panel']} role="alert">
      <IconAlertTriangle size={22} className={styles['icon']} aria-hidden />
      <div className={styles['title']}>{titleOf(error, what)}</div>
      <div className={styles['body']}>{messageOf(error)}</div>
      <RequestId error={error} />
      {onRetry !== undefined && (
        <div className={styles['actions']}>
          <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

/** The same on one line, for a part of a page. */
export function ErrorLine({ error, what, onRetry }: ErrorProps): ReactNode {
  return (
    <div className={styles['inline']} role="alert">
      <IconAlertTriangle size={15} className={styles['icon']} aria-hidden />
      <span>
        {what}: {messageOf(error)}
      </span>
      <RequestId error={error} />
      {onRetry !== undefined && (
        <Button variant="default" size="compact-xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
