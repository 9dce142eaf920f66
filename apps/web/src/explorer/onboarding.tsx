import { Button, Loader } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconKey } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { createKey } from '../api/keys-api';
import { mayManageKeys, type SessionTenant } from '../api/session-api';
import { SnippetTabs } from '../settings/snippet-tabs';
import { KEY_PLACEHOLDER } from '../settings/snippets';
import { CopyIcon } from '../ui/copy-button';
import { ErrorLine } from '../ui/state-panel';
import styles from './onboarding.module.css';

/** What a tenant without logs sees: how to send the first one. It turns into logs by itself. */
export function Onboarding({ tenant }: { readonly tenant: SessionTenant }): ReactNode {
  const client = useQueryClient();
  const key = useMutation({
    mutationFn: () => createKey(tenant.slug, 'First key', ['ingest']),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys', tenant.slug] }),
  });
  const secret = key.data?.secret;
  return (
    <div className={styles['page']}>
      <div className={styles['card']}>
        <h1 className={styles['title']}>Send the first log</h1>
        <p className={styles['text']}>
          {tenant.name} has no logs yet. Run this where your application runs; the log appears here by itself.
        </p>
        <SnippetTabs apiKey={secret ?? KEY_PLACEHOLDER} />
        {secret !== undefined ? (
          <p className={styles['key']} role="status">
            <span>
              The key <code>{secret}</code> is in the snippets. It is shown only now: keep it.
            </span>
            <CopyIcon text={secret} label="Copy key" />
          </p>
        ) : mayManageKeys(tenant.role) ? (
          <div className={styles['row']}>
            <Button leftSection={<IconKey size={14} />} loading={key.isPending} onClick={() => key.mutate()}>
              Create a key and fill it in
            </Button>
            <Link to="/t/$tenant/settings/keys" params={{ tenant: tenant.slug }}>
              All keys
            </Link>
          </div>
        ) : (
          <p className={styles['text']}>Ask an owner or admin of this tenant for an API key.</p>
        )}
        {key.isError && <ErrorLine error={key.error} what="The key could not be created" />}
        <p className={styles['waiting']} role="status">
          <Loader size={12} aria-hidden /> Waiting for the first log…
        </p>
      </div>
    </div>
  );
}
