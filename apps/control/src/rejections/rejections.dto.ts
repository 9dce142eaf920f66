import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

export class RejectionsQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 720, default: 24 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(720)
  hours = 24;

  /** Read by the guard. */
  @ApiPropertyOptional({ description: 'Slug of the tenant, for a session of a person with several.' })
  @IsOptional()
  @IsString()
  tenant?: string;
}

class RejectionAnswer {
  @ApiProperty({ format: 'date-time' })
  hour!: string;
  @ApiProperty({ example: 'message_too_long' })
  code!: string;
  @ApiProperty()
  count!: number;
  @ApiProperty()
  bytes!: number;
  @ApiProperty({ description: 'The beginning of one rejected record.' })
  sample!: string;
}

export class RejectionsAnswer {
  @ApiProperty({ type: [RejectionAnswer] })
  rejections!: RejectionAnswer[];
}
