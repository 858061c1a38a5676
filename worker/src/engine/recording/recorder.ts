import { OpnasError } from "@opnas/core";
import type { Tensor } from "../tf.js";
import {
  attributeType,
  dataType,
  tfjsNode,
  type Attribute,
  type Binding,
  type TfjsNode,
} from "../tfjsNode.js";
import { constant, placeholder, type GraphNode } from "./graphDef.js";

const float32: Attribute = { name: "T", type: attributeType.type, value: dataType.float };

/** An output of a node of a recording, like "n5:0". */
export type Port = string;

let recording = false;

/** Returns true while a `Recorder` is listening. */
export const isRecording = () => recording;

/**
 * Listens to TensorFlow.js's calls of the native binding: every operation becomes a node, every
 * tensor made from numbers a constant. Tensors that existed before must be among the declared
 * inputs.
 */
export class Recorder {
  /** The inputs, then constants and operations in the order in which they ran. */
  readonly nodes: GraphNode[] = [];
  /** The inputs' ports, in the order of the declared inputs. */
  readonly inputs: readonly Port[];
  private readonly ports = new Map<number, Port>();
  private readonly backend: TfjsNode;
  private readonly binding: Binding;

  constructor(inputs: readonly Tensor[]) {
    this.backend = tfjsNode();
    this.binding = this.backend.binding;
    this.inputs = inputs.map((tensor) => {
      const dtype = tensor.dtype === "int32" ? dataType.int32 : dataType.float;
      const port = this.add((name) => placeholder(name, dtype));
      this.ports.set(this.idOf(tensor), port);
      return port;
    });
  }

  /** Runs `work`, records the engine's operations meanwhile, and returns the result. */
  during<T>(work: () => T): T {
    const createTensor: Binding["createTensor"] = (shape, dtype, values) => {
      const id = this.binding.createTensor(shape, dtype, values);
      this.addConstant(id, shape, dtype, values);
      return id;
    };
    const executeOp: Binding["executeOp"] = (operation, attributes, inputs, outputs) => {
      const infos = this.binding.executeOp(operation, attributes, inputs, outputs);
      const ports = inputs.map((id) => this.ports.get(id) ?? this.outside(id, operation));
      const all = [...attributes, ...unstated(operation)];
      const node = nodeOf(
        this.add((name) => ({ name, operation, inputs: ports, attributes: all })),
      );
      for (const [index, { id }] of infos.entries()) {
        this.ports.set(id, `${node}:${index.toString()}`);
      }
      return infos;
    };
    const listening: unknown = Object.create(this.binding, {
      createTensor: { value: createTensor },
      executeOp: { value: executeOp },
    });
    if (!isBinding(listening)) throw new OpnasError("INTERNAL", "This engine cannot record.");
    this.backend.binding = listening;
    recording = true;
    try {
      return work();
    } finally {
      recording = false;
      this.backend.binding = this.binding;
    }
  }

  /**
   * Returns the port of a declared or recorded tensor; another single number becomes a constant.
   * @throws OpnasError INTERNAL for any other tensor
   */
  portOf(tensor: Tensor): Port {
    const id = this.idOf(tensor);
    return this.ports.get(id) ?? this.outside(id, "the result");
  }

  /** Adds a copy of a value: a session cannot be asked for a port that is fed in the same run. */
  copyOf(port: Port): Port {
    const node = { operation: "Identity", inputs: [port], attributes: [float32] };
    return this.add((name) => ({ name, ...node }));
  }

  private idOf(tensor: Tensor): number {
    const [id] = this.backend.getInputTensorIds([tensor]);
    if (id === undefined) throw new OpnasError("INTERNAL", "A tensor has no handle.");
    return id;
  }

  private add(nodeNamed: (name: string) => GraphNode): Port {
    const node = nodeNamed(`n${this.nodes.length.toString()}`);
    this.nodes.push(node);
    return `${node.name}:0`;
  }

  private addConstant(
    id: number,
    shape: readonly number[],
    dtype: number,
    values: ArrayBufferView,
  ): Port {
    const { buffer, byteOffset, byteLength } = values;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
    const port = this.add((name) => constant(name, { shape: [...shape], dtype, bytes }));
    this.ports.set(id, port);
    return port;
  }

  /**
   * Records an undeclared tensor: one number, such as an epsilon, becomes a constant; more would go
   * stale.
   */
  private outside(id: number, reader: string): Port {
    const values = this.binding.tensorDataSync(id);
    if (!(values instanceof Float32Array) || values.length > 1) {
      throw new OpnasError("INTERNAL", `${reader} read a tensor that is not an argument.`);
    }
    return this.addConstant(id, values.length === 1 ? [] : [0], dataType.float, values);
  }
}

/** The attributes that a graph must state and tfjs-node leaves to eager execution to infer. */
function unstated(operation: string): Attribute[] {
  return operation === "ExpandDims" ? [float32] : [];
}

/** The name of the node that a port belongs to. */
export const nodeOf = (port: Port): string => port.slice(0, port.lastIndexOf(":"));

function isBinding(binding: unknown): binding is Binding {
  return typeof binding === "object" && binding !== null && "executeOp" in binding;
}
