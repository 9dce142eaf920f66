import type { OpenAPIObject } from '@nestjs/swagger';

const PROBLEM = { description: 'problem+json (RFC 9457) with a code and a request id' };
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } };

const LOG = {
  type: 'object',
  required: ['message'],
  properties: {
    timestamp: {
      description:
        'ISO 8601 with zone, or epoch s/ms/µs/ns told apart by magnitude; absent: the time received',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
    level: {
      description: 'debug, info, warn, error, fatal or an alias; absent: info',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
    message: { type: 'string' },
    metadata: { type: 'object', additionalProperties: true },
    trace_id: { type: 'string' },
    span_id: { type: 'string' },
  },
};

/** The ingest route is no Nest controller (it reads the raw body), so its description is written by hand. */
export const INGEST_OPERATION = {
  tags: ['ingest'],
  operationId: 'ingest',
  summary: 'Send a batch of logs; answered when they are durable. A bad log never costs its neighbours',
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: '1 to 128 printable ASCII characters; a repeated batch is stored once',
      schema: { type: 'string', maxLength: 128 },
    },
    { name: 'Content-Encoding', in: 'header', schema: { type: 'string', enum: ['gzip', 'deflate', 'zstd'] } },
    {
      name: 'service',
      in: 'query',
      description: 'For NDJSON: of lines that name none',
      schema: { type: 'string' },
    },
    {
      name: 'environment',
      in: 'query',
      description: 'For NDJSON: of lines that name none',
      schema: { type: 'string' },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['service', 'environment', 'logs'],
          properties: {
            service: { type: 'string' },
            environment: { type: 'string' },
            logs: { type: 'array', items: LOG },
          },
        },
      },
      'application/x-ndjson': { schema: { type: 'string', description: 'One log a line' } },
    },
  },
  responses: {
    202: {
      description: 'Stored',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              accepted: { type: 'integer' },
              rejected: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    index: { type: 'integer' },
                    code: { type: 'string' },
                    message: { type: 'string' },
                  },
                },
              },
              rejectedCount: { type: 'integer' },
              batchId: { type: 'string', format: 'uuid' },
            },
          },
        },
      },
    },
    400: PROBLEM,
    401: PROBLEM,
    413: PROBLEM,
    415: PROBLEM,
    429: { ...PROBLEM, headers: RETRY_AFTER },
    503: { ...PROBLEM, headers: RETRY_AFTER },
  },
} as OpenAPIObject['paths'][string]['post'] & object;
