import { OpnasError, whenValid } from "@opnas/core";
import { coerceInputValue, type GraphQLSchema, isInputType } from "graphql";
import { z } from "zod";
import { InputError, jsonExcess, parseInput } from "../input.js";

const count = z
  .string()
  .regex(/^\d{1,9}$/, "it is not a whole number below 1,000,000,000")
  .transform(Number);

const parametersSchema = z.strictObject({
  filter: z.string("it is given more than once").optional(),
  limit: count.refine((limit) => limit > 0, { error: "it is below 1", when: whenValid }).optional(),
  after: count.optional(),
});

/** The parameters of an export, as its address has them. */
export type Parameters = z.infer<typeof parametersSchema>;

/**
 * Reads the parameters of an export.
 * @param known the names of those that it has
 * @throws InputError for unknown ones and for values that cannot be used
 */
export function readParameters(query: unknown, known: readonly (keyof Parameters)[]): Parameters {
  const parameters = parseInput(parametersSchema, query, "export");
  for (const name of Object.keys(parameters)) {
    if (known.some((each) => each === name)) continue;
    const message = `This export has no parameter ${name}; it has ${known.join(", ")}.`;
    throw new InputError({ path: [name], message });
  }
  return parameters;
}

/**
 * Reads a filter in JSON as GraphQL reads the argument `filter`: names that the input type does not
 * have are refused, and enums are written by their names there. What the values may be is checked
 * where the filter is used, as in GraphQL.
 * @param type the name of the input type
 * @throws InputError when it is not JSON or does not fit the type
 */
export function readFilter(schema: GraphQLSchema, type: string, json: string | undefined): unknown {
  if (json === undefined) return null;
  const value = parseJson(json);
  const excess = jsonExcess(value);
  if (excess !== null) throw filterError(excess);
  const form = schema.getType(type);
  if (!isInputType(form)) throw new OpnasError("INTERNAL", `There is no input type ${type}.`);
  return coerceInputValue(value, form, (path, _value, error) => {
    throw filterError(error.message.replace(/\.$/, ""), path);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw filterError('it is not JSON such as {"stableOnly":true}');
  }
}

function filterError(reason: string, path: readonly (string | number)[] = []): InputError {
  const place = ["filter", ...path.map(String)];
  return new InputError({ path: place, message: `${place.join(".")} cannot be used: ${reason}.` });
}
