import { LEVELS, type Level, MAX_NAME_BYTES } from '@logstead/contracts';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNumber,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** Errors and fatals are always kept. */
export const SAMPLED_LEVELS = LEVELS.filter((level) => level !== 'error' && level !== 'fatal');
const MAX_RULES = 1000;

export class SamplingRuleDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null: every service without a rule of its own.',
  })
  @ValidateIf((_rule, value) => value !== null)
  @IsString()
  @Length(1, MAX_NAME_BYTES)
  service!: string | null;

  @ApiProperty({ enum: SAMPLED_LEVELS })
  @IsIn(SAMPLED_LEVELS)
  level!: Level;

  @ApiProperty({ minimum: 0, maximum: 1, description: 'Share of the logs that is kept; totals stay exact.' })
  @IsNumber()
  @Min(0)
  @Max(1)
  rate!: number;
}

export class SamplingDto {
  @ApiProperty({ type: [SamplingRuleDto] })
  @IsArray()
  @ArrayMaxSize(MAX_RULES)
  @ValidateNested({ each: true })
  @Type(() => SamplingRuleDto)
  rules!: SamplingRuleDto[];
}
