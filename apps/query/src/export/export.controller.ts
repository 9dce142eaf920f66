import type { ServerResponse } from 'node:http';
import type { TenantContext } from '@logstead/ports';
import { CurrentLimits, CurrentTenant, type PlanLimits, RequireScope } from '@logstead/tenancy';
import { Controller, Get, Req, Res } from '@nestjs/common';
import {
  ApiCookieAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { ApiFilters } from '../logs/api-parameters.decorators';
import type { RawQuery } from '../params/request-params';
import { ExportService } from './export.service';

interface ExportRequest {
  readonly id: string;
  readonly query: RawQuery;
}
interface ExportReply {
  readonly raw: ServerResponse;
  hijack(): void;
}

@ApiTags('logs')
@ApiCookieAuth('session')
@ApiSecurity('apiKey')
@Controller('api/v1/logs/export')
@RequireScope('query')
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  @Get()
  @ApiOperation({
    summary: 'Every matching log as a stream, without a cap; an interrupted one breaks the connection',
  })
  @ApiFilters()
  @ApiQuery({ name: 'format', required: false, enum: ['ndjson', 'csv'] })
  @ApiQuery({ name: 'order', required: false, enum: ['desc', 'asc'] })
  @ApiProduces('application/x-ndjson', 'text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async stream(
    @Req() { id, query }: ExportRequest,
    @Res() reply: ExportReply,
    @CurrentTenant() tenant: TenantContext,
    @CurrentLimits() limits: PlanLimits,
  ): Promise<void> {
    const run = this.exports.prepare(tenant, query, limits);
    await run(reply.raw, () => reply.hijack(), { 'x-request-id': id });
  }
}
