import type { Level } from '@logstead/contracts';
import { LEVEL_NUMBERS } from '@logstead/contracts';
import type { RangeNode } from './ast';

export function isLevel(text: string): text is Level {
  return Object.hasOwn(LEVEL_NUMBERS, text);
}

/** A level range as half-open numbers; stored numbers between two levels belong to the lower one. */
export function levelBounds(node: RangeNode): { min: number; below: number } {
  const number = (text: string): number => (isLevel(text) ? LEVEL_NUMBERS[text] : 0);
  const step = 10;
  const { from, to } = node;
  return {
    min: from === null ? 0 : number(from.value) + (from.inclusive ? 0 : step),
    below: to === null ? 1000 : number(to.value) + (to.inclusive ? step : 0),
  };
}
