import { Kbd, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './keyboard-map.module.css';

const GROUPS = [
  {
    name: 'Explorer',
    keys: [
      { keys: ['/'], what: 'Search' },
      { keys: ['j', 'k'], what: 'Next and previous log' },
      { keys: ['Enter'], what: 'Open the log' },
      { keys: ['Esc'], what: 'Close the log' },
      { keys: ['t'], what: 'Time range' },
      { keys: ['l'], what: 'Live on and off' },
      { keys: ['p'], what: 'Pause and resume live' },
      { keys: ['r'], what: 'Load again' },
    ],
  },
  {
    name: 'Open log',
    keys: [
      { keys: ['['], what: 'Previous log' },
      { keys: [']'], what: 'Next log' },
      { keys: ['c'], what: 'Copy the message' },
    ],
  },
  {
    name: 'Everywhere',
    keys: [
      { keys: ['g', 'e'], what: 'Go to the explorer' },
      { keys: ['g', 'k'], what: 'Go to API keys' },
      { keys: ['?'], what: 'This map' },
    ],
  },
] as const;

export function KeyboardMap({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard shortcuts"
      size={460}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {GROUPS.map((group) => (
        <section key={group.name} className={styles['group']}>
          <h3 className={styles['name']}>{group.name}</h3>
          <dl className={styles['list']}>
            {group.keys.map((entry) => (
              <div key={entry.what} className={styles['entry']}>
                <dt>{entry.what}</dt>
                <dd>
                  {entry.keys.map((key) => (
                    <Kbd key={key} size="sm">
                      {key}
                    </Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
