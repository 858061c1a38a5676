import { config } from "zod";

// The policy of pages lets no text run as a script, and the browser reports even zod's trial of it.
config({ jitless: true });

/**
 * Gives pages the parts of zod that they use, by name (`import * as z`): its own `z` holds the messages of
 * every language, a third of a page's code.
 */
export {
  array,
  boolean,
  coerce,
  enum,
  int,
  null,
  number,
  object,
  record,
  string,
  union,
  unknown,
  url,
} from "zod";
export type { infer } from "zod";
