import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError } from './app-error';

interface FieldProblem {
  readonly field: string;
  readonly problems: string[];
}

function flatten(errors: readonly ValidationError[], parent: string): FieldProblem[] {
  return errors.flatMap((error) => {
    const field = parent === '' ? error.property : `${parent}.${error.property}`;
    const own =
      error.constraints === undefined ? [] : [{ field, problems: Object.values(error.constraints) }];
    return [...own, ...flatten(error.children ?? [], field)];
  });
}

/**
 * The pipe of every control-plane route: bodies become DTO instances, a property that the DTO does not name is
 * refused (no mass assignment). @throws AppError `invalid_body`, or `invalid_parameter` for queries and addresses,
 * with `details.fields`; values are not repeated.
 */
class ProblemValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => {
        const fields = flatten(errors, '');
        return new AppError({
          code: 'invalid_body',
          message: fields.flatMap(({ problems }) => problems).join('; ') || 'The body is not valid.',
          details: { fields },
        });
      },
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (metadata.type === 'body' || !(error instanceof AppError)) throw error;
      throw new AppError({
        code: 'invalid_parameter',
        message: error.message,
        ...(error.details && { details: error.details }),
      });
    }
  }
}

export function createValidationPipe(): ValidationPipe {
  return new ProblemValidationPipe();
}
