import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { LogRecord } from '@logstead/contracts';
import { toAppError } from '@logstead/errors';
import type { LogReader, ReadOptions, TenantContext } from '@logstead/ports';
import type { PlanLimits } from '@logstead/tenancy';
import type { Logger } from '@logstead/telemetry';
import { logJson } from '../json/log-json.serializer';
import { readFilter } from '../params/filter-params';
import { type RawQuery, RequestParams } from '../params/request-params';
import { nowUs, readTimeRange } from '../params/time-params';
import type { QueryMetrics } from '../query-metrics';
import { readOptions, signalOf } from '../request-scope';
import { CSV_HEADER, csvLine } from './csv';

interface Format {
  readonly contentType: string;
  readonly extension: string;
  readonly header: string;
  line(log: LogRecord): string;
}

const FORMATS: Readonly<Record<'ndjson' | 'csv', Format>> = {
  ndjson: {
    contentType: 'application/x-ndjson; charset=utf-8',
    extension: 'ndjson',
    header: '',
    line: (log) => `${logJson(log)}\n`,
  },
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    header: CSV_HEADER,
    line: csvLine,
  },
};

/** A client that takes nothing for this long is cut off: it would hold its place for ever. */
const STALL_MS = 120_000;

/** Streams everything that matches, at the pace of the client. */
export class ExportService {
  constructor(
    private readonly reader: LogReader,
    private readonly metrics: QueryMetrics,
    private readonly logger: Logger,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Checks the parameters; what it returns writes the export.
   * @throws AppError `invalid_parameter`, `invalid_query`
   */
  prepare(
    tenant: TenantContext,
    query: RawQuery,
    limits: PlanLimits,
  ): (response: ServerResponse, hijack: () => void, headers: Record<string, string>) => Promise<void> {
    const params = new RequestParams(query);
    const format = FORMATS[params.choice('format', ['ndjson', 'csv'], 'ndjson')];
    const order = params.choice('order', ['desc', 'asc'], 'desc');
    const filter = { ...readFilter(params), ...readTimeRange(params, nowUs()) };
    params.refuseUnread();
    return async (response, hijack, headers) => {
      const options = readOptions(signalOf(response), this.timeoutMs, limits);
      const pages = this.reader.export(tenant, filter, order, options)[Symbol.asyncIterator]();
      // The first page is read before the answer begins, so that what fails at once is answered as a problem.
      const first = await pages.next();
      hijack();
      response.writeHead(200, {
        ...headers,
        'content-type': format.contentType,
        'content-disposition': `attachment; filename="logs.${format.extension}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      await this.write(response, format, first, pages, options);
    };
  }

  /** An export that breaks off must not look like one that ended: the connection is cut before its last chunk. */
  private async write(
    response: ServerResponse,
    format: Format,
    first: IteratorResult<LogRecord[]>,
    pages: AsyncIterator<LogRecord[]>,
    { signal }: ReadOptions,
  ): Promise<void> {
    response.setTimeout(STALL_MS, () => response.destroy());
    try {
      response.write(format.header);
      for (let page = first; page.done !== true; page = await pages.next()) {
        const text = page.value.map((log) => format.line(log)).join('');
        this.metrics.exportedLogs.inc(page.value.length);
        if (!response.write(text)) await once(response, 'drain', { signal });
      }
      response.end();
    } catch (error) {
      response.destroy();
      await pages.return?.();
      if (!signal.aborted)
        this.logger.warn({ err: error, code: toAppError(error).code }, 'An export broke off');
    }
  }
}
