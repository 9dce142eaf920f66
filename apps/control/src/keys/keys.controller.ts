import { AppError, createValidationPipe } from '@logstead/errors';
import type { TenantContext } from '@logstead/ports';
import { type ApiKeyRecord, PostgresApiKeyStore } from '@logstead/postgres';
import {
  CurrentPrincipal,
  CurrentTenant,
  KeyAuthenticator,
  newApiKey,
  type Principal,
  RequireScope,
} from '@logstead/tenancy';
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import {
  ApiCookieAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { answerTime, optionalAnswerTime } from '../answer-time';
import { CreatedKeyAnswer, CreateKeyDto, KeyAnswer, KeysAnswer } from './keys.dto';

@ApiTags('keys')
@ApiCookieAuth('session')
@ApiSecurity('apiKey')
@Controller('api/v1/keys')
@RequireScope('admin')
@UsePipes(createValidationPipe())
export class KeysController {
  constructor(
    private readonly store: PostgresApiKeyStore,
    private readonly authenticator: KeyAuthenticator,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The API keys of the tenant, revoked ones included' })
  @ApiOkResponse({ type: KeysAnswer })
  async list(@CurrentTenant() tenant: TenantContext): Promise<KeysAnswer> {
    // So that a key used a moment ago says so.
    await this.authenticator.flushLastUsed();
    const keys = await this.store.list(tenant);
    return { keys: keys.map(answerOf) };
  }

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make a key; the answer is the only one that shows it' })
  @ApiCreatedResponse({ type: CreatedKeyAnswer })
  async create(
    @Body() body: CreateKeyDto,
    @CurrentTenant() tenant: TenantContext,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CreatedKeyAnswer> {
    const { key, prefix, hash } = newApiKey();
    const record = await this.store.create(tenant, {
      name: body.name.trim(),
      prefix,
      hash,
      scopes: body.scopes,
      createdBy: principal.kind === 'session' ? principal.session.user.id : null,
    });
    return { key: answerOf(record), secret: key };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key; refused everywhere within a second' })
  @ApiNoContentResponse()
  async revoke(@Param('id') id: string, @CurrentTenant() tenant: TenantContext): Promise<void> {
    const revoked = isUUID(id) && (await this.store.revoke(tenant, id));
    if (!revoked) throw new AppError({ code: 'not_found', message: 'There is no such key.' });
    this.authenticator.forget({ kind: 'tenant', tenantId: tenant.tenantId });
  }
}

function answerOf(record: ApiKeyRecord): KeyAnswer {
  return {
    id: record.id,
    name: record.name,
    prefix: record.prefix,
    scopes: record.scopes,
    createdAt: answerTime(record.createdAt),
    lastUsedAt: optionalAnswerTime(record.lastUsedAt),
    revokedAt: optionalAnswerTime(record.revokedAt),
  };
}
