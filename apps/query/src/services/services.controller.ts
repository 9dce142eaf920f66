import type { TenantContext } from '@logstead/ports';
import { NameDirectory } from '@logstead/postgres';
import { CurrentTenant, RequireScope } from '@logstead/tenancy';
import { Controller, Get, Req } from '@nestjs/common';
import {
  ApiCookieAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { type RawQuery, RequestParams } from '../params/request-params';

export class RegisteredNameDto {
  @ApiProperty() id!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ format: 'date-time' }) firstSeen!: string;
}

export class ServicesAnswerDto {
  @ApiProperty({ type: [RegisteredNameDto] }) services!: readonly RegisteredNameDto[];
  @ApiProperty({ type: [RegisteredNameDto] }) environments!: readonly RegisteredNameDto[];
}

@ApiTags('logs')
@ApiCookieAuth('session')
@ApiSecurity('apiKey')
@Controller('api/v1/services')
@RequireScope('query')
export class ServicesController {
  constructor(private readonly names: NameDirectory) {}

  @Get()
  @ApiOperation({ summary: 'Services and environments that have sent logs' })
  @ApiOkResponse({ type: ServicesAnswerDto })
  list(
    @Req() { query }: { query: RawQuery },
    @CurrentTenant() tenant: TenantContext,
  ): Promise<ServicesAnswerDto> {
    new RequestParams(query).refuseUnread();
    return this.names.list(tenant);
  }
}
