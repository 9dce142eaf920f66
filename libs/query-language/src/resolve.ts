import { LEVEL_ALIASES } from '@logstead/contracts';
import type { Bound, FieldRef, PatternPart, QueryNode, Span } from './ast';
import { and, not, or } from './ast';
import { isIdentifierField, resolveField } from './fields';
import { MAX_QUERY_TERMS } from './query-limits';
import { QuerySyntaxError } from './query-syntax-error';
import type { RawBound, RawQuery, RawRegex, RawText, RawValue } from './raw-query';
import { compileRegex } from './regex/compile';
import { isUnstorable } from './stored-text';
import { formatTimestampUs, parseTimestampUs } from './timestamp';
import { splitWords } from './words';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MESSAGE: FieldRef = { name: 'message' };
const RUN: PatternPart = { kind: 'run' };

function fail(span: Span, message: string, expected?: readonly string[]): never {
  throw new QuerySyntaxError(message, span.start, span.end - span.start, expected);
}

function plainText(value: RawText): string {
  if (value.kind === 'quoted') return value.text;
  return value.parts.map((part) => (part.kind === 'text' ? part.text : '*')).join('');
}

function checkStorable(text: string, span: Span): void {
  if (isUnstorable(text)) {
    fail(span, 'A query cannot hold U+0000, U+001A or half of a surrogate pair: no stored text does');
  }
}

/** `%` and `_` of SQL; a backslash makes the next character literal. */
function sqlLikeParts(text: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let literal = '';
  const flush = (part: PatternPart): void => {
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    if (!(part.kind === 'run' && parts.at(-1)?.kind === 'run')) parts.push(part);
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\' && i + 1 < text.length) literal += text.charAt(++i);
    else if (char === '%') flush(RUN);
    else if (char === '_') flush({ kind: 'one' });
    else literal += char;
  }
  if (literal !== '' || parts.length === 0) parts.push({ kind: 'text', text: literal });
  return parts;
}

/** Gives syntax its meaning: fields, types, limits. One instance per query. */
class Resolver {
  private terms = 0;

  resolve(raw: RawQuery): QueryNode {
    switch (raw.kind) {
      case 'and':
        return and(
          raw.items.map((item) => this.resolve(item)),
          raw.span,
        );
      case 'or':
        return or(
          raw.items.map((item) => this.resolve(item)),
          raw.span,
        );
      case 'not':
        return not(this.resolve(raw.item), raw.span);
      case 'text':
        return this.value(MESSAGE, raw.value, raw.span);
      case 'fieldValue':
        return this.value(resolveField(raw.field), raw.value, raw.span);
      case 'compare':
        return this.compare(raw);
      default:
        return this.long(raw);
    }
  }

  private long(raw: Extract<RawQuery, { negated: boolean }>): QueryNode {
    const field = resolveField(raw.field);
    const { span } = raw;
    const node = ((): QueryNode => {
      switch (raw.kind) {
        case 'in':
          return or(
            raw.values.map((value) => this.equals(field, value, true, value.span)),
            span,
          );
        case 'contains': {
          const text = plainText(raw.value);
          if (text === '') fail(raw.value.span, 'CONTAINS needs some text');
          return this.like(field, [RUN, { kind: 'text', text }, RUN], span);
        }
        case 'sqlLike':
          return this.like(field, sqlLikeParts(plainText(raw.value)), span);
        case 'range':
          return this.range(field, raw.from, raw.to, span);
        case 'isNull':
          return this.count({ type: 'exists', field, span }, span);
      }
    })();
    const negative = raw.kind === 'isNull' ? !raw.negated : raw.negated;
    return negative ? not(node, span) : node;
  }

  private compare(raw: Extract<RawQuery, { kind: 'compare' }>): QueryNode {
    const field = resolveField(raw.field);
    const { op, value, span } = raw;
    if (op === '=') return this.equals(field, value, true, span);
    if (op === '!=') return not(this.equals(field, value, true, span), span);
    const bound = { value, inclusive: op.endsWith('=') };
    return op.startsWith('>') ? this.range(field, bound, null, span) : this.range(field, null, bound, span);
  }

  private value(field: FieldRef, raw: RawValue, span: Span): QueryNode {
    switch (raw.kind) {
      case 'valueOr':
        return or(
          raw.items.map((item) => this.value(field, item, item.span)),
          span,
        );
      case 'valueAnd':
        if (!raw.explicit && field.name !== 'message') {
          fail(raw.span, 'Put OR or a comma between the values of a list', ['OR', '","']);
        }
        return and(
          raw.items.map((item) => this.value(field, item, item.span)),
          span,
        );
      case 'valueNot':
        return not(this.value(field, raw.item, raw.item.span), span);
      case 'valueRange':
        if (raw.from === null && raw.to === null) return this.count({ type: 'exists', field, span }, span);
        return this.range(field, raw.from, raw.to, span);
      case 'regex':
        return this.regex(field, raw, span);
      case 'quoted':
        return field.name === 'message' ? this.phrase(raw.text, span) : this.equals(field, raw, false, span);
      case 'bare':
        return this.bare(field, raw.parts, raw, span);
    }
  }

