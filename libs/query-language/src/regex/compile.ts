import { RE2JS } from 're2js';
import type { Span } from '../ast';
import { QuerySyntaxError } from '../query-syntax-error';
import { emitRe2 } from './emit-re2';
import type { RegexAst } from './regex-ast';
import { expandedSize, MAX_REGEX_SIZE } from './regex-ast';
import { RegexParser, UnsupportedRegexError } from './regex-parser';

export interface CompiledRegex {
  readonly ast: RegexAst;
  /** Linear in the length of the text. */
  test(text: string): boolean;
  /** Calls back with every match, from left to right, until it returns false. */
  forEachMatch(text: string, callback: (start: number, end: number) => boolean): void;
}

const cache = new Map<string, CompiledRegex>();
const MAX_CACHED = 200;

function syntaxMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^error parsing regexp: /, '');
}

function build(source: string, ignoreCase: boolean, span: Span): CompiledRegex {
  const at = (message: string, position: number, length: number): QuerySyntaxError =>
    new QuerySyntaxError(message, Math.min(span.start + 1 + position, span.end), length);
  try {
    RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (/\(\?<?[=!]/.test(source)) throw at('Look-around is not part of RE2', source.search(/\(\?<?[=!]/), 3);
    if (/\\[1-9]/.test(source)) throw at('Back references are not part of RE2', source.search(/\\[1-9]/), 2);
    throw new QuerySyntaxError(
      `Not a regular expression: ${syntaxMessage(error)}`,
      span.start,
      span.end - span.start,
    );
  }
  try {
    const ast = new RegexParser(source, ignoreCase).parse();
    const size = expandedSize(ast);
    if (size > MAX_REGEX_SIZE) {
      const message = `This regular expression has ${size} characters with its repeats written out; the limit is ${MAX_REGEX_SIZE}`;
      throw new QuerySyntaxError(message, span.start, span.end - span.start);
    }
    const re2 = RE2JS.compile(emitRe2(ast));
    return {
      ast,
      test: (text) => re2.test(text),
      forEachMatch(text, callback) {
        const matcher = re2.matcher(text);
        while (matcher.find()) if (!callback(matcher.start(), matcher.end())) return;
      },
    };
  } catch (error) {
    if (error instanceof QuerySyntaxError) throw error;
    if (error instanceof UnsupportedRegexError) throw at(error.message, error.position, error.length);
    throw new QuerySyntaxError(
      `Not a regular expression: ${syntaxMessage(error)}`,
      span.start,
      span.end - span.start,
    );
  }
}

/**
 * Checks and compiles a regular expression of the query language.
 * @throws QuerySyntaxError positioned relative to `span`, which starts at the opening slash
 */
export function compileRegex(
  source: string,
  ignoreCase: boolean,
  span: Span = { start: 0, end: 0 },
): CompiledRegex {
  const key = `${ignoreCase ? 'i' : '-'}${source}`;
  const known = cache.get(key);
  if (known) return known;
  const compiled = build(source, ignoreCase, span);
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  cache.set(key, compiled);
  return compiled;
}
