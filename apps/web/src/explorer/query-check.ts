import type { QueryFault } from '../api/api-error';

type Check = (query: string) => QueryFault | null;

let check: Check | null = null;
let loading: Promise<void> | null = null;

/**
 * Fetches the parser of the query language, which is as large as the first page and needed only by who types.
 * Without it the server finds the same faults.
 */
export function loadQueryCheck(): void {
  loading ??= import('@logstead/query-language').then(
    ({ parseQuery, QuerySyntaxError }) => {
      check = (query) => {
        try {
          parseQuery(query);
          return null;
        } catch (error) {
          if (!(error instanceof QuerySyntaxError)) return null;
          const { message, position, length } = error;
          return { message, position, length: Math.max(1, length) };
        }
      };
    },
    () => {
      loading = null;
    },
  );
}

/** What is wrong with a query, as far as that is known here; null while the parser is not there. */
export function checkQuery(query: string): QueryFault | null {
  return check === null || query.trim() === '' ? null : check(query);
}
