import { OpnasError } from "@opnas/core";
import type { HostTensor } from "../hostTensor.js";
import { inScope, tf, type Tensor } from "../tf.js";
import { loadSections } from "./load.js";
import { Recorder } from "./recorder.js";
import type { Part } from "./recordable.js";

/**
 * A graph of losses and the gradients of their sum that reads and writes this process's own arrays.
 */
export interface RecordedStep {
  /**
   * Runs the graph on variables and constants in the order and of the shapes of the recording.
   * Writes the gradients by all variables into `gradients`; returns the losses [k], which the next
   * run overwrites.
   */
  run: (
    variables: readonly HostTensor[],
    constants: readonly HostTensor[],
    gradients: readonly Float32Array[],
  ) => Float32Array;
  /** Frees the graph. */
  release: () => void;
}

/**
 * Records `losses` ([] or [k]) forward and backward for tensors of the shapes of `variables` and
 * `constants`; it must depend on all variables and on nothing but its arguments. Running the
 * recording executes no operation from JavaScript and gives the same bits as `losses`.
 */
export function recordStep(
  losses: Part,
  variables: readonly HostTensor[],
  constants: readonly HostTensor[],
): RecordedStep {
  const { nodes, section, count } = inScope(() => {
    const on = variables.map(zeros);
    const given = constants.map(zeros);
    const recorder = new Recorder([...on, ...given]);
    const { value, grads } = recorder.during(() =>
      tf.engine().gradients(() => losses(on, given), on),
    );
    const outputs = [value, ...grads].map((each) => recorder.portOf(each));
    return {
      nodes: recorder.nodes,
      section: { inputs: recorder.inputs, outputs },
      count: value.size,
    };
  });
  const [graph] = loadSections(nodes, [section]);
  if (!graph) throw new OpnasError("INTERNAL", "A recording was not loaded.");
  const shapes = [...variables, ...constants].map(({ shape }) => Int32Array.from(shape));
  const values = new Float32Array(count);
  return {
    run: (variables, constants, gradients) => {
      const arrays = [...variables, ...constants].map(({ data }) => data);
      graph.runOn(arrays, shapes, [values, ...gradients]);
      return values;
    },
    release: graph.unload,
  };
}

function zeros({ shape, data }: HostTensor): Tensor {
  return tf.zeros([...shape], data instanceof Int32Array ? "int32" : "float32");
}
