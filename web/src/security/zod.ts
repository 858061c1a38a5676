import { config } from "zod/mini";

// The policy of pages lets no text run as a script, and the browser reports even zod's trial of it.
config({ jitless: true });

/**
 * Gives pages the functions of zod that they use, by name (`import * as z`): its schemas with methods bring every
 * method to every page, and its own `z` the messages of every language.
 */
export {
  _default,
  array,
  boolean,
  catch,
  coerce,
  enum,
  int,
  maximum,
  minimum,
  minLength,
  null,
  nullable,
  nullish,
  number,
  object,
  optional,
  partial,
  pipe,
  record,
  string,
  transform,
  union,
  unknown,
  url,
} from "zod/mini";
export type { infer } from "zod/mini";
