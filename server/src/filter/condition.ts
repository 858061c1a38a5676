import type { Comparison, Condition, FilterField, Group, Operand, Test } from "./field.js";

export type { Comparison, Condition, Group, Operand, Test } from "./field.js";

const opposites = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;

/** Returns the test of a field. */
export function test(
  field: FilterField,
  comparison: Comparison,
  operand: Operand | null = null,
): Test {
  return { kind: "test", field, comparison, operand, negated: false };
}

/** Returns the condition that all of these hold. */
export function all(parts: readonly Condition[]): Group {
  return { kind: "all", parts };
}

/** Returns the condition that one of these holds at least. */
export function any(parts: readonly Condition[]): Group {
  return { kind: "any", parts };
}

/** Returns the condition that holds exactly where another one does not. */
export function not(condition: Condition): Condition {
  if (condition.kind !== "test") {
    return { kind: condition.kind === "all" ? "any" : "all", parts: condition.parts.map(not) };
  }
  const { comparison, field, negated } = condition;
  // A value that may be absent is neither above nor below: its test has no opposite.
  const opposite = field.nullable || negated ? undefined : oppositeOf(comparison);
  return opposite === undefined
    ? { ...condition, negated: !negated }
    : { ...condition, comparison: opposite };
}

function oppositeOf(comparison: Comparison): Comparison | undefined {
  const isOrder = (each: Comparison): each is keyof typeof opposites => each in opposites;
  return isOrder(comparison) ? opposites[comparison] : undefined;
}

/**
 * Returns the normal form of a condition: groups within groups of their kind are dissolved, equal parts
 * occur once, and parts have one order. Conditions that differ only in these have equal keys.
 */
export function normal(condition: Condition): Condition {
  if (condition.kind === "test") return condition;
  const parts = condition.parts
    .map(normal)
    .flatMap((part) => (part.kind === condition.kind ? part.parts : [part]));
  const byKey = new Map(parts.map((part) => [keyOf(part), part]));
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  const [only] = sorted;
  return sorted.length === 1 && only !== undefined ? only : { kind: condition.kind, parts: sorted };
}

/** Writes a condition of the normal form as text; equal texts are equal conditions. */
export function keyOf(condition: Condition): string {
  if (condition.kind !== "test") {
    return JSON.stringify([condition.kind, ...condition.parts.map(keyOf)]);
  }
  const { field, comparison, operand, negated } = condition;
  return JSON.stringify([field.name, negated ? "not" : "is", comparison, operand]);
}

/** Returns the conditions all of which must hold for a condition of the normal form. */
export function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === "all" ? condition.parts : [condition];
}

/** Reports whether a test of a condition meets a predicate. */
export function some(condition: Condition, predicate: (test: Test) => boolean): boolean {
  if (condition.kind === "test") return predicate(condition);
  return condition.parts.some((part) => some(part, predicate));
}

/** Reports whether every test of a condition meets a predicate. */
export function every(condition: Condition, predicate: (test: Test) => boolean): boolean {
  return !some(condition, (each) => !predicate(each));
}
