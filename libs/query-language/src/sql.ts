import type { EqualsNode, FieldRef, LikeNode, PatternPart, QueryNode, RangeNode, RegexNode } from './ast';
import { LEVEL_NUMBERS } from '@logstead/contracts';
import { foldAscii } from './fold';
import { isLevel, levelBounds } from './level-bounds';
import { PatternMatcher } from './pattern-matcher';
import { compileRegex } from './regex/compile';
import { emitPostgres } from './regex/emit-postgres';
import { requiredLiterals } from './regex/required-literals';
import type { CompiledSql, SqlTarget } from './sql-builder';
import { SqlParameters } from './sql-builder';
import {
  metadataEqualsSql,
  metadataExistsSql,
  metadataLikeSql,
  metadataRangeSql,
  metadataRegexSql,
} from './sql-metadata';
import {
  asciiFragments,
  foldedLike,
  foldsInAscii,
  fragmentsLike,
  likePattern,
  patternRegex,
  wordsRegex,
} from './sql-text';

/** A trace id of the common form, which the store keeps as a uuid. */
const HEX_TRACE_ID = /^[0-9a-f]{32}$/;

class SqlCompiler {
  readonly params: SqlParameters;

  constructor(private readonly target: SqlTarget) {
    this.params = new SqlParameters(target.firstParam);
  }

  compile(node: QueryNode): string {
    switch (node.type) {
      case 'all':
        return 'true';
      case 'and':
        return `(${node.children.map((child) => this.compile(child)).join(' AND ')})`;
      case 'or':
        return `(${node.children.map((child) => this.compile(child)).join(' OR ')})`;
      case 'not':
        return `(NOT ${this.compile(node.child)})`;
      case 'words':
        return this.words(node.words);
      case 'like':
        return this.like(node);
      case 'regex':
        return this.regex(node);
      case 'equals':
        return this.equals(node);
      case 'range':
        return this.range(node);
      case 'exists':
        return this.exists(node.field);
    }
  }

  /**
   * The cheap test decides for most rows; the regular expression only sees what passes. CASE keeps the order:
   * the planner sorts ANDed conditions by its own cost, which puts the regular expression first.
   */
  private filtered(
    alternatives: readonly (readonly string[])[],
    caseSensitive: boolean,
    regex: string,
  ): string {
    const message = `${this.target.columns.message} COLLATE "C"`;
    const exact = `${message} ~ ${this.params.text(regex)}`;
    const likes = alternatives.flatMap((fragments) => fragmentsLike(fragments) ?? []);
    const [like] = likes;
    if (like === undefined || likes.length < alternatives.length) return `(${exact})`;
    const subject = caseSensitive ? message : `lower(${message})`;
    const wanted = likes.length === 1 ? this.params.text(like) : `ANY (${this.params.add(likes, 'text[]')})`;
    return `(CASE WHEN ${subject} LIKE ${wanted} THEN ${exact} ELSE false END)`;
  }

  private words(words: readonly string[]): string {
    const fragments = words.flatMap((word) => word.split('*').flatMap(asciiFragments));
    return this.filtered([fragments], false, wordsRegex(words));
  }

  private like(node: LikeNode): string {
    const { field, pattern } = node;
    const { columns } = this.target;
    switch (field.name) {
      case 'message': {
        const texts = pattern.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
        if (texts.every(foldsInAscii)) {
          const [text] = texts;
          // A tenth faster than LIKE with the same text between two wildcards.
          if (isContains(pattern) && text !== undefined) {
            return `(strpos(lower(${columns.message} COLLATE "C"), ${this.params.text(foldAscii(text))}) > 0)`;
          }
          return `(lower(${columns.message} COLLATE "C") LIKE ${this.params.text(foldedLike(pattern))})`;
        }
        return this.filtered([texts.flatMap(asciiFragments)], false, patternRegex(pattern));
      }
      case 'metadata':
        return this.nullable(metadataLikeSql(columns.metadata, this.params, node, field.path));
      case 'service':
      case 'environment': {
        const matcher = new PatternMatcher(pattern, false);
        return this.named(field.name, (name) => matcher.test(name));
      }
      default:
        return this.nullable(`${this.identifier(field)} LIKE ${this.params.text(likePattern(pattern))}`);
    }
  }

