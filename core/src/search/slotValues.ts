import { OpnasError } from "../errors.js";

/** A value that a slot can have. */
export type SlotValue = string | number | boolean;

/** The values of one slot of a `slotSpace`. */
export interface SlotValues<V extends SlotValue = SlotValue> {
  readonly values: readonly V[];
  /** The place of each value on a line, ascending from 0 to 1; null if values have no order. */
  readonly places: readonly number[] | null;
}

/** The scales that values can be spaced on. */
export type Scale = "even" | "linear" | "log";

/** The number of values of a range where it is not given. */
const usualSteps = 32;

/** The most values of a range; more would make searches slow and no finer than noise allows. */
const mostSteps = 1000;

/**
 * Returns a slot of values without an order, such as kinds of a layer.
 *
 * @throws OpnasError BAD_SETTING if there are none, or two are written alike
 */
export function choice<const V extends SlotValue>(values: readonly V[]): SlotValues<V> {
  return { values: distinct(values), places: null };
}

/**
 * Returns a slot of values with an order, such as the widths 64, 128, 256. Mutation prefers
 * neighbours, and what is known of a value tells something of those close to it.
 *
 * @param scale how close: "even" takes all neighbours as equally far apart, "linear" and "log" their
 *   numbers or the logarithms of these
 * @throws OpnasError BAD_SETTING if there are none, or two are written alike; with "linear" and "log"
 *   also if they are not ascending numbers (above 0 for "log")
 */
export function ordered<const V extends SlotValue>(
  values: readonly V[],
  scale: Scale = "even",
): SlotValues<V> {
  return { values: distinct(values), places: placesOf(values, scale) };
}

/**
 * Returns a slot of numbers from `least` to `greatest`, both included, as an ordered list of `steps`
 * values on the scale, with six digits. A list because architectures must be equal or not: a search
 * then never evaluates two settings that are the same for all practical purposes.
 *
 * @param how.scale "linear" (by default) or "log", the usual one for learning rates and widths
 * @param how.steps number of values, 2 to 1000, 32 by default
 * @param how.whole rounds to whole numbers; equal ones count once
 * @throws OpnasError BAD_SETTING for limits that are not finite or not ascending, not above 0 for
 *   "log", and for another number of steps
 */
export function range(
  least: number,
  greatest: number,
  how: { scale?: "linear" | "log"; steps?: number; whole?: boolean } = {},
): SlotValues<number> {
  const { scale = "linear", steps = usualSteps, whole = false } = how;
  const named = `The range from ${least} to ${greatest}`;
  if (!Number.isFinite(least) || !Number.isFinite(greatest) || least >= greatest) {
    throw bad(`${named} needs finite limits, the lesser first.`);
  }
  if (scale === "log" && least <= 0) {
    throw bad(`${named} needs limits above 0 on a logarithmic scale.`);
  }
  if (!Number.isInteger(steps) || steps < 2 || steps > mostSteps) {
    throw bad(`${named} needs 2 to ${mostSteps} steps, not ${steps}.`);
  }
  const values = Array.from({ length: steps }, (_, step) => {
    const share = step / (steps - 1);
    const value =
      scale === "log" ? least * (greatest / least) ** share : least + (greatest - least) * share;
    return whole ? Math.round(value) : Number(value.toPrecision(6));
  });
  return ordered([...new Set(values)], scale);
}

function placesOf(values: readonly SlotValue[], scale: Scale): number[] {
  const lengths = values.map((value, index) => {
    if (scale === "even") return index;
    if (typeof value !== "number") throw bad(`${String(value)} is no number: space values evenly.`);
    return scale === "log" ? Math.log(value) : value;
  });
  const least = lengths[0] ?? 0;
  const all = (lengths.at(-1) ?? 0) - least;
  const isAscending = lengths.every(
    (length, index) =>
      Number.isFinite(length) && (index === 0 || length > (lengths[index - 1] ?? 0)),
  );
  if (!isAscending) {
    throw bad(
      `The values ${values.join(", ")} must ascend, and be above 0 on a logarithmic scale.`,
    );
  }
  return lengths.map((length) => (all === 0 ? 0 : (length - least) / all));
}

function distinct<V extends SlotValue>(values: readonly V[]): readonly V[] {
  if (values.length === 0) throw bad("A slot needs at least one value.");
  if (values.some((value) => typeof value === "number" && !Number.isFinite(value))) {
    throw bad(`The values ${values.join(", ")} must be finite.`);
  }
  if (new Set(values.map(String)).size < values.length) {
    throw bad(`Two of the values ${values.join(", ")} are written alike; each must be another.`);
  }
  return [...values];
}

function bad(message: string): OpnasError {
  return new OpnasError("BAD_SETTING", message);
}
