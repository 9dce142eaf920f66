import type { PatternPart, Span } from './ast';
import { parse as parseGenerated } from './generated/parser';
import { MAX_QUERY_DEPTH } from './query-limits';
import { QuerySyntaxError } from './query-syntax-error';

/** What the grammar yields: syntax without meaning. */
export interface RawField {
  readonly segments: readonly string[];
  readonly span: Span;
}
export type RawText =
  | { readonly kind: 'quoted'; readonly text: string; readonly span: Span }
  | { readonly kind: 'bare'; readonly parts: readonly PatternPart[]; readonly span: Span };
export interface RawRegex {
  readonly kind: 'regex';
  readonly source: string;
  readonly flags: string;
  readonly span: Span;
}
export interface RawBound {
  readonly value: RawText;
  readonly inclusive: boolean;
}
export type RawValue =
  | RawText
  | RawRegex
  | { readonly kind: 'valueOr'; readonly items: readonly RawValue[]; readonly span: Span }
  | {
      readonly kind: 'valueAnd';
      readonly items: readonly RawValue[];
      readonly explicit: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'valueNot'; readonly item: RawValue; readonly span: Span }
  | {
      readonly kind: 'valueRange';
      readonly from: RawBound | null;
      readonly to: RawBound | null;
      readonly span: Span;
    };
export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

interface RawCondition {
  readonly field: RawField;
  readonly span: Span;
}
interface RawLong extends RawCondition {
  readonly negated: boolean;
}
export type RawQuery =
  | { readonly kind: 'or' | 'and'; readonly items: readonly RawQuery[]; readonly span: Span }
  | { readonly kind: 'not'; readonly item: RawQuery; readonly span: Span }
  | { readonly kind: 'text'; readonly value: RawText | RawRegex; readonly span: Span }
  | (RawCondition & { readonly kind: 'fieldValue'; readonly value: RawValue })
  | (RawCondition & { readonly kind: 'compare'; readonly op: CompareOperator; readonly value: RawText })
  | (RawLong & { readonly kind: 'in'; readonly values: readonly RawText[] })
  | (RawLong & { readonly kind: 'contains' | 'sqlLike'; readonly value: RawText })
  | (RawLong & { readonly kind: 'range'; readonly from: RawBound; readonly to: RawBound })
  | (RawLong & { readonly kind: 'isNull' });

interface GeneratedError {
  readonly expected:
    readonly { readonly type: string; readonly text?: string; readonly description?: string }[] | null;
  readonly found: string | null;
  readonly location: {
    readonly start: { readonly offset: number };
    readonly end: { readonly offset: number };
  };
}

function isGeneratedError(error: unknown): error is GeneratedError {
  return error instanceof Error && 'location' in error && 'found' in error;
}

/** Runs the generated parser. @throws QuerySyntaxError */
export function parseRaw(text: string): RawQuery | null {
  try {
    return parseGenerated(text, {
      maxDepth: MAX_QUERY_DEPTH,
      createError: (message: string, position: number, length: number, expected?: readonly string[]) =>
        new QuerySyntaxError(
          message,
          Math.min(position, text.length),
          Math.min(length, Math.max(text.length - position, 0)),
          expected,
        ),
    }) as RawQuery | null;
  } catch (error) {
    if (!isGeneratedError(error)) throw error;
    const { start, end } = error.location;
    const found =
      error.found === null ? 'The query ends too early' : `Unexpected ${JSON.stringify(error.found)}`;
    throw new QuerySyntaxError(found, start.offset, end.offset - start.offset);
  }
}
