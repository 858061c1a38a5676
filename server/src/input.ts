import { OpnasError, whenValid } from "@opnas/core";
import { z } from "zod";

/** One fault of a request: where, from the operation's argument on, and a sentence about it. */
export interface InputIssue {
  path: readonly string[];
  message: string;
}

/** A request with fields that cannot be used. Its sentence is the first fault's. */
export class InputError extends OpnasError {
  readonly issues: readonly InputIssue[];

  constructor(first: InputIssue, ...others: InputIssue[]) {
    super("BAD_INPUT", first.message);
    this.issues = [first, ...others];
  }
}

/**
 * Checks the value of an argument.
 * @param path the argument's name, and the fields down to the value
 * @throws InputError that names every field at fault
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, ...path: string[]): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map((issue) => toIssue(issue, path));
  throw new InputError(first ?? { path, message: `${path.join(".")} cannot be used.` }, ...others);
}

function toIssue({ path, message }: z.core.$ZodIssue, root: readonly string[]): InputIssue {
  const place = [...root, ...path.map(String)];
  const reason = `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, "")}`;
  return { path: place, message: `${place.join(".")} cannot be used: ${reason}.` };
}

/** Text of at most `longest` characters that Postgres can store. */
export function text(longest: number) {
  return z
    .string()
    .trim()
    .max(longest, `it is longer than ${longest} characters`)
    .refine((value) => !value.includes("\0"), {
      error: "it contains a NUL character",
      when: whenValid,
    });
}

const uuid = z.uuid();

/** Whether a GraphQL ID can be the id of a row at all. */
export function isRowId(id: string): boolean {
  return uuid.safeParse(id).success;
}
