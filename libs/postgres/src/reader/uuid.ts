const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids in the one form we write them in: others name no log. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
