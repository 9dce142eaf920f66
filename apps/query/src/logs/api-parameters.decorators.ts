import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { LEVELS } from '@logstead/contracts';

const several = { required: false, isArray: true, style: 'form', explode: true } as const;

/** The filters every read route takes. */
export function ApiFilters({ queryRequired = false, times = true } = {}): MethodDecorator {
  return applyDecorators(
    ApiQuery({ name: 'service', ...several, type: String, description: 'By comma or repetition' }),
    ApiQuery({ name: 'service_id', ...several, type: Number }),
    ApiQuery({ name: 'environment', ...several, type: String }),
    ApiQuery({ name: 'level', ...several, enum: LEVELS }),
    ApiQuery({ name: 'trace_id', required: false, type: String }),
    ApiQuery({ name: 'q', required: queryRequired, type: String, description: 'Query language' }),
    ApiQuery({
      name: 'metadata',
      required: false,
      style: 'form',
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'string' } },
      description: 'metadata.<key>=value; repeated values are alternatives',
    }),
    ...(times ? TIMES : []),
  );
}

const TIMES = [
  ApiQuery({
    name: 'start_time',
    required: false,
    type: String,
    description: 'ISO 8601 or epoch s, ms, µs, ns; inclusive',
  }),
  ApiQuery({ name: 'end_time', required: false, type: String, description: 'Exclusive; now when absent' }),
  ApiQuery({
    name: 'time_range',
    required: false,
    type: String,
    description: 'Instead of start_time: 15m, 1h, 7d …',
  }),
];

export function ApiPaging(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    }),
    ApiQuery({ name: 'cursor', required: false, type: String, description: 'nextCursor of the page before' }),
    ApiQuery({ name: 'order', required: false, enum: ['desc', 'asc'] }),
  );
}
