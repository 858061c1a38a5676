/** Returns a pattern of SQL's LIKE for texts that contain `part`, whose wildcards are escaped. */
export function containing(part: string): string {
  return `%${part.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
