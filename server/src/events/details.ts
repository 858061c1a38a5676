import { type EventKind, eventPayloads } from "@opnas/prisma";
import { type ClassType, createUnionType, Field, Float, ID, Int, ObjectType } from "type-graphql";
import { z } from "zod";

/** The meaning of each field that payloads have; a field of a new name needs its line. */
const descriptions: Readonly<Record<string, string>> = {
  architectureId: "The id of the architecture.",
  attempt: "The number of the attempt, from 1.",
  bestArchitectureId: "The id of the best candidate. Null if none is scored.",
  bestScore: "The highest score, 0 to 100. Null if none is scored.",
  candidates: "The number of candidates that the run now evaluates in all.",
  changed: "The names of the fields that changed: name, note or tags.",
  code: "The code of the error.",
  etaSeconds: "The estimated seconds to the end. Null before there is an estimate.",
  generationId: "The id of the generation.",
  generations: "The number of generations after the initial one that the run now has.",
  index: "The number of the generation; 0 is the initial population.",
  loss: "The mean loss since the event before, in nats. Null before the first step.",
  meanScore: "The mean score of the generation, 0 to 100.",
  message: "A sentence that says what went wrong.",
  name: "The name of the run.",
  note: "A sentence about the step. Null where the numbers say it all.",
  preset: "The name of the preset that the run was started from.",
  reason: "The reason in words. Null without one.",
  score: "The score, 0 to 100.",
  seconds: "The seconds that it took.",
  seed: "The seed of all random choices.",
  size: "The number of candidates.",
  stability: "The course of the training: STABLE, NO_LEARNING or DIVERGED.",
  status: "The state of the run after the event, as RunStatus has it.",
  step: "The number of steps done.",
  steps: "The number of steps.",
  tokensPerSecond: "The tokens that were trained on in a second.",
  total: "The number of steps in all.",
  visibility: "The list that the run is in now, as RunVisibility has it.",
  workerId: "The id of the worker.",
};

type Node = z.core.JSONSchema.JSONSchema;

const payloads = Object.entries(eventPayloads).map(([kind, schema]) => {
  const { properties = {} } = z.toJSONSchema(schema, { target: "openapi-3.0" });
  return { kind, properties: Object.entries(properties) };
});

/** Fields that are null in payloads of some kind are so in all: one selection then fits all kinds. */
const nullable = new Set(
  payloads.flatMap(({ properties }) =>
    properties.flatMap(([name, node]) =>
      typeof node !== "boolean" && node.nullable === true ? [name] : [],
    ),
  ),
);

const types = new Map(payloads.map(({ kind, properties }) => [kind, typeOf(kind, properties)]));

/** The field that `detailsOf` adds to the data, so that its type can be told. */
const kindSchema = z.looseObject({ eventKind: z.string() });

/** The typed data of an event: an object type for each kind, made of the kinds' one description. */
export const SearchEventDetails = createUnionType({
  name: "SearchEventDetails",
  description: "The data of an event of a run; its type is named after the event's kind.",
  types: () => [...types.values()],
  resolveType: (value) => types.get(kindSchema.parse(value).eventKind)?.name,
});

/** Returns the typed data of an event; null for one of a newer version, which this one does not know. */
export function detailsOf(kind: string, payload: unknown): object | null {
  const isKnown = (each: string): each is EventKind => Object.hasOwn(eventPayloads, each);
  const parsed = isKnown(kind) ? eventPayloads[kind].safeParse(payload).data : undefined;
  return parsed === undefined ? null : { ...parsed, eventKind: kind };
}

function typeOf(kind: string, properties: [string, Node | boolean][]): ClassType {
  const words = kind.split(".").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const name = `${words.join("")}Event`;
  const type = class {};
  Object.defineProperty(type, "name", { value: name });
  ObjectType(name, { description: `The data of the event ${kind}.` })(type);
  for (const [field, node] of properties) {
    const description = descriptions[field];
    if (description === undefined || typeof node === "boolean") {
      throw new Error(`The field ${field} of ${kind} has no description.`);
    }
    const options = { description, nullable: nullable.has(field) };
    Field(() => fieldType(field, node), options)(type.prototype, field);
  }
  return type;
}

function fieldType(name: string, { type, format }: Node) {
  if (format === "uuid") return ID;
  switch (type) {
    case "integer":
      return Int;
    case "number":
      return Float;
    case "string":
      return String;
    case "array":
      return [String];
    default:
      throw new Error(`The field ${name} of an event has a type that GraphQL is not told.`);
  }
}
