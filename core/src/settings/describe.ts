import { z } from "zod";
import { pretrainingDefaults, pretrainSettingsSchema } from "./pretraining.js";
import { retentionSchema } from "./retention.js";
import { searchSettingsSchema } from "./search.js";

/** A value that JSON can hold. */
export type JsonValue = z.core.util.JSONType;

/** One setting, in words and numbers that a form, a help text or a page can show. */
export interface SettingDescription {
  /** The names that lead to the setting, joined by dots, e.g. "superNet.steps". */
  path: string;
  /** A short label. */
  title: string;
  /** A sentence with the unit and the meaning of the range's ends. */
  description: string;
  type: "integer" | "number" | "boolean" | "string" | "choice" | "list";
  /** The least number allowed; null if there is none. */
  minimum: number | null;
  /** The greatest number allowed; null if there is none. */
  maximum: number | null;
  /** The values to choose from, of a choice or for the items of a list; null if any will do. */
  choices: string[] | null;
  /** The value where none is given; null if there is none, or if it is null. */
  default: JsonValue;
  /** True if null is allowed; the description says what it means. */
  nullable: boolean;
}

/** The settings of one object within the settings, e.g. "superNet". */
export interface SettingGroup {
  /** The names that lead to the object, joined by dots. */
  path: string;
  title: string;
  description: string;
  /** True if null is allowed in the place of the object. */
  nullable: boolean;
}

export type SettingsKind = "search" | "pretraining" | "retention";

const schemas = {
  search: searchSettingsSchema,
  pretraining: pretrainSettingsSchema,
  retention: retentionSchema,
};
const defaults = { search: {}, pretraining: pretrainingDefaults, retention: {} };

/** Lists every setting of a search, a full pre-training or retention, in the order of its schema. */
export function describeSettings(kind: SettingsKind): SettingDescription[] {
  return nodesOf(kind).flatMap((placed) => (placed.node.properties ? [] : [describeLeaf(placed)]));
}

/** Lists the objects that group settings, in the order of their schema. */
export function describeSettingGroups(kind: SettingsKind): SettingGroup[] {
  return nodesOf(kind).flatMap(
    ({ path, node: { title = "", description = "", nullable = false, properties } }) =>
      properties ? [{ path, title, description, nullable }] : [],
  );
}

/** A part of the JSON Schema that zod makes of settings. */
type Node = z.core.JSONSchema.JSONSchema;

interface PlacedNode {
  path: string;
  node: Node;
  /** The value where none is given; undefined if there is none. */
  given: unknown;
}

/**
 * Lists every setting and group of settings, each group before what is in it. In the dialect of
 * OpenAPI 3.0 a value that may be null is `nullable`, not a union.
 */
function nodesOf(kind: SettingsKind): PlacedNode[] {
  const root = z.toJSONSchema(schemas[kind], { io: "input", target: "openapi-3.0" });
  return nodesBelow(root, "", defaults[kind]);
}

function nodesBelow({ properties = {} }: Node, prefix: string, given: unknown): PlacedNode[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    if (typeof node === "boolean") return [];
    const path = prefix + name;
    const value = memberOf(given, name) ?? node.default;
    return [{ path, node, given: value }, ...nodesBelow(node, `${path}.`, value)];
  });
}

function memberOf(value: unknown, name: string): unknown {
  const members = z.record(z.string(), z.unknown()).safeParse(value);
  return members.data?.[name];
}

function describeLeaf({ path, node, given }: PlacedNode): SettingDescription {
  const choices = z.array(z.string()).safeParse(node.enum ?? itemsOf(node).enum);
  return {
    path,
    title: node.title ?? "",
    description: node.description ?? "",
    type: typeOf(path, node),
    minimum: node.minimum ?? null,
    maximum: node.maximum ?? null,
    choices: choices.data ?? null,
    default: z.json().parse(given ?? null),
    nullable: node.nullable ?? false,
  };
}

function itemsOf({ items }: Node): Node {
  return typeof items === "object" && !Array.isArray(items) ? items : {};
}

function typeOf(path: string, { type, enum: choices }: Node): SettingDescription["type"] {
  if (choices) return "choice";
  switch (type) {
    case "array":
      return "list";
    case "integer":
    case "number":
    case "boolean":
    case "string":
      return type;
    default:
      throw new RangeError(`The setting ${path} has a type that cannot be described.`);
  }
}