  private bare(field: FieldRef, parts: readonly PatternPart[], raw: RawText, span: Span): QueryNode {
    const hasRun = parts.some((part) => part.kind === 'run');
    if (!hasRun) {
      return field.name === 'message'
        ? this.phrase(plainText(raw), span)
        : this.equals(field, raw, false, span);
    }
    if (parts.length === 1) return this.count({ type: 'exists', field, span }, span);
    if (field.name !== 'message') return this.like(field, parts, span);
    if (parts[0]?.kind === 'run' && parts.at(-1)?.kind === 'run') return this.like(field, parts, span);
    const text = plainText(raw);
    checkStorable(text, span);
    // A literal star separates words as any other character does: only runs may stay stars.
    const marked = parts
      .map((part) => (part.kind === 'text' ? part.text.replaceAll('*', ' ') : '*'))
      .join('');
    const words = marked.match(/[A-Za-z0-9_\u0080-\uffff*]+/g) ?? [];
    if (words.some((word) => /^\*+$/.test(word))) {
      fail(span, 'A * needs a letter or digit beside it; *text* finds any text');
    }
    return this.words(words, span);
  }

  private phrase(text: string, span: Span): QueryNode {
    checkStorable(text, span);
    const words = splitWords(text);
    if (words.length > 0) return this.words(words, span);
    if (text === '') fail(span, 'An empty phrase matches nothing in particular', ['a word']);
    return this.like(MESSAGE, [RUN, { kind: 'text', text }, RUN], span);
  }

  private words(words: readonly string[], span: Span): QueryNode {
    this.terms += words.length - 1;
    return this.count({ type: 'words', words, span }, span);
  }

  private like(field: FieldRef, pattern: readonly PatternPart[], span: Span): QueryNode {
    if (field.name === 'level' || field.name === 'timestamp' || field.name === 'id') {
      fail(span, `${field.name} takes whole values only, no patterns`);
    }
    for (const part of pattern) if (part.kind === 'text') checkStorable(part.text, span);
    this.terms += pattern.length >> 1;
    return this.count({ type: 'like', field, pattern, span }, span);
  }

  private regex(field: FieldRef, raw: RawRegex, span: Span): QueryNode {
    if (field.name === 'level' || field.name === 'timestamp' || field.name === 'id') {
      fail(span, `${field.name} takes whole values only, no patterns`);
    }
    if (raw.flags !== '' && raw.flags !== 'i') {
      const start = raw.span.end - raw.flags.length;
      fail({ start, end: raw.span.end }, 'Only the flag i may follow a regular expression', ['i']);
    }
    checkStorable(raw.source, raw.span);
    compileRegex(raw.source, raw.flags === 'i', raw.span);
    return this.count(
      { type: 'regex', field, source: raw.source, ignoreCase: raw.flags === 'i', span },
      span,
    );
  }

  private equals(field: FieldRef, raw: RawText, exact: boolean, span: Span): QueryNode {
    const value = this.typed(field, raw);
    return this.count(
      { type: 'equals', field, value, exact: exact || field.name !== 'metadata', span },
      span,
    );
  }

  private range(field: FieldRef, from: RawBound | null, to: RawBound | null, span: Span): QueryNode {
    if (field.name === 'message' || field.name === 'id' || isIdentifierField(field)) {
      fail(span, `${field.name} has no order; only level, timestamp and metadata do`);
    }
    const bound = (raw: RawBound | null): Bound | null =>
      raw && { value: this.typed(field, raw.value), inclusive: raw.inclusive };
    return this.count({ type: 'range', field, from: bound(from), to: bound(to), span }, span);
  }

  /** The value in canonical form. */
  private typed(field: FieldRef, raw: RawText): string {
    const text = plainText(raw);
    checkStorable(text, raw.span);
    switch (field.name) {
      case 'level': {
        const name = text.toLowerCase();
        const level = Object.hasOwn(LEVEL_ALIASES, name) ? LEVEL_ALIASES[name] : undefined;
        if (level) return level;
        return fail(
          raw.span,
          `${JSON.stringify(text)} is not a level; several are written level:(error, fatal)`,
          ['debug', 'info', 'warn', 'error', 'fatal'],
        );
      }
      case 'timestamp': {
        const us = parseTimestampUs(text.trim());
        if (us !== null) return formatTimestampUs(us);
        return fail(raw.span, `${JSON.stringify(text)} is not a time`, ['ISO 8601', 'epoch s, ms, µs or ns']);
      }
      case 'id': {
        const id = text.toLowerCase();
        return UUID.test(id) ? id : fail(raw.span, `${JSON.stringify(text)} is not a log id`, ['a UUID']);
      }
      default:
        return text;
    }
  }

  private count<T extends QueryNode>(node: T, span: Span): T {
    if (++this.terms > MAX_QUERY_TERMS) {
      fail(
        span,
        `A query may hold ${MAX_QUERY_TERMS} conditions, each word of a phrase included; this one has more`,
      );
    }
    return node;
  }
}

/** @throws QuerySyntaxError */
export function resolveQuery(raw: RawQuery): QueryNode {
  return new Resolver().resolve(raw);
}
