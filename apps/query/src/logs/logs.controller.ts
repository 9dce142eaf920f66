import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@logstead/errors';
import type { TenantContext } from '@logstead/ports';
import { CurrentLimits, CurrentTenant, type PlanLimits, RequireScope } from '@logstead/tenancy';
import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import {
  ApiCookieAuth,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { RawQuery } from '../params/request-params';
import {
  AggregateAnswerDto,
  ContextAnswerDto,
  FieldsAnswerDto,
  HistogramAnswerDto,
  LogAnswerDto,
  LogPageDto,
} from './answers.dto';
import { ApiFilters, ApiPaging } from './api-parameters.decorators';
import { LogQueries } from './log-queries.service';

/** What the routes need of a Fastify request and reply. */
interface ReadRequest {
  readonly query: RawQuery;
  readonly raw: IncomingMessage;
}
interface ReadReply {
  readonly raw: ServerResponse;
}

@ApiTags('logs')
@ApiCookieAuth('session')
@ApiSecurity('apiKey')
@Controller('api/v1/logs')
@RequireScope('query')
export class LogsController {
  constructor(private readonly queries: LogQueries) {}

  @Get()
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'Logs that match the filters, newest first, in pages' })
  @ApiFilters()
  @ApiPaging()
  @ApiOkResponse({ type: LogPageDto })
  list(
    @Req() { query }: ReadRequest,
    @Res({ passthrough: true }) { raw }: ReadReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<string> {
    return this.queries.read('logs', raw, limits, (options) =>
      this.queries.list.page(tenant, 'logs', query, options),
    );
  }

  @Get('search')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'Logs that match a query, newest first, in pages' })
  @ApiFilters({ queryRequired: true })
  @ApiPaging()
  @ApiQuery({
    name: 'highlights',
    required: false,
    enum: ['true', 'false'],
    description: 'Mark what the query matched',
  })
  @ApiOkResponse({ type: LogPageDto })
  search(
    @Req() { query }: ReadRequest,
    @Res({ passthrough: true }) { raw }: ReadReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<string> {
    return this.queries.read('search', raw, limits, (options) =>
      this.queries.list.page(tenant, 'search', query, options),
    );
  }

  @Get('aggregate')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'Counts, error rates or percentiles by group and interval' })
  @ApiFilters()
  @ApiQuery({
    name: 'group_by',
    required: false,
    description: 'level, service, environment, metadata.<key>; up to 4 by comma',
  })
  @ApiQuery({ name: 'metric', required: false, enum: ['count', 'error_rate', 'p50', 'p95', 'p99'] })
  @ApiQuery({
    name: 'field',
    required: false,
    description: 'metadata.<key> of the percentiles; the latency found at ingest when absent',
  })
  @ApiQuery({ name: 'interval', required: false, description: 'Such as 10s, 1m, 1h; aligned to the epoch' })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    description: 'Groups returned, the largest first',
  })
  @ApiOkResponse({ type: AggregateAnswerDto })
  aggregate(
    @Req() { query }: ReadRequest,
    @Res({ passthrough: true }) { raw }: ReadReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<string> {
    return this.queries.readCached('aggregate', raw, limits, tenant, query);
  }

  @Get('histogram')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'Number of logs over time by level, empty buckets included' })
  @ApiFilters()
  @ApiQuery({
    name: 'interval',
    required: false,
    description: 'Such as 10s, 1m, 1h; chosen for up to 120 buckets when absent',
  })
  @ApiOkResponse({ type: HistogramAnswerDto })
  histogram(
    @Req() { query }: ReadRequest,
    @Res({ passthrough: true }) { raw }: ReadReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<string> {
    return this.queries.readCached('histogram', raw, limits, tenant, query);
  }

  @Get('fields')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'Values of level, service, environment and metadata keys with their counts' })
  @ApiFilters()
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 10 },
    description: 'Values per field',
  })
  @ApiOkResponse({ type: FieldsAnswerDto })
  fields(
    @Req() { query }: ReadRequest,
    @Res({ passthrough: true }) { raw }: ReadReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<string> {
    return this.queries.readCached('fields', raw, limits, tenant, query);
  }

  @Get(':id')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'One log' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: LogAnswerDto })
  async get(
    @Param('id') id: string,
    @Req() { query }: ReadRequest,
    @Res({ passthrough: true }) { raw }: ReadReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<string> {
    return found(
      await this.queries.read('get', raw, limits, (options) =>
        this.queries.single.get(tenant, id, query, options),
      ),
    );
  }

  @Get(':id/context')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'A log with its neighbours of the same service and environment' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiQuery({
    name: 'before',
    required: false,
    schema: { type: 'integer', minimum: 0, maximum: 500, default: 10 },
  })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'integer', minimum: 0, maximum: 500, default: 10 },
  })
  @ApiOkResponse({ type: ContextAnswerDto })
  async context(
    @Param('id') id: string,
    @Req() { query }: ReadRequest,
    @Res({ passthrough: true }) { raw }: ReadReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<string> {
    return found(
      await this.queries.read('context', raw, limits, (options) =>
        this.queries.single.context(tenant, id, query, options),
      ),
    );
  }
}

/** The same answer for a log that does not exist and one of another tenant. */
function found(json: string | null): string {
  if (json !== null) return json;
  throw new AppError({ code: 'not_found', message: 'There is no log of that id. It may have expired.' });
}
