import { type Scope, SCOPES } from '@logstead/tenancy';
import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  Length,
  Matches,
} from 'class-validator';

export class CreateKeyDto {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Payment service' })
  @IsString()
  @Length(1, 200)
  @Matches(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, {
    message: 'name must hold a visible character and no control characters',
  })
  name!: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['ingest'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes!: Scope[];
}

export class KeyAnswer {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty({ description: 'The public beginning of the key.', example: 'lsk_4fT0aZ2kQ9bX' })
  prefix!: string;
  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes!: Scope[];
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Up to ten seconds late.' })
  lastUsedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt!: string | null;
}

export class KeysAnswer {
  @ApiProperty({ type: [KeyAnswer] })
  keys!: KeyAnswer[];
}

export class CreatedKeyAnswer {
  @ApiProperty()
  key!: KeyAnswer;
  @ApiProperty({ description: 'Shown this once and never again.', example: 'lsk_…' })
  secret!: string;
}
