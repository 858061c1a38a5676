/** A pattern of SQL's LIKE for texts that contain `part`, whatever signs it has. */
export function containing(part: string): string {
  return `%${part.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
