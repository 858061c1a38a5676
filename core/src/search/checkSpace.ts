import { OpnasError } from "../errors.js";
import { stream } from "../random.js";
import { chooseUniformly, optionsOf, type Chooser, type SearchSpace } from "./searchSpace.js";

/** Architectures that a check samples where it is not said how many. */
const usualSamples = 100;

/**
 * Checks by samples that a space keeps what `SearchSpace` promises: that sampling and mutation repeat
 * themselves from the same random stream, that mutation changes the child and not the parent, and that
 * slots hold only their own options. It costs no evaluations; call it in a test of a space.
 *
 * @param samples architectures to try
 * @throws OpnasError BAD_INPUT that says what is broken, with an example
 */
export function checkSpace<A>(space: SearchSpace<A>, samples: number = usualSamples): void {
  let changed = false;
  for (let index = 0; index < samples; index++) {
    const sample = () => space.sample(stream(1, "check of samples", index));
    const parent = sample();
    const key = keyOf(space, parent);
    const again = keyOf(space, sample());
    if (again !== key) {
      throw broken(`sample gives ${key} and then ${again} from the same random stream`);
    }
    checkFeatures(space, parent);
    const mutate = () => {
      const random = stream(1, "check of mutations", index);
      return space.mutate(parent, chooseAmongOptions(space), random).architecture;
    };
    const child = mutate();
    const childKey = keyOf(space, child);
    const now = keyOf(space, parent);
    if (now !== key) throw broken(`mutate changes the parent ${key} itself, to ${now}`);
    const childAgain = keyOf(space, mutate());
    if (childAgain !== childKey) {
      throw broken(`mutate makes ${childKey} and then ${childAgain} from the same random stream`);
    }
    checkFeatures(space, child);
    changed ||= childKey !== key;
  }
  if (!changed) throw broken("mutate returned the parent each time");
}

function keyOf<A>(space: SearchSpace<A>, architecture: A): string {
  const key: unknown = space.key(architecture);
  if (typeof key === "string" && key !== "") return key;
  throw broken(`key gives ${String(key)}, which is no text`);
}

function checkFeatures<A>(space: SearchSpace<A>, architecture: A): void {
  for (const { kind, position, operation } of space.features(architecture)) {
    const name = `the slot ${kind} ${position}`;
    const { options, places } = optionsOf(space.operations, { kind, position });
    if (!options.includes(operation)) {
      throw broken(`${name} holds ${operation}; its options are ${options.join(", ")}`);
    }
    if (new Set(options).size < options.length) throw broken(`${name} has an option twice`);
    if (places && !areInOrder(places, options.length)) {
      throw broken(`${name} needs one place for each option, ascending from 0 to 1`);
    }
  }
}

function areInOrder(places: readonly number[], count: number): boolean {
  const isAscending = places.every((place, at) => at === 0 || place >= (places[at - 1] ?? 0));
  const isWithin = places.every((place) => place >= 0 && place <= 1);
  return places.length === count && isAscending && isWithin;
}

function chooseAmongOptions<A>(space: SearchSpace<A>): Chooser {
  return (slot, offered, random) => {
    const { options } = optionsOf(space.operations, slot);
    const name = `the slot ${slot.kind} ${slot.position}`;
    if (offered.length === 0) throw broken(`mutate offers no option for ${name}`);
    const strange = offered.find((option) => !options.includes(option));
    if (strange !== undefined) {
      throw broken(`mutate offers ${strange} for ${name}; its options are ${options.join(", ")}`);
    }
    return chooseUniformly(slot, offered, random);
  };
}

function broken(problem: string): OpnasError {
  return new OpnasError("BAD_INPUT", `The search space is wrong: ${problem}.`);
}
