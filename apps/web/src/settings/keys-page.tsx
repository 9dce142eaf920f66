import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { fetchKeys, revokeKey, type ApiKey } from '../api/keys-api';
import { mayManageKeys } from '../api/session-api';
import { ago, fullTime } from '../format/time-format';
import { useTenant } from '../shell/tenant-context';
import { ErrorLine, ErrorPanel, StatePanel } from '../ui/state-panel';
import { usePageTitle } from '../ui/use-page-title';
import { NewKeyModal } from './new-key-modal';
import styles from './keys-page.module.css';

function When({ time, never }: { readonly time: string | null; readonly never: string }): ReactNode {
  if (time === null) return <span className={styles['dim']}>{never}</span>;
  return <span title={fullTime(time, 'local')}>{ago(Date.parse(time), Date.now())}</span>;
}

function KeyRow({
  apiKey,
  mayRevoke,
  onRevoke,
}: {
  apiKey: ApiKey;
  mayRevoke: boolean;
  onRevoke: () => void;
}): ReactNode {
  const revoked = apiKey.revokedAt !== null;
  return (
    <tr data-revoked={revoked}>
      <td className={styles['name']} title={apiKey.name}>
        {apiKey.name}
      </td>
      <td className={styles['mono']} data-label="Begins with">
        {apiKey.prefix}…
      </td>
      <td data-label="Scopes">
        {apiKey.scopes.map((scope) => (
          <span key={scope} className={styles['scope']}>
            {scope}
          </span>
        ))}
      </td>
      <td data-label="Created">
        <When time={apiKey.createdAt} never="" />
      </td>
      <td data-label="Last used">
        <When time={apiKey.lastUsedAt} never="never" />
      </td>
      <td className={styles['action']}>
        {revoked ? (
          <span className={styles['dim']}>
            revoked <When time={apiKey.revokedAt} never="" />
          </span>
        ) : (
          mayRevoke && (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Revoke ${apiKey.name}`}
              onClick={onRevoke}
            >
              Revoke
            </Button>
          )
        )}
      </td>
    </tr>
  );
}

function RevokeModal({
  tenant,
  apiKey,
  onClose,
}: {
  tenant: string;
  apiKey: ApiKey | null;
  onClose: () => void;
}): ReactNode {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: string) => revokeKey(tenant, id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['keys', tenant] });
      onClose();
    },
  });
  return (
    <Modal
      opened={apiKey !== null}
      onClose={onClose}
      title={`Revoke “${apiKey?.name ?? ''}”?`}
      size={420}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {apiKey !== null && (
        <>
          <p className={styles['warning']}>
            Everything that uses the key <code>{apiKey.prefix}…</code> is refused within a second
            {apiKey.scopes.includes('ingest')
              ? ': applications that send logs with it lose them until they get another key'
              : ''}
            .{' '}
            {apiKey.lastUsedAt === null
              ? 'It has never been used.'
              : `It was last used ${ago(Date.parse(apiKey.lastUsedAt), Date.now())}.`}{' '}
            This cannot be undone.
          </p>
          {revoke.isError && <ErrorLine error={revoke.error} what="The key could not be revoked" />}
          <div className={styles['foot']}>
            <Button variant="default" onClick={onClose}>
              Keep it
            </Button>
            <Button
              className={styles['danger']}
              loading={revoke.isPending}
              onClick={() => revoke.mutate(apiKey.id)}
            >
              Revoke
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

export function KeysPage(): ReactNode {
  const tenant = useTenant();
  usePageTitle(`${tenant.name}: API keys`);
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const manage = mayManageKeys(tenant.role);
  const keys = useQuery({
    queryKey: ['keys', tenant.slug],
    queryFn: ({ signal }) => fetchKeys(tenant.slug, signal),
  });
  const create = manage && (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>
      Create a key
    </Button>
  );
  let content: ReactNode;
  if (keys.isError) {
    content = (
      <ErrorPanel
        error={keys.error}
        what="The keys could not be loaded"
        onRetry={() => void keys.refetch()}
      />
    );
  } else if (keys.data === undefined) {
    content = (
      <div className={styles['loading']} aria-busy role="status" aria-label="Loading keys">
        {[70, 55, 62].map((width) => (
          <Skeleton key={width} height={14} width={`${width}%`} />
        ))}
      </div>
    );
  } else if (keys.data.length === 0) {
    content = (
      <StatePanel title="No keys yet" actions={create}>
        Applications send logs with an API key.{' '}
        {manage ? '' : 'Ask an owner or admin of this tenant to create one.'}
      </StatePanel>
    );
  } else {
    content = (
      <div className={styles['scroll']}>
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Begins with</th>
              <th scope="col">Scopes</th>
              <th scope="col">Created</th>
              <th scope="col">Last used</th>
              <th scope="col">
                <span className={styles['hidden']}>Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.data.map((key) => (
              <KeyRow key={key.id} apiKey={key} mayRevoke={manage} onRevoke={() => setRevoking(key)} />
            ))}
          </tbody>
        </table>
      </div>
    );
  }
  return (
    <main id="main" className={styles['page']}>
      <header className={styles['head']}>
        <IconKey size={18} aria-hidden />
        <h1>API keys</h1>
        <span className={styles['grow']} />
        {keys.data !== undefined && keys.data.length > 0 && create}
      </header>
      {content}
      <NewKeyModal tenant={tenant.slug} opened={creating} onClose={() => setCreating(false)} />
      <RevokeModal tenant={tenant.slug} apiKey={revoking} onClose={() => setRevoking(null)} />
    </main>
  );
}
