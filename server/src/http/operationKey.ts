/**
 * Returns parts of an operation as one text by which equal ones are found; undefined for variables that are
 * nested too deeply to be written.
 */
export function operationKey(...parts: readonly unknown[]): string | undefined {
  try {
    return JSON.stringify(parts);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
