import type { Random } from "@opnas/core";
import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";

/** Values that a program may choke on: huge, deep, long, of a wrong type, near to numbers. */
const oddities: readonly (() => unknown)[] = [
  () => 1e9,
  () => -1,
  () => 0,
  () => 2 ** 31 - 1,
  () => -(2 ** 31),
  () => 2 ** 31,
  () => Number.MAX_SAFE_INTEGER,
  () => 1e308,
  () => 5e-324,
  () => 0.1,
  () => "NaN",
  () => "Infinity",
  () => "",
  () => " ",
  () => "\0",
  () => "\ud800",
  () => "\u001b[2J\u001b]0;x\u0007",
  () => "%_\\",
  () => "x".repeat(100_000),
  () => "../".repeat(1_000),
  () => null,
  () => true,
  () => [],
  () => ({}),
  () => Array.from({ length: 5_000 }, () => 1),
  () => nestedLists(800),
  () => ({ __proto__: null, constructor: { prototype: 1 } }),
  () => Buffer.from('["score",1e400,"x"]').toString("base64url"),
  () => Buffer.from("[".repeat(200)).toString("base64url"),
  () => Buffer.from('["createdAt","9999-12-31T23:59:59Z",null]').toString("base64url"),
];

function nestedLists(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

/** Returns a value that a program may choke on. */
export function hostileValue(random: Random): unknown {
  return random.pick(oddities)();
}

/**
 * Returns a value for an argument: most of its parts have the right type, any of them may be hostile.
 * @param known texts that the field may know, such as ids of rows
 */
export function hostileArgument(
  type: GraphQLInputType,
  random: Random,
  known: readonly string[],
): unknown {
  if (random.next() < 0.15) return hostileValue(random);
  if (isNonNullType(type)) return hostileArgument(type.ofType, random, known);
  if (isListType(type)) {
    const item = hostileArgument(type.ofType, random, known);
    return Array.from({ length: random.pick([0, 1, 3, 2_000]) }, () => item);
  }
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || random.next() < 0.4,
    );
    return Object.fromEntries(
      fields.map((field) => [field.name, hostileArgument(field.type, random, known)]),
    );
  }
  switch (type.name) {
    case "Int":
    case "Float":
      return random.pick([0, 1, 7, 100, 101, -1, 2 ** 31 - 1, -(2 ** 31)]);
    case "Boolean":
      return random.next() < 0.5;
    case "ID":
      return random.pick(known);
    default:
      return random.next() < 0.5 ? hostileValue(random) : random.pick(known);
  }
}

/** Returns a copy of settings in which a few values, anywhere, are hostile. */
export function hostileSettings(settings: object, random: Random): Record<string, unknown> {
  const kept = Object.entries(settings).filter(() => random.next() < 0.3);
  return Object.fromEntries(
    kept.map(([name, value]: [string, unknown]) => {
      const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
      return [name, isGroup ? hostileSettings(value, random) : hostileValue(random)];
    }),
  );
}
