/** The text of src/generated/parser.ts for the current grammar. */
export function generateParser(): string;
