import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { createKey, KEY_SCOPES, type KeyScope } from '../api/keys-api';
import { CopyButton } from '../ui/copy-button';
import { ErrorLine } from '../ui/state-panel';
import { SnippetTabs } from './snippet-tabs';
import styles from './keys-page.module.css';

interface NewKeyModalProps {
  readonly tenant: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const SCOPE_TEXT: Readonly<Record<KeyScope, string>> = {
  ingest: 'Send logs. Enough for an application.',
  query: 'Search and follow logs.',
  admin: 'Manage keys and settings of the tenant.',
};

function Form({
  tenant,
  onDone,
  onClose,
}: {
  tenant: string;
  onDone: (made: Made) => void;
  onClose: () => void;
}): ReactNode {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly KeyScope[]>(['ingest']);
  const create = useMutation({
    mutationFn: () => createKey(tenant, name.trim(), scopes),
    onSuccess: async ({ secret }) => {
      onDone({ secret, scopes });
      await client.invalidateQueries({ queryKey: ['keys', tenant] });
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextInput
        label="Name"
        placeholder="checkout in production"
        description="What uses the key, so that you know what breaks when you revoke it."
        value={name}
        maxLength={100}
        required
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <fieldset className={styles['scopes']}>
        <legend>Scopes</legend>
        {KEY_SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            size="xs"
            label={scope}
            description={SCOPE_TEXT[scope]}
            checked={scopes.includes(scope)}
            onChange={(event) =>
              setScopes(
                event.currentTarget.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope),
              )
            }
          />
        ))}
      </fieldset>
      {create.isError && <ErrorLine error={create.error} what="The key could not be created" />}
      <div className={styles['foot']}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={create.isPending} disabled={name.trim() === '' || scopes.length === 0}>
          Create
        </Button>
      </div>
    </form>
  );
}

interface Made {
  readonly secret: string;
  readonly scopes: readonly KeyScope[];
}

export function NewKeyModal({ tenant, opened, onClose }: NewKeyModalProps): ReactNode {
  const [made, setMade] = useState<Made | null>(null);
  const close = (): void => {
    onClose();
    setMade(null);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      // The secret is shown once: it must not vanish by a stray click or key.
      closeOnClickOutside={made === null}
      closeOnEscape={made === null}
      withCloseButton={made === null}
      title={made === null ? 'Create a key' : 'Your new key'}
      size={made === null ? 420 : 600}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {made === null ? (
        <Form tenant={tenant} onDone={setMade} onClose={close} />
      ) : (
        <div className={styles['form']}>
          <p className={styles['warning']}>This is the only time the key is shown. Copy it now.</p>
          <div className={styles['secret']}>
            <code tabIndex={0} aria-label="API key">
              {made.secret}
            </code>
            <CopyButton text={made.secret} label="Copy key" />
          </div>
          {made.scopes.includes('ingest') && <SnippetTabs apiKey={made.secret} />}
          <div className={styles['foot']}>
            <Button onClick={close}>I have copied it</Button>
          </div>
        </div>
      )}
    </Modal>
  );
}
