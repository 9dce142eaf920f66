import { RETENTION_CLASSES, type RetentionClass } from '@logstead/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';

export class CreateTenantDto {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Acme Ltd' })
  @IsString()
  @Length(1, 200)
  @Matches(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, {
    message: 'name must hold a visible character and no control characters',
  })
  name!: string;

  @ApiProperty({ example: 'acme', description: 'Names the tenant in addresses and headers.' })
  @IsString()
  @Matches(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    message: 'slug must be 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit',
  })
  slug!: string;

  @ApiPropertyOptional({ enum: RETENTION_CLASSES, default: 30 })
  @IsOptional()
  @IsIn(RETENTION_CLASSES)
  retentionDays?: RetentionClass;

  @ApiPropertyOptional({ enum: ['free', 'pro', 'enterprise'], default: 'pro' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  plan?: string;
}

export class TenantAnswer {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  slug!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  plan!: string;
  @ApiProperty({ enum: RETENTION_CLASSES })
  retentionDays!: RetentionClass;
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class TenantsAnswer {
  @ApiProperty({ type: [TenantAnswer] })
  tenants!: TenantAnswer[];
}

export class CreatedTenantAnswer {
  @ApiProperty()
  tenant!: TenantAnswer;
}