  private regex(node: RegexNode): string {
    const { field } = node;
    const { columns } = this.target;
    const regex = compileRegex(node.source, node.ignoreCase);
    switch (field.name) {
      case 'message': {
        const { alternatives, caseSensitive } = requiredLiterals(regex.ast);
        return this.filtered(alternatives, caseSensitive, emitPostgres(regex.ast));
      }
      case 'metadata':
        return this.nullable(metadataRegexSql(columns.metadata, this.params, node, field.path));
      case 'service':
      case 'environment':
        return this.named(field.name, (name) => regex.test(name));
      default:
        return this.nullable(`${this.identifier(field)} ~ ${this.params.text(emitPostgres(regex.ast))}`);
    }
  }

  private equals(node: EqualsNode): string {
    const { field, value } = node;
    const { columns } = this.target;
    switch (field.name) {
      case 'service':
      case 'environment':
        return this.named(field.name, (name) => name === value);
      case 'level': {
        const number = isLevel(value) ? LEVEL_NUMBERS[value] : 0;
        return `(${columns.level} >= ${number} AND ${columns.level} < ${number + 10})`;
      }
      case 'timestamp':
        return `(${columns.ts} = ${this.params.add(value, 'timestamptz')})`;
      case 'id':
        return `(${columns.id} = ${this.params.add(value, 'uuid')})`;
      case 'message':
        return `(${columns.message} = ${this.params.text(value)})`;
      case 'trace_id':
        return HEX_TRACE_ID.test(value)
          ? this.nullable(`${columns.trace_id} = ${this.params.add(value, 'uuid')}`)
          : this.nullable(`${columns.trace_text} = ${this.params.text(value)}`);
      case 'span_id':
        return this.nullable(`${columns.span_id} = ${this.params.text(value)}`);
      case 'metadata':
        return this.nullable(metadataEqualsSql(columns.metadata, this.params, node, field.path));
    }
  }

  private range(node: RangeNode): string {
    const { field, from, to } = node;
    const { columns } = this.target;
    if (field.name === 'metadata') {
      return this.nullable(metadataRangeSql(columns.metadata, this.params, node, field.path));
    }
    if (field.name === 'level') {
      const { min, below } = levelBounds(node);
      return `(${columns.level} >= ${min} AND ${columns.level} < ${below})`;
    }
    const tests: string[] = [];
    if (from)
      tests.push(`${columns.ts} >${from.inclusive ? '=' : ''} ${this.params.add(from.value, 'timestamptz')}`);
    if (to)
      tests.push(`${columns.ts} <${to.inclusive ? '=' : ''} ${this.params.add(to.value, 'timestamptz')}`);
    return `(${tests.join(' AND ')})`;
  }

  private exists(field: FieldRef): string {
    const { columns } = this.target;
    switch (field.name) {
      case 'metadata':
        return this.nullable(metadataExistsSql(columns.metadata, this.params, field.path));
      case 'trace_id':
        return `(${columns.trace_id} IS NOT NULL OR ${columns.trace_text} IS NOT NULL)`;
      case 'span_id':
        return `(${columns.span_id} IS NOT NULL)`;
      default:
        return 'true';
    }
  }

  private named(field: 'service' | 'environment', matches: (name: string) => boolean): string {
    const { columns, resolveServices, resolveEnvironments } = this.target;
    const ids = field === 'service' ? resolveServices(matches) : resolveEnvironments(matches);
    if (ids.length === 0) return 'false';
    const column = field === 'service' ? columns.service_id : columns.env_id;
    return `(${column} = ANY (${this.params.add([...ids], 'int[]')}))`;
  }

  private identifier(field: FieldRef): string {
    const { columns } = this.target;
    if (field.name === 'span_id') return `${columns.span_id} COLLATE "C"`;
    return `coalesce(${columns.trace_text}, replace(${columns.trace_id}::text, '-', '')) COLLATE "C"`;
  }

  private nullable(condition: string): string {
    return `((${condition}) IS TRUE)`;
  }
}

/**
 * Condition for the rows of a log table that match, as PostgreSQL 15 to 18 understand it. Every value is a
 * parameter; the condition is true or false for every row, never NULL.
 */
export function compileToSql(node: QueryNode, target: SqlTarget): CompiledSql {
  const compiler = new SqlCompiler(target);
  const text = compiler.compile(node);
  return { text, values: compiler.params.values };
}

/** Whether a pattern is one text anywhere in the value. */
function isContains(pattern: readonly PatternPart[]): boolean {
  const [before, , after] = pattern;
  return pattern.length === 3 && before?.kind === 'run' && after?.kind === 'run';
}
