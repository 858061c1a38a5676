import { OpnasError } from "@opnas/core";
import { composite } from "../composites.js";
import { tf, type Tensor, inScope } from "../tf.js";
import { canRecord, loadSections } from "./load.js";
import { isRecording, nodeOf, Recorder, type Port } from "./recorder.js";

/** A differentiable part of a model: it has gradients by `variables` and none by `constants`. */
export type Part = (variables: readonly Tensor[], constants: readonly Tensor[]) => Tensor;

/** A part that may be recorded. */
export interface RecordablePart extends Part {
  /** Frees the recordings; the part can still be called and is then recorded anew. */
  release: () => void;
}

/** A part's recording for tensors of certain shapes. */
interface Recorded {
  run: Part;
  release: () => void;
}

/** The state of a computation of gradients. */
interface Pass {
  /** Tensors with a greater id were made in the pass, and are freed with its forward half. */
  begin: number;
  /** Tensors of the forward half that the backward half needs. */
  kept: Tensor[];
  /** Recordings to make after the pass. */
  wanted: (() => void)[];
}

/**
 * A part is recorded at this use of the same shapes: rarer shapes are not worth a graph's time and
 * memory.
 */
export const recordedAtUse = 4;

let pass: Pass | undefined;

/**
 * Makes a part of a model run as one operation after its first calls, where the engine can record:
 * its operations are kept as a graph, forward and backward (decision 0009). One by one, an
 * operation costs about 50 µs in JavaScript, more than many take to compute. The graph runs the
 * same kernels in the same order, so it gives the same bits.
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
    if (isRecording()) return part(variables, constants);
    if (!canRecord()) return runPart(part, variables, constants);
    const key = signature(variables, constants);
    const recorded = known.get(key);
    if (recorded) return recorded.run(variables, constants);
    const use = (uses.get(key) ?? 0) + 1;
    uses.set(key, use);
    if (use !== recordedAtUse) return runPart(part, variables, constants);
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
 * Computes the value of `loss` and its gradients by `leaves`; a gradient is undefined if the loss
 * does not depend on that leaf. To be called within a scope, with leaves that live longer than the
 * call.
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

/**
 * Calls a part. Without gradients to come nobody reads what it makes on its way, which is freed at
 * once: a whole model's would be gigabytes.
 */
const runPart: (part: Part, ...args: Parameters<Part>) => Tensor = (part, ...args) =>
  pass ? part(...args) : tf.tidy(() => part(...args));

/** The id of the newest tensor; later tensors have greater ids. */
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

/** Runs the part while recording it; later calls run the recording. */
function recordForward(part: Part, variables: readonly Tensor[], constants: readonly Tensor[]) {
  const recorder = new Recorder([...variables, ...constants]);
  const value = recorder.during(() => tf.tidy(() => part(variables, constants)));
  const section = { inputs: recorder.inputs, outputs: [recorder.portOf(value)] };
  const [forward] = loadSections(recorder.nodes, [section]);
  if (!forward) throw new OpnasError("INTERNAL", "A recording was not loaded.");
  const run: Part = (variables, constants) => only(forward.run([...variables, ...constants]));
  return { value, recorded: { run, release: forward.unload } };
}

/**
 * Runs the part and its gradient on zeros of these shapes while recording them as two sections.
 * Only the values of the first section that the second needs are kept between the two.
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

/** Keeps a tensor that was made in the pass until the pass is over. */
function keep(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new OpnasError("INTERNAL", "A recording has fewer inputs than it reads.");
  if (pass && tensor.id > pass.begin) pass.kept.push(tf.keep(tensor));
  return tensor;
}

/**
 * Divides a recording of value and gradients into two sections. The first maps the inputs to the
 * value and the intermediate values that the gradients need; the second maps the value's gradient,
 * those intermediate values and the inputs that it reads (`read`) to the gradients.
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
