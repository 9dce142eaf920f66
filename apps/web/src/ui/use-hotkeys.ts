import { useEffect, useRef } from 'react';

/** Keys by the character they type (`/`, `j`, `?`) or their name (`Enter`, `Escape`). A handler may return false to pass. */
export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => void | false>>;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** Enter and Space belong to a focused control. */
function isPressing(event: KeyboardEvent): boolean {
  return (
    (event.key === 'Enter' || event.key === ' ') &&
    event.target instanceof HTMLElement &&
    event.target.closest('button, a, [role="menuitem"], [role="tab"], summary') !== null
  );
}

/** Page-wide single keys, those of `first` before the others; silent while the reader types, presses a control or has a dialogue open. */
export function useHotkeys(hotkeys: Hotkeys, order: 'first' | 'last' = 'last'): void {
  const current = useRef(hotkeys);
  useEffect(() => {
    current.current = hotkeys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || isPressing(event)) return;
      if (
        document.querySelector('[role="dialog"][data-blocking], [aria-modal="true"], [role="menu"]') !== null
      )
        return;
      const handler = current.current[event.key];
      if (handler === undefined) return;
      if (handler(event) !== false) event.preventDefault();
    };
    const capture = order === 'first';
    document.addEventListener('keydown', onKey, { capture });
    return () => document.removeEventListener('keydown', onKey, { capture });
  }, [order]);
}
