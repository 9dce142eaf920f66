import type { LogReader, ReadOptions, TenantContext } from '@logstead/ports';
import { logJson, logsJson } from '../json/log-json.serializer';
import { type RawQuery, RequestParams } from '../params/request-params';

const DEFAULT_NEIGHBOURS = 10;
const MAX_NEIGHBOURS = 500;

/** One log by its id, alone or among its neighbours. */
export class SingleLogService {
  constructor(private readonly reader: LogReader) {}

  async get(
    tenant: TenantContext,
    id: string,
    query: RawQuery,
    options: ReadOptions,
  ): Promise<string | null> {
    new RequestParams(query).refuseUnread();
    const log = await this.reader.get(tenant, id.toLowerCase(), options);
    return log === null ? null : `{"log":${logJson(log)}}`;
  }

  async context(
    tenant: TenantContext,
    id: string,
    query: RawQuery,
    options: ReadOptions,
  ): Promise<string | null> {
    const params = new RequestParams(query);
    const size = { min: 0, max: MAX_NEIGHBOURS, fallback: DEFAULT_NEIGHBOURS };
    const before = params.integer('before', size);
    const after = params.integer('after', size);
    params.refuseUnread();
    const found = await this.reader.context(tenant, id.toLowerCase(), { before, after }, options);
    if (found === null) return null;
    return `{"before":${logsJson(found.before)},"log":${logJson(found.log)},"after":${logsJson(found.after)}}`;
  }
}
