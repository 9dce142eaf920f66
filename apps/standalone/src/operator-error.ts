/** A condition the operator can change; its message says how. Printed without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

const OPERATOR_ERRORS = new Set(['OperatorError', 'ConfigError', 'PostgresStartError', 'MigrationError']);

export function isOperatorError(error: unknown): error is Error {
  return error instanceof Error && OPERATOR_ERRORS.has(error.name);
}
