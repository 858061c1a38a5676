import { OpnasError, whenValid } from "@opnas/core";
import { z } from "zod";
import { sentenceOf } from "./inputSentences.js";

/** The most faults of one request that its error lists; a long list may hold any number of them. */
const maxIssues = 20;

/** One fault of a request: its path, from the operation's argument on, and a sentence about it. */
export interface InputIssue {
  path: readonly string[];
  message: string;
}

/** The error for a request with fields that cannot be used. Its message is the first fault's. */
export class InputError extends OpnasError {
  readonly issues: readonly InputIssue[];

  constructor(first: InputIssue, others: readonly InputIssue[] = []) {
    super("BAD_INPUT", first.message);
    this.issues = [first, ...others];
  }
}

/**
 * Checks the value of an argument against a schema.
 * @param path the argument's name, and the fields down to the value
 * @throws InputError that names the fields at fault, the first 20 of them
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, ...path: string[]): T {
  const parsed = schema.safeParse(value, { error: sentenceOf });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, maxIssues);
  const [first, ...others] = issues.map((issue) => toIssue(issue, path));
  throw new InputError(first ?? { path, message: `${path.join(".")} cannot be used.` }, others);
}

function toIssue({ path, message }: z.core.$ZodIssue, root: readonly string[]): InputIssue {
  const place = [...root, ...path.map(String)];
  const reason = `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, "")}`;
  return { path: place, message: `${place.join(".")} cannot be used: ${reason}.` };
}

/** Returns a schema for text of at most `maxLength` characters that Postgres can store. */
export function text(maxLength: number) {
  return z
    .string()
    .trim()
    .max(maxLength, `it is longer than ${maxLength} characters`)
    .refine((value) => !value.includes("\0"), {
      error: "it contains a NUL character",
      when: whenValid,
    })
    .refine((value) => value.isWellFormed(), {
      error: "it contains half a character (a lone surrogate)",
      when: whenValid,
    });
}

/**
 * Returns a schema for a name that lists and terminals show: text in one line, without control
 * characters, which move a terminal's cursor, and without overrides of the direction of writing.
 */
export function label(maxLength: number) {
  return text(maxLength).refine((value) => !/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(value), {
    error: "it contains a control character",
    when: whenValid,
  });
}

/** Limits on free JSON; settings need 60 values, 3 levels and names of 300 characters. */
const maxJsonValues = 1_000;
/** The most values of an architecture: 48 layers of ever so many operations; BERT's large one has 1,100. */
export const maxArchitectureValues = 20_000;
const maxJsonDepth = 10;
const maxJsonText = 1_000;

/**
 * Returns why a JSON value must not be checked or repeated in an error at all, or null. The walk has
 * no recursion and ends at the first excess, so that its own cost is bounded.
 */
export function jsonExcess(value: unknown, maxValues = maxJsonValues): string | null {
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let seen = 1; pending.length > 0; seen++) {
    const { value, depth } = pending.pop() ?? { value: null, depth: 0 };
    if (seen > maxValues) return `it holds more than ${maxValues} values`;
    if (depth > maxJsonDepth) return `it is nested more than ${maxJsonDepth} levels deep`;
    if (typeof value === "string") {
      if (value.length > maxJsonText) return `it holds text of over ${maxJsonText} characters`;
      if (!value.isWellFormed()) return "it contains half a character (a lone surrogate)";
    }
    if (typeof value !== "object" || value === null) continue;
    const children = Array.isArray(value) ? value : Object.entries(value).flat();
    if (children.length > 2 * maxValues) return `it holds more than ${maxValues} values`;
    for (const child of children) pending.push({ value: child, depth: depth + 1 });
  }
  return null;
}

const uuid = z.uuid();

/** Reports whether a GraphQL ID has the form of a row's id (a UUID). */
export function isRowId(id: string): boolean {
  return uuid.safeParse(id).success;
}
