import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import styles from './resize-handle.module.css';

interface ResizeHandleProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Which side of the handle the resized panel is on. */
  readonly panel: 'left' | 'right';
  readonly onChange: (value: number) => void;
}

const STEP_PX = 16;

/** A hairline that widens a panel by pointer or by arrow keys. */
export function ResizeHandle({ label, value, min, max, panel, onChange }: ResizeHandleProps): ReactNode {
  const start = useRef<{ x: number; value: number } | null>(null);
  const sign = panel === 'left' ? 1 : -1;
  const move = (event: PointerEvent): void => {
    if (start.current === null) return;
    onChange(Math.min(max, Math.max(min, start.current.value + (event.clientX - start.current.x) * sign)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    onChange(Math.min(max, Math.max(min, value + direction * STEP_PX * sign)));
  };
  return (
    <div
      className={styles['handle']}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, value };
      }}
      onPointerMove={move}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
