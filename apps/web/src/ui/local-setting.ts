import { useCallback, useSyncExternalStore } from 'react';

/** Personal settings of this browser: widths, zone, collapsed rail. What defines a view is in the address instead. */
const PREFIX = 'logstead.';
const listeners = new Set<() => void>();

export function readSetting(name: string): string | null {
  try {
    return window.localStorage.getItem(PREFIX + name);
  } catch {
    // Storage may be switched off; settings then last as long as the page.
    return null;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    window.localStorage.setItem(PREFIX + name, value);
  } catch {
    return;
  } finally {
    for (const listener of listeners) listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

export function useChoiceSetting<T extends string>(
  name: string,
  choices: readonly T[],
  fallback: T,
): [T, (value: T) => void] {
  const stored = useSyncExternalStore(subscribe, () => readSetting(name));
  const value = choices.find((choice) => choice === stored) ?? fallback;
  return [value, useCallback((next: T) => writeSetting(name, next), [name])];
}

export function useNumberSetting(
  name: string,
  range: { readonly min: number; readonly max: number; readonly fallback: number },
): [number, (value: number) => void] {
  const stored = useSyncExternalStore(subscribe, () => readSetting(name));
  const parsed = stored === null ? Number.NaN : Number(stored);
  const { min, max, fallback } = range;
  const value = Number.isFinite(parsed) ? Math.min(max, Math.max(min, parsed)) : fallback;
  const write = useCallback(
    (next: number) => writeSetting(name, String(Math.round(Math.min(max, Math.max(min, next))))),
    [name, min, max],
  );
  return [value, write];
}
