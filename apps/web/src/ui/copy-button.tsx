import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface CopyProps {
  readonly text: string;
  readonly label: string;
}

export function CopyIcon({ text, label }: CopyProps): ReactNode {
  const clipboard = useClipboard({ timeout: 1500 });
  const name = clipboard.copied ? 'Copied' : label;
  return (
    <Tooltip label={name}>
      <ActionIcon aria-label={name} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? <IconCheck size={15} color="var(--ls-good)" /> : <IconCopy size={15} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function CopyButton({ text, label }: CopyProps): ReactNode {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <Button
      variant="default"
      onClick={() => clipboard.copy(text)}
      leftSection={clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
    >
      {clipboard.copied ? 'Copied' : label}
    </Button>
  );
}
