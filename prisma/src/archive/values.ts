import { whenValid } from "@opnas/core";
import { z } from "zod";

/** The most levels of a JSON value in a row; an architecture's has six. */
const maxDepth = 32;

/** The most characters of one text in a row. */
const maxText = 100_000;

/**
 * Returns why Postgres cannot store a JSON value as it is, or null. The walk has no recursion.
 */
export function jsonFault(value: unknown): string | null {
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (depth > maxDepth) return `it is nested more than ${maxDepth} levels deep`;
    if (typeof value === "number" && !Number.isFinite(value)) return "it holds no finite number";
    if (typeof value === "string") {
      if (value.length > maxText) return `it holds text of over ${maxText} characters`;
      if (value.includes("\0")) return "it contains a NUL character";
      if (!value.isWellFormed()) return "it contains half a character (a lone surrogate)";
    }
    if (typeof value !== "object" || value === null) continue;
    const children = Array.isArray(value) ? value : Object.entries(value).flat();
    for (const child of children) pending.push({ value: child, depth: depth + 1 });
  }
  return null;
}

/** The schemas of the columns that rows of archives have. */
export const column = {
  id: z.uuid(),
  int: z.int32(),
  count: z.int32().min(0),
  float: z.number(),
  text: z.string(),
  texts: z.array(z.string()).max(10_000),
  /** A time as Postgres writes it in JSON. */
  time: z.iso.datetime({ offset: true }),
  /** A name that lists and terminals show: in one line, without control characters. */
  label: z
    .string()
    .max(1_000)
    .refine((value) => !/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(value), {
      error: "it contains a control character",
      when: whenValid,
    }),
  /** Code and message of a failure. */
  error: z.looseObject({ code: z.string(), message: z.string() }),
  /** Any JSON, whose readers check it. */
  json: z.unknown(),
};

/**
 * Returns a schema that gives a value as it is, with fields that are not known, where another schema
 * accepts it: what a newer version wrote is not lost in an older one.
 */
export function asGiven(schema: z.ZodType): z.ZodType {
  return z.unknown().superRefine(
    (value, context) => {
      for (const { path, message } of schema.safeParse(value).error?.issues ?? []) {
        context.addIssue({ code: "custom", path: [...path], message });
      }
    },
    { when: whenValid },
  );
}
