import type { Level } from '@logstead/contracts';
import { memo, type ReactNode } from 'react';
import styles from './level-tag.module.css';

/** One shape per level, so that levels are told apart without colour. */
const SHAPES: Readonly<Record<Level, ReactNode>> = {
  fatal: <rect x="0.5" y="0.5" width="9" height="9" rx="1" />,
  error: <circle cx="5" cy="5" r="4.2" />,
  warn: <path d="M5 0.8 9.6 9.2H0.4Z" />,
  info: <rect x="1" y="3.8" width="8" height="2.4" rx="1.2" />,
  debug: <circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.4" />,
};

export const LevelTag = memo(function LevelTag({ level }: { readonly level: Level }): ReactNode {
  return (
    <span className={styles['tag']} data-level={level}>
      <svg
        className={styles['shape']}
        viewBox="0 0 10 10"
        width="9"
        height="9"
        fill="currentColor"
        aria-hidden
      >
        {SHAPES[level]}
      </svg>
      {level.toUpperCase()}
    </span>
  );
});
