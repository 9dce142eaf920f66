import { LEVELS, type Level, type TotalRelation } from '@logstead/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const RELATIONS = ['exact', 'at_least', 'estimate'] as const;

/** A log as every read route returns it. */
export class LogDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T03:12:28.123456Z' }) timestamp!: string;
  @ApiProperty() service_id!: number;
  @ApiProperty() service!: string;
  @ApiProperty() environment!: string;
  @ApiProperty({ enum: LEVELS }) level!: Level;
  @ApiProperty() message!: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) metadata?: Record<string, unknown>;
  @ApiPropertyOptional() trace_id?: string;
  @ApiPropertyOptional() span_id?: string;
}

class Counted {
  @ApiProperty() total!: number;
  @ApiProperty({ enum: RELATIONS }) totalRelation!: TotalRelation;
  @ApiProperty({ format: 'date-time' }) asOf!: string;
}

export class LogPageDto extends Counted {
  @ApiProperty({ type: [LogDto] }) logs!: LogDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
    description: 'By log id: [start, end] in UTF-16 units of message',
  })
  highlights?: Record<string, [number, number][]>;
}

export class AggregateAnswerDto extends Counted {
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  buckets!: Record<string, unknown>[];
}

export class HistogramAnswerDto extends Counted {
  @ApiProperty({ example: '1m' }) interval!: string;
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  buckets!: Record<string, unknown>[];
}

export class FieldValueDto {
  @ApiProperty() value!: string;
  @ApiProperty() count!: number;
}

export class FieldDto {
  @ApiProperty({ example: 'metadata.host' }) field!: string;
  @ApiProperty({ type: [FieldValueDto] }) values!: FieldValueDto[];
  @ApiProperty({ enum: RELATIONS }) totalRelation!: TotalRelation;
}

export class FieldsAnswerDto {
  @ApiProperty({ type: [FieldDto] }) fields!: FieldDto[];
  @ApiProperty({ format: 'date-time' }) asOf!: string;
}

export class LogAnswerDto {
  @ApiProperty({ type: LogDto }) log!: LogDto;
}

export class ContextAnswerDto extends LogAnswerDto {
  @ApiProperty({ type: [LogDto] }) before!: LogDto[];
  @ApiProperty({ type: [LogDto] }) after!: LogDto[];
}
