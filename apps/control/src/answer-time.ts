/** RFC 3339 UTC with µs, as all answers give times. */
export function answerTime(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}

export function optionalAnswerTime(time: Date | null): string | null {
  return time === null ? null : answerTime(time);
}
