import { ERROR_CODES } from '@logstead/contracts';
import { BadRequestException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { AppError } from './app-error';
import { problemOf, retryAfterSeconds, toAppError } from './problem';
import { httpStatusOf, titleOf } from './status';

describe('toAppError', () => {
  it('leaves an AppError as it is', () => {
    const error = new AppError({ code: 'conflict', message: 'taken' });
    expect(toAppError(error)).toBe(error);
  });

  it('knows an error of another package by its code', () => {
    const foreign = Object.assign(new Error('unexpected )'), {
      code: 'invalid_query',
      details: { position: 3 },
    });
    expect(toAppError(foreign)).toMatchObject({
      code: 'invalid_query',
      message: 'unexpected )',
      details: { position: 3 },
    });
  });

  it.each([
    ['a plain error', new Error('password=hunter2 in /srv/x.ts')],
    ['a thrown string', 'hunter2'],
    ['undefined', undefined],
    ['a database error', Object.assign(new Error('duplicate key hunter2'), { code: '23505' })],
    ['a foreign internal error', Object.assign(new Error('hunter2'), { code: 'internal' })],
  ])('shows nothing of %s', (_what, thrown) => {
    const error = toAppError(thrown);
    expect(error.code).toBe('internal');
    expect(JSON.stringify(problemOf(error, 'r'))).not.toContain('hunter2');
    expect(error.cause).toBe(thrown);
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 'not_found'],
    [new BadRequestException('bad'), 'bad_request'],
    [new PayloadTooLargeException(), 'body_too_large'],
    [Object.assign(new SyntaxError('Unexpected token'), { statusCode: 400 }), 'invalid_body'],
    [
      Object.assign(new Error('x'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }),
      'body_too_large',
    ],
    [
      Object.assign(new Error('x'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }),
      'unsupported_media_type',
    ],
    [Object.assign(new Error('x'), { code: 'FST_ERR_CTP_EMPTY_JSON_BODY', statusCode: 400 }), 'invalid_body'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'store_unavailable'],
    [Object.assign(new Error('disk full'), { code: '53100' }), 'store_unavailable'],
    [new Error('Connection terminated unexpectedly'), 'store_unavailable'],
  ])('maps %p', (thrown, code) => {
    expect(toAppError(thrown).code).toBe(code);
  });
});

describe('problemOf', () => {
  it.each(ERROR_CODES)('gives %s a client or server status and a title', (code) => {
    expect(httpStatusOf(code)).toBeGreaterThanOrEqual(400);
    expect(httpStatusOf(code)).toBeLessThan(600);
    expect(titleOf(code)).not.toBe('');
  });

  it('carries details only when there are some', () => {
    expect(problemOf(new AppError({ code: 'not_found', message: 'No.' }), 'r1')).toEqual({
      type: 'urn:logstead:problem:not_found',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      detail: 'No.',
      requestId: 'r1',
    });
    expect(
      problemOf(new AppError({ code: 'conflict', message: 'x', details: { a: 1 } }), 'r').details,
    ).toEqual({ a: 1 });
  });

  it('rounds the time of a retry up to whole seconds', () => {
    const after = (retryAfterMs?: number) =>
      retryAfterSeconds(
        new AppError({
          code: 'overloaded',
          message: 'x',
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        }),
      );
    expect([after(), after(0), after(1), after(1000), after(1001)]).toEqual([undefined, 1, 1, 1, 2]);
  });
});
