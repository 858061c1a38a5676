import { OpnasError } from "@opnas/core";
import { composite } from "../composites/composite.js";
import { tf, type Tensor } from "../tf.js";
import { inScope } from "../scope.js";
import { canRecord, loadSections } from "./load.js";
import { nodeOf, Recorder, type Port } from "./recorder.js";

/** A part of a model: of `variables` it has gradients, of `constants` not. */
export type Part = (variables: readonly Tensor[], constants: readonly Tensor[]) => Tensor;

/** What is known while gradients are being computed. */
interface Pass {
  /** Tensors that outlive the pass by themselves. */
  leaves: ReadonlySet<Tensor>;
  /** Other tensors that the backward half needs. */
  kept: Tensor[];
  /** Recordings to make after the pass. */
  wanted: (() => void)[];
}

let pass: Pass | undefined;
/** A part within a part that is being recorded is recorded with it. */
let recording = false;

/**
 * A part of a model that, where the engine can record, runs as one operation after its first call:
 * what the part does is kept as a graph, forward and backward. One by one, an operation costs about
 * 50 µs in JavaScript, more than many take to compute. The graph runs the same kernels in the same
 * order, so it gives the same bits.
 *
 * `part` must depend on nothing but its arguments.
 */
export function recordable(part: Part): Part {
  const known = new Map<string, Part | "wanted">();
  return (variables, constants) => {
    if (recording || !canRecord()) return part(variables, constants);
    const key = signature(variables, constants);
    const recorded = known.get(key);
    if (typeof recorded === "function") return recorded(variables, constants);
    if (recorded === "wanted") return part(variables, constants);
    if (!pass) {
      const { value, run } = recordForward(part, variables, constants);
      known.set(key, run);
      return value;
    }
    known.set(key, "wanted");
    const y = part(variables, constants);
    const inputs = { variables: variables.map(describe), constants: constants.map(describe) };
    const dy = describe(y);
    pass.wanted.push(() => known.set(key, recordBothWays(part, inputs, dy)));
    return y;
  };
}

/**
 * Value and gradients of `loss` by `leaves`; undefined for one that it does not depend on. To be
 * called within a scope, with leaves that live longer than the call.
 */
export function valueAndGradients(
  loss: () => Tensor,
  leaves: readonly Tensor[],
): { value: Tensor; gradients: (Tensor | undefined)[] } {
  const current: Pass = { leaves: new Set(leaves), kept: [], wanted: [] };
  pass = current;
  try {
    const { value, grads } = tf.engine().gradients(loss, [...leaves], undefined, true);
    return { value, gradients: grads };
  } finally {
    pass = undefined;
    tf.dispose(current.kept);
    for (const record of current.wanted) record();
  }
}

type Description = Pick<Tensor, "shape" | "dtype">;

const describe = ({ shape, dtype }: Tensor): Description => ({ shape, dtype });

function signature(variables: readonly Tensor[], constants: readonly Tensor[]): string {
  const shapes = [...variables, ...constants].map(({ shape }) => shape.join("×"));
  return `${pass ? "both ways" : "forward"} ${shapes.join()}`;
}

/** Runs the part while listening; later calls run what was heard. */
function recordForward(part: Part, variables: readonly Tensor[], constants: readonly Tensor[]) {
  const recorder = new Recorder([...variables, ...constants]);
  const value = listening(() => recorder.during(() => part(variables, constants)));
  const section = { inputs: recorder.inputs, outputs: [recorder.portOf(value)] };
  const [run] = loadSections(recorder.nodes, [section]);
  const forward: Part = (variables, constants) => only(run?.([...variables, ...constants]) ?? []);
  return { value, run: forward };
}

/**
 * Runs the part and its gradient on tensors of the same shapes while listening. Only what the
 * gradient needs of the first half is kept between the two.
 */
function recordBothWays(
  part: Part,
  inputs: { variables: Description[]; constants: Description[] },
  gradient: Description,
): Part {
  const { nodes, first, second, read } = inScope(() => {
    const zeros = ({ shape, dtype }: Description) => tf.zeros(shape, dtype);
    const variables = inputs.variables.map(zeros);
    const constants = inputs.constants.map(zeros);
    const dy = zeros(gradient);
    const recorder = new Recorder([...variables, ...constants, dy]);
    let half = 0;
    const runFirstHalf = () => {
      const y = part(variables, constants);
      half = recorder.nodes.length;
      return y;
    };
    const { value, grads } = listening(() =>
      recorder.during(() => tf.engine().gradients(runFirstHalf, variables, dy)),
    );
    return divide(recorder, half, value, grads);
  });
  const [forward, backward] = loadSections(nodes, [first, second]);
  if (!forward || !backward) throw new OpnasError("INTERNAL", "A recording was not loaded.");
  return (variables, constants) =>
    composite([...variables], () => {
      const given = [...variables, ...constants];
      const [value, ...between] = forward(given);
      const needed = [...between, ...read.map((index) => given[index])].map(keep);
      return {
        value: only(value ? [value] : []),
        saved: [] as const,
        gradient: (dy) => backward([dy, ...needed]),
      };
    });
}

/** Keeps a tensor until the pass is over; leaves live longer by themselves. */
function keep(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new OpnasError("INTERNAL", "A recording has fewer inputs than it reads.");
  if (pass && !pass.leaves.has(tensor)) pass.kept.push(tf.keep(tensor));
  return tensor;
}

/**
 * A recording of value and gradients as two sections: inputs → value and what the gradients need of
 * the first half; the value's gradient, that, and the inputs that are `read` → gradients.
 */
function divide(recorder: Recorder, half: number, value: Tensor, gradients: readonly Tensor[]) {
  const { nodes, inputs } = recorder;
  const given = inputs.slice(0, -1);
  const dy = inputs.at(-1) ?? "";
  const places = new Map(nodes.map(({ name }, place) => [name, place]));
  const between = new Set<Port>();
  const read = new Set<Port>();
  const seen = new Set<string>();
  const visit = (port: Port): void => {
    const place = places.get(nodeOf(port)) ?? -1;
    const node = nodes[place];
    if (!node || port === dy) return;
    if (place < given.length) read.add(port);
    else if (place < half && node.operation !== "Const") between.add(port);
    else if (!seen.has(node.name)) {
      seen.add(node.name);
      node.inputs.forEach(visit);
    }
  };
  const asked = gradients.map((gradient) => recorder.portOf(gradient));
  asked.forEach(visit);
  const fed = [dy, ...between, ...read];
  const outputs = asked.map((port) => (fed.includes(port) ? recorder.copyOf(port) : port));
  return {
    nodes,
    first: { inputs: given, outputs: [recorder.portOf(value), ...between] },
    second: { inputs: fed, outputs },
    read: [...read].map((port) => given.indexOf(port)),
  };
}

/** While a part is being recorded, parts within it run plainly. */
function listening<T>(work: () => T): T {
  recording = true;
  try {
    return work();
  } finally {
    recording = false;
  }
}

function only([tensor]: readonly Tensor[]): Tensor {
  if (!tensor) throw new OpnasError("INTERNAL", "A recording gave nothing.");
  return tensor;
}
