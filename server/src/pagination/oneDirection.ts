import {
  defaultFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  Kind,
} from "graphql";
import { InputError } from "../input.js";

/**
 * Makes every paged list of a schema refuse a `first` that a request gives beside `last`. Resolvers cannot:
 * the schema gives `first` a value in every request, so that they see no difference.
 */
export function refuseBothDirections(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const names = field.args.map(({ name }) => name);
      if (!names.includes("first") || !names.includes("last")) continue;
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (root, args: Record<string, unknown>, context, info) => {
        if (args["last"] != null && isGiven("first", info)) {
          const message = "first cannot be used: a page has either first or last.";
          throw new InputError({ path: ["first"], message });
        }
        return resolve(root, args, context, info);
      };
    }
  }
}

/** Reports whether a request gives a field an argument with a value, itself or by a variable. */
function isGiven(argument: string, { fieldNodes, variableValues }: GraphQLResolveInfo): boolean {
  // Fields that are merged into one have the same arguments.
  const given = fieldNodes[0]?.arguments?.find(({ name }) => name.value === argument)?.value;
  if (given === undefined || given.kind === Kind.NULL) return false;
  return given.kind !== Kind.VARIABLE || variableValues[given.name.value] != null;
}
