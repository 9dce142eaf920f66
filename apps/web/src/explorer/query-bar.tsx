import { ActionIcon } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { QueryFault } from '../api/api-error';
import { checkQuery, loadQueryCheck } from './query-check';
import styles from './query-bar.module.css';

interface QueryBarProps {
  readonly query: string;
  readonly fault: QueryFault | null;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onChange: (query: string, how: 'push' | 'replace') => void;
}

const DEBOUNCE_MS = 300;

export function QueryBar({ query, fault, inputRef, onChange }: QueryBarProps): ReactNode {
  const [text, setText] = useState(query);
  const [scroll, setScroll] = useState(0);
  const [ownFault, setOwnFault] = useState<QueryFault | null>(null);
  const faultId = useId();
  /** The query this bar has put in the address; another one there came from elsewhere (back button, link). */
  const sent = useRef(query);
  /** Typing makes one entry in the history, however many queries it passes through. */
  const typing = useRef(false);

  const send = (typed: string): void => {
    const next = typed.trim() === '' ? '' : typed;
    // A query that cannot be read never leaves: what is on screen stays until it can.
    const wrong = checkQuery(next);
    setOwnFault(wrong);
    if (wrong !== null || next === sent.current) return;
    sent.current = next;
    onChange(next, typing.current ? 'replace' : 'push');
    typing.current = true;
  };
  const sendLater = useDebouncedCallback(send, DEBOUNCE_MS);

  useEffect(() => {
    if (query === sent.current) return;
    sent.current = query;
    typing.current = false;
    setText(query);
    setOwnFault(null);
  }, [query]);

  const shown = ownFault ?? (text === query ? fault : null);
  return (
    <div className={styles['bar']} data-invalid={shown !== null}>
      <IconSearch size={15} className={styles['icon']} aria-hidden />
      <div className={styles['field']}>
        <input
          ref={inputRef}
          className={styles['input']}
          type="text"
          value={text}
          placeholder='Search: words, "a phrase", level:error, metadata.code:E*'
          aria-label="Search logs"
          aria-invalid={shown !== null}
          aria-describedby={shown === null ? undefined : faultId}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setOwnFault(null);
            sendLater(event.currentTarget.value);
          }}
          onScroll={(event) => setScroll(event.currentTarget.scrollLeft)}
          onFocus={loadQueryCheck}
          onBlur={() => {
            typing.current = false;
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              sendLater.cancel();
              send(text);
              typing.current = false;
            } else if (event.key === 'Escape') {
              event.currentTarget.blur();
            }
          }}
        />
        {shown !== null && (
          <span
            className={styles['squiggle']}
            aria-hidden
            style={{ left: `calc(${shown.position}ch - ${scroll}px)`, width: `${shown.length}ch` }}
          />
        )}
      </div>
      {text !== '' && (
        <ActionIcon
          size={22}
          aria-label="Clear search"
          onClick={() => {
            setText('');
            sendLater.cancel();
            typing.current = false;
            send('');
            typing.current = false;
            inputRef.current?.focus();
          }}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
      {shown !== null && (
        <div className={styles['fault']} id={faultId} role="alert">
          <code>
            {text.slice(Math.max(0, shown.position - 24), shown.position)}
            <em>{text.slice(shown.position, shown.position + shown.length) || ' '}</em>
            {text.slice(shown.position + shown.length, shown.position + shown.length + 24)}
          </code>
          {shown.message}
        </div>
      )}
    </div>
  );
}
