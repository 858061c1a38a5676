import { OpnasError } from "@opnas/core";
import type { HostTensor } from "../hostTensor.js";
import { inScope } from "../scope.js";
import { tf, type Tensor } from "../tf.js";
import { loadSections } from "./load.js";
import { Recorder } from "./recorder.js";
import type { Part } from "./recordable.js";

/** Losses and the gradients of their sum as one graph that reads and writes this process's own arrays. */
export interface RecordedStep {
  /**
   * Variables and constants in the order and of the shapes of the recording → the losses, which
   * last until the next run; the gradients by all variables go into `gradients`.
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
 * Records `losses` ([] or [k]), which must depend on all variables and on nothing but its arguments:
 * what it does for tensors of the shapes of `variables` and `constants`, forward and backward.
 * Running the recording costs no step in JavaScript and gives the bits that `losses` gives.
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
