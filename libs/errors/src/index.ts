export { AppError, type AppErrorInit } from './app-error';
export { problemOf, retryAfterSeconds, toAppError } from './problem';
export { type FailureLog, ProblemFilter } from './problem.filter';
export { sendProblem } from './send-problem';
export { httpStatusOf, titleOf } from './status';
export { createValidationPipe } from './validation.pipe';
