import { createValidationPipe } from '@logstead/errors';
import { PostgresTenantStore, type TenantRecord } from '@logstead/postgres';
import { CurrentSession, RequirePlatformAdmin, type Session } from '@logstead/tenancy';
import { Body, Controller, Get, Post, UsePipes } from '@nestjs/common';
import { ApiCookieAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { answerTime } from '../answer-time';
import { CreatedTenantAnswer, CreateTenantDto, TenantAnswer, TenantsAnswer } from './tenants.dto';

const DEFAULT_PLAN = 'pro';
const DEFAULT_RETENTION_DAYS = 30;

@ApiTags('tenants')
@ApiCookieAuth('session')
@Controller('api/v1/tenants')
@RequirePlatformAdmin()
@UsePipes(createValidationPipe())
export class TenantsController {
  constructor(private readonly store: PostgresTenantStore) {}

  @Get()
  @ApiOperation({ summary: 'All tenants of the installation' })
  @ApiOkResponse({ type: TenantsAnswer })
  async list(@CurrentSession() session: Session): Promise<TenantsAnswer> {
    const tenants = await this.store.list(session.user.id);
    return { tenants: tenants.map(answerOf) };
  }

  @Post()
  @ApiOperation({ summary: 'Make a tenant and become its owner' })
  @ApiCreatedResponse({ type: CreatedTenantAnswer })
  async create(
    @Body() body: CreateTenantDto,
    @CurrentSession() session: Session,
  ): Promise<CreatedTenantAnswer> {
    const tenant = await this.store.create(session.user.id, {
      name: body.name.trim(),
      slug: body.slug,
      plan: body.plan ?? DEFAULT_PLAN,
      retentionDays: body.retentionDays ?? DEFAULT_RETENTION_DAYS,
    });
    return { tenant: answerOf(tenant) };
  }
}

function answerOf({ id, slug, name, plan, retentionDays, createdAt }: TenantRecord): TenantAnswer {
  return { id, slug, name, plan, retentionDays, createdAt: answerTime(createdAt) };
}
