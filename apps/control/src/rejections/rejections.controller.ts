import { createValidationPipe } from '@logstead/errors';
import type { TenantContext } from '@logstead/ports';
import { PostgresRejectionStore } from '@logstead/postgres';
import { CurrentTenant, RequireScope } from '@logstead/tenancy';
import { Controller, Get, Query, UsePipes } from '@nestjs/common';
import { ApiCookieAuth, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { answerTime } from '../answer-time';
import { RejectionsAnswer, RejectionsQuery } from './rejections.dto';

@ApiTags('rejections')
@ApiCookieAuth('session')
@ApiSecurity('apiKey')
@Controller('api/v1/rejections')
@RequireScope('query')
@UsePipes(createValidationPipe())
export class RejectionsController {
  constructor(private readonly store: PostgresRejectionStore) {}

  @Get()
  @ApiOperation({ summary: 'What was turned away and why, by hour' })
  @ApiOkResponse({ type: RejectionsAnswer })
  async list(
    @Query() query: RejectionsQuery,
    @CurrentTenant() tenant: TenantContext,
  ): Promise<RejectionsAnswer> {
    const rejections = await this.store.list(tenant, query.hours);
    return {
      rejections: rejections.map(({ hour, ...rest }) => ({ hour: answerTime(hour), ...rest })),
    };
  }
}
