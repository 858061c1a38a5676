import {
  optionsOf,
  type Feature,
  type Operations,
  type Slot,
  type SlotKind,
} from "./searchSpace.js";

/** A part of a feature, as surrogates count it. */
export interface FeaturePart {
  name: string;
  /** The part's share of the feature, above 0; those of one feature add up to 1. */
  weight: number;
}

/**
 * Returns a function that splits features into the parts that surrogates compare. Where the options
 * of a slot have no order, a feature is one part, and two operations have nothing in common. Where
 * they lie on a line, each gap between neighbours is a part, as wide as the gap: two operations share
 * the parts of all gaps that do not lie between them, so that what they do not share is their
 * distance (a thermometer code with both sides).
 *
 * @param nameOf names a slot; slots with one name have their parts in common
 */
export function featureCoder(
  operations: Operations,
  nameOf: (slot: Slot) => string = slotName,
): (feature: Feature) => readonly FeaturePart[] {
  const codes: Record<SlotKind, Map<number, SlotCode>> = {
    operation: new Map(),
    kernel: new Map(),
  };
  return (feature) => {
    // Without texts that are made anew: a surrogate asks for the features of all candidates.
    const { kind, position, operation } = feature;
    const code = codes[kind].get(position) ?? codeOf(operations, feature, nameOf(feature));
    codes[kind].set(position, code);
    const parts = code.parts.get(operation) ?? [{ name: `${code.name} ${operation}`, weight: 1 }];
    code.parts.set(operation, parts);
    return parts;
  };
}

/** The parts of the operations of one slot. */
interface SlotCode {
  name: string;
  parts: Map<string, readonly FeaturePart[]>;
}

/**
 * Returns a function that splits features into parts which do not depend on the position: an
 * operation counts the same in all slots of its kind. A value of an ordered slot does so in those
 * that have the same options, since the same number elsewhere may mean something else.
 */
export function sharedFeatureCoder(
  operations: Operations,
): (feature: Feature) => readonly FeaturePart[] {
  return featureCoder(operations, ({ kind, position }) => {
    const { options, places } = optionsOf(operations, { kind, position });
    return places ? `any ${kind} of ${options.join(", ")}` : `any ${kind}`;
  });
}

/** Returns a text that names a slot. */
export function slotName({ kind, position }: Slot): string {
  return `${kind} ${position}`;
}

/** Returns a slot's code, with the parts of each option if it is ordered and without any if it is not. */
function codeOf(operations: Operations, slot: Slot, name: string): SlotCode {
  const { options, places } = optionsOf(operations, slot);
  if (!places || options.length < 2) return { name, parts: new Map() };
  const gaps = places.slice(1).map((place, gap) => ({ gap, weight: place - (places[gap] ?? 0) }));
  const wide = gaps.filter(({ weight }) => weight > 0);
  const parts = new Map(
    options.map((option, at) => [
      option,
      wide.map(({ gap, weight }) => ({
        name: `${name} ${gap < at ? "above" : "below"} gap ${gap}`,
        weight,
      })),
    ]),
  );
  return { name, parts };
}
