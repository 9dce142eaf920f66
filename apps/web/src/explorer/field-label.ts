/** A field's name as people read it: metadata paths without their prefix. */
export function fieldLabel(field: string): string {
  return field.startsWith('metadata.') ? field.slice('metadata.'.length) : field;
}
