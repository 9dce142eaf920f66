import { LEVEL_NUMBERS, levelName } from '@logstead/contracts';
import { AppError, createValidationPipe } from '@logstead/errors';
import type { TenantContext } from '@logstead/ports';
import { PostgresSamplingStore } from '@logstead/postgres';
import { CurrentTenant, RequireScope } from '@logstead/tenancy';
import { Body, Controller, Get, Put, UsePipes } from '@nestjs/common';
import { ApiCookieAuth, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { SamplingDto } from './sampling.dto';

@ApiTags('sampling')
@ApiCookieAuth('session')
@ApiSecurity('apiKey')
@Controller('api/v1/sampling')
@RequireScope('admin')
@UsePipes(createValidationPipe())
export class SamplingController {
  constructor(private readonly store: PostgresSamplingStore) {}

  @Get()
  @ApiOperation({ summary: 'Which share of which logs is kept' })
  @ApiOkResponse({ type: SamplingDto })
  async list(@CurrentTenant() tenant: TenantContext): Promise<SamplingDto> {
    const rules = await this.store.list(tenant);
    return { rules: rules.map(({ service, level, rate }) => ({ service, level: levelName(level), rate })) };
  }

  @Put()
  @ApiOperation({ summary: 'Replace the sampling rules' })
  @ApiOkResponse({ type: SamplingDto })
  async replace(@Body() body: SamplingDto, @CurrentTenant() tenant: TenantContext): Promise<SamplingDto> {
    const seen = new Set<string>();
    for (const { service, level } of body.rules) {
      const place = JSON.stringify([service, level]);
      if (seen.has(place)) {
        throw new AppError({
          code: 'invalid_body',
          message: `rules holds two rules for level ${level} of ${service === null ? 'all services' : 'one service'}`,
        });
      }
      seen.add(place);
    }
    await this.store.replace(
      tenant,
      body.rules.map(({ service, level, rate }) => ({ service, level: LEVEL_NUMBERS[level], rate })),
    );
    return this.list(tenant);
  }
}
