import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyIcon } from '../ui/copy-button';
import { curlSnippet, sdkSnippet } from './snippets';
import styles from './snippet-tabs.module.css';

function Snippet({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  return (
    <div className={styles['snippet']}>
      <pre className={styles['code']} tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <span className={styles['copy']}>
        <CopyIcon text={text} label={`Copy ${label}`} />
      </span>
    </div>
  );
}

/** How to send a log with this key from a shell and from Node.js. */
export function SnippetTabs({ apiKey }: { readonly apiKey: string }): ReactNode {
  const origin = window.location.origin;
  return (
    <Tabs defaultValue="curl" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="curl">curl</Tabs.Tab>
        <Tabs.Tab value="sdk">Node.js</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="curl">
        <Snippet text={curlSnippet(origin, apiKey)} label="curl command" />
      </Tabs.Panel>
      <Tabs.Panel value="sdk">
        <Snippet text={sdkSnippet(origin, apiKey)} label="Node.js code" />
      </Tabs.Panel>
    </Tabs>
  );
}
