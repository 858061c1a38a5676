import { stripVTControlCharacters } from "node:util";

/**
 * Returns text from the platform as a terminal may get it: without escape sequences, other control
 * characters but line breaks and tabs, and overrides of the direction of writing. A name that an
 * older version or another client stored may hold them.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(
    /[^\P{Cc}\n\t]|[\u2028-\u202e\u2066-\u2069]/gu,
    "",
  );
}
