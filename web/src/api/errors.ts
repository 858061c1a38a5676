import type { CombinedError } from "urql";
import * as z from "@/security/zod";

const extensionsSchema = z.object({
  code: z.optional(z.string()),
  issues: z.optional(
    z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })),
  ),
});

export interface ApiError {
  /** One of the platform's error codes, or NETWORK when no answer came. */
  code: string;
  /** A sentence that a person can act on. */
  message: string;
  /** One sentence for each wrong field of the input, by its dotted path. */
  fields: Record<string, string>;
}

/**
 * Leaves out the field's name, for the message is shown at the field: "input.seed cannot be used:
 * too small." → "Too small."
 */
function reason(message: string): string {
  const [, rest = message] = /^[\w.]+ cannot be used: (.+)$/s.exec(message) ?? [];
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** The forms of GraphQL's own values, as sentences name them. */
const forms: Readonly<Record<string, string>> = {
  Int: "Enter a whole number of at most 2,147,483,647.",
  Float: "Enter a number.",
  Boolean: "Choose yes or no.",
};

/**
 * Reads GraphQL's words about a value that has not the form of its field:
 * `Variable "$input" got invalid value 1e10 at "input.seed"; Int cannot represent …`.
 */
function misfitOf(message: string): { path: string; message: string } | undefined {
  const [, path, reason] =
    /^Variable "\$\w+" got invalid value .*? at "\w+\.([\w.]+)"; (.*)$/s.exec(message) ?? [];
  if (path === undefined || reason === undefined) return undefined;
  const [type = ""] = /^\w+/.exec(reason) ?? [];
  return { path, message: forms[type] ?? "The API does not take this value." };
}

/**
 * Turns the error of an operation into a sentence, with the code and the fields that the server
 * named.
 */
export function toApiError(error: CombinedError): ApiError {
  const [first] = error.graphQLErrors;
  if (!first) {
    return {
      code: "NETWORK",
      message: "The API does not answer. Check that it is running; this page goes on by itself.",
      fields: {},
    };
  }
  const extensions = extensionsSchema.safeParse(first.extensions);
  const { code = "INTERNAL", issues = [] } = extensions.success ? extensions.data : {};
  const misfit = misfitOf(first.message);
  if (misfit) return { code, message: misfit.message, fields: { [misfit.path]: misfit.message } };
  const fields = Object.fromEntries(
    issues.map(({ path, message }) => [path.join("."), reason(message)]),
  );
  return { code, message: first.message, fields };
}

/** Reports whether an operation failed because there is nothing with its id. */
export function isUnknown(error: CombinedError | undefined): boolean {
  return error !== undefined && toApiError(error).code === "NOT_FOUND";
}
