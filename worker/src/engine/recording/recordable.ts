import { OpnasError } from "@opnas/core";
import { composite } from "../composites/composite.js";
import { tf, type Tensor } from "../tf.js";
import { inScope } from "../scope.js";
import { canRecord, loadSections } from "./load.js";
import { isRecording, nodeOf, Recorder, type Port } from "./recorder.js";

/** A part of a model: of `variables` it has gradients, of `constants` not. */
export type Part = (variables: readonly Tensor[], constants: readonly Tensor[]) => Tensor;

/** A part that may be recorded. */
export interface RecordablePart extends Part {
  /** Frees what was recorded; the part can go on and is recorded anew. */
  release: () => void;
}

/** A part as recorded for tensors of certain shapes. */
interface Recorded {
  run: Part;
  release: () => void;
}

/** What is known while gradients are being computed. */
interface Pass {
  /** Tensors with a greater id were made in the pass, and go with its forward half by themselves. */
  begin: number;
  /** Those of them that the backward half needs. */
  kept: Tensor[];
  /** Recordings to make after the pass. */
  wanted: (() => void)[];
}

/** Shapes that come up less often, such as rare lengths, are not worth a graph's time and memory. */
export const recordedAtUse = 4;

let pass: Pass | undefined;

/**
 * A part of a model that, where the engine can record, runs as one operation after its first calls:
 * what the part does is kept as a graph, forward and backward. One by one, an operation costs about
 * 50 µs in JavaScript, more than many take to compute. The graph runs the same kernels in the same
 * order, so it gives the same bits.
 *
 * `part` must depend on nothing but its arguments.
 */
export function recordable(part: Part): RecordablePart {
  const known = new Map<string, Recorded>();
  const uses = new Map<string, number>();
  const release = () => {
    for (const recorded of known.values()) recorded.release();
    known.clear();
    uses.clear();
  };
  const call: Part = (variables, constants) => {
    // A part within a part that is being recorded is recorded with it.
    if (isRecording() || !canRecord()) return part(variables, constants);
    const key = signature(variables, constants);
    const recorded = known.get(key);
    if (recorded) return recorded.run(variables, constants);
    const use = (uses.get(key) ?? 0) + 1;
    uses.set(key, use);
    if (use !== recordedAtUse) return part(variables, constants);
    if (!pass) {
      const { value, recorded } = recordForward(part, variables, constants);
      known.set(key, recorded);
      return value;
    }
    const y = part(variables, constants);
    const inputs = { variables: variables.map(describe), constants: constants.map(describe) };
    const dy = describe(y);
    pass.wanted.push(() => known.set(key, recordBothWays(part, inputs, dy)));
    return y;
  };
  return Object.assign(call, { release });
}

/**
 * Value and gradients of `loss` by `leaves`; undefined for one that it does not depend on. To be
 * called within a scope, with leaves that live longer than the call.
 */
export function valueAndGradients(
  loss: () => Tensor,
  leaves: readonly Tensor[],
): { value: Tensor; gradients: (Tensor | undefined)[] } {
  const current: Pass = { begin: newestTensor(), kept: [], wanted: [] };
  pass = current;
  const { value, grads } = (() => {
    try {
      return tf.engine().gradients(loss, [...leaves], undefined, true);
    } finally {
      pass = undefined;
      tf.dispose(current.kept);
    }
  })();
  for (const record of current.wanted) record();
  return { value, gradients: grads };
}

/** Ids of tensors grow. */
function newestTensor(): number {
  const newest = tf.scalar(0);
  newest.dispose();
  return newest.id;
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
  const value = recorder.during(() => part(variables, constants));
  const section = { inputs: recorder.inputs, outputs: [recorder.portOf(value)] };
  const [forward] = loadSections(recorder.nodes, [section]);
  if (!forward) throw new OpnasError("INTERNAL", "A recording was not loaded.");
  const run: Part = (variables, constants) => only(forward.run([...variables, ...constants]));
  return { value, recorded: { run, release: forward.unload } };
}

/**
 * Runs the part and its gradient on tensors of the same shapes while listening. Only what the
 * gradient needs of the first half is kept between the two.
 */
function recordBothWays(
  part: Part,
  inputs: { variables: Description[]; constants: Description[] },
  gradient: Description,
): Recorded {
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
    const { value, grads } = recorder.during(() =>
      tf.engine().gradients(runFirstHalf, variables, dy),
    );
    return divide(recorder, half, value, grads);
  });
  const [forward, backward] = loadSections(nodes, [first, second]);
  if (!forward || !backward) throw new OpnasError("INTERNAL", "A recording was not loaded.");
  const run: Part = (variables, constants) =>
    composite([...variables], () => {
      const given = [...variables, ...constants];
      const [value, ...between] = forward.run(given);
      const needed = [...between, ...read.map((index) => given[index])].map(keep);
      return {
        value: only(value ? [value] : []),
        saved: [] as const,
        gradient: (dy) => backward.run([dy, ...needed]),
      };
    });
  const release = () => {
    forward.unload();
    backward.unload();
  };
  return { run, release };
}

/** Keeps a tensor until the pass is over; those from before it are their maker's. */
function keep(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new OpnasError("INTERNAL", "A recording has fewer inputs than it reads.");
  if (pass && tensor.id > pass.begin) pass.kept.push(tf.keep(tensor));
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

function only([tensor]: readonly Tensor[]): Tensor {
  if (!tensor) throw new OpnasError("INTERNAL", "A recording gave nothing.");
  return tensor;
}
