import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@logstead/tenancy';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';

export class SignInDto {
  @ApiProperty({ example: 'admin@localhost' })
  @IsString()
  @MaxLength(254)
  email!: string;

  @ApiProperty({ format: 'password' })
  @IsString()
  @MaxLength(MAX_PASSWORD_LENGTH)
  password!: string;
}

export class SignInByLinkDto {
  @ApiProperty({ description: 'The token of `/sign-in?token=…`' })
  @IsString()
  @MaxLength(100)
  token!: string;
}

export class ChangePasswordDto {
  @ApiPropertyOptional({ format: 'password', description: 'May be left out in a session opened by link.' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_PASSWORD_LENGTH)
  currentPassword?: string;

  @ApiProperty({ format: 'password', minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH })
  @IsString()
  @Length(MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH)
  newPassword!: string;
}

class SessionUserAnswer {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  email!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  platformAdmin!: boolean;
}

class SessionTenantAnswer {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  slug!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty({ enum: ['owner', 'admin', 'member', 'viewer'] })
  role!: string;
  @ApiProperty({ enum: [7, 30, 90, 365] })
  retentionDays!: number;
}

export class SessionAnswer {
  @ApiProperty()
  user!: SessionUserAnswer;
  @ApiProperty({ type: [SessionTenantAnswer] })
  tenants!: SessionTenantAnswer[];
  @ApiProperty({ description: 'For `X-CSRF-Token` of unsafe requests.' })
  csrfToken!: string;
  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;
}
