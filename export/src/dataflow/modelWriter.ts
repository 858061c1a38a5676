import { type Architecture, type Layer, liveInputs, type ModelSize, OpnasError } from "@opnas/core";
import type { ModelClass } from "../pytorch/config.js";
import { segmentTensor, tensorPlaces } from "../pytorch/tensorNames.js";
import { type FloatTensor, segmentTable } from "../pytorch/tensors.js";
import { type Padding, writeGraph } from "./attention.js";
import type { Operations, Value } from "./operations.js";

/** A backbone with its weights, and the head that is to be written with it. */
export interface ExportedModel {
  /** A legal architecture (`checkArchitecture`). */
  architecture: Architecture;
  size: ModelSize;
  /** The model's tensors by their names in the platform (worker/src/model/parameters.ts). */
  tensors: ReadonlyMap<string, FloatTensor>;
  modelClass: ModelClass;
}

/** Writes parts of a model, with its tensors by their names in the platform. */
export class ModelWriter {
  private readonly places;
  private readonly written = new Map<string, Value>();
  private readonly padding: Padding = {
    keepRows: () => this.keep([1, 3]),
    keepColumns: () => this.keep([1, 2]),
    bias: () => this.once("padding.bias", (name) => this.on.paddingBias(name, this.keep([1, 2]))),
  };

  constructor(
    readonly on: Operations,
    private readonly model: ExportedModel,
  ) {
    this.places = tensorPlaces(model.architecture);
  }

  /** Writes the backbone; returns the hidden states after the last layer [b, n, hidden]. */
  encode(): Value {
    return this.model.architecture.layers.reduce(
      (x, layer, index) => this.layer(x, layer, index),
      this.embeddings(),
    );
  }

  /** Returns a tensor, which is added to the file at its first use. */
  parameter(from: string): Value {
    return this.once(this.nameOf(from), (name) => this.on.parameter(name, this.tensor(from)));
  }

  /** Returns a tensor's shape. */
  shapeOf(from: string): readonly number[] {
    return this.tensor(from).shape;
  }

  linear(from: string, x: Value): Value {
    const name = this.moduleOf(`${from}.weight`);
    const [weight, bias] = [this.parameter(`${from}.weight`), this.parameter(`${from}.bias`)];
    return this.on.linear(name, x, weight, bias);
  }

  norm(from: string, x: Value): Value {
    const name = this.moduleOf(`${from}.weight`);
    const [gain, shift] = [this.parameter(`${from}.weight`), this.parameter(`${from}.bias`)];
    return this.on.layerNorm(name, x, gain, shift);
  }

  /** Returns 1 at tokens, 0 at padding as float32 [b, n], with axes of length 1 inserted. */
  keep(axes: readonly number[] = []): Value {
    const keep = this.once("padding.keep", (name) => this.on.asFloat(name, this.on.attentionMask));
    if (axes.length === 0) return keep;
    return this.once(`padding.keep.axes${axes.join("")}`, (name) =>
      this.on.withAxes(name, keep, axes),
    );
  }

  private embeddings(): Value {
    const prefix = "opnas.embeddings";
    const tokens = this.on.rowsOf(
      `${prefix}.token`,
      this.parameter("embedding.token.weight"),
      this.on.inputIds,
    );
    const positions = this.on.rowPerToken(
      `${prefix}.position`,
      this.parameter("embedding.position.weight"),
    );
    const table = segmentTable(this.model.size.hidden, this.model.tensors.get(segmentTensor.from));
    const segments = this.on.rowsOf(
      `${prefix}.segment`,
      this.on.parameter(segmentTensor.name, table),
      this.on.tokenTypeIds,
    );
    const placed = this.on.add(`${prefix}.tokensAndPositions`, tokens, positions);
    const sum = this.on.add(`${prefix}.sum`, placed, segments);
    return this.norm("embedding.norm", sum);
  }

  /** Writes norm(x + mixing(x)), then norm(x + feedForward(x)). */
  private layer(x: Value, layer: Layer, index: number): Value {
    const prefix = `opnas.layers.${index.toString()}`;
    const from = `layer.${index.toString()}.${layer.kind}`;
    const mixed = this.linear(`${from}.out`, this.mixing(x, layer, from, `${prefix}.mixing`));
    const attended = this.norm(`${from}.norm`, this.on.add(`${prefix}.residual`, x, mixed));
    const inner = this.on.gelu(`${prefix}.gelu`, this.linear(`${from}.ffn.in`, attended));
    const fed = this.linear(`${from}.ffn.out`, inner);
    return this.norm(
      `${from}.ffn.norm`,
      this.on.add(`${prefix}.feed_forward_residual`, attended, fed),
    );
  }

  private mixing(x: Value, layer: Layer, from: string, prefix: string): Value {
    if (layer.kind === "conv") {
      const gated = this.on.glu(`${prefix}.glu`, this.linear(`${from}.in`, x));
      const kept = this.on.multiply(`${prefix}.masked`, gated, this.keep([2]));
      const use = { kernelSize: layer.kernelSize, normalise: !this.model.size.rawKernels };
      return this.on.convolve(`${prefix}.convolution`, kept, this.parameter(`${from}.kernel`), use);
    }
    const { hidden, heads } = this.model.size;
    const inputs = liveInputs(layer.graph).map((input) => {
      const projected = this.linear(`${from}.${input.toLowerCase()}`, x);
      return [input, this.on.splitHeads(`${projected}.heads`, projected)] as const;
    });
    const place = { headSize: hidden / heads, prefix };
    const output = writeGraph(this.on, layer.graph, new Map(inputs), this.padding, place);
    return this.on.joinHeads(`${prefix}.joined`, output);
  }

  private once(name: string, write: (name: string) => Value): Value {
    const value = this.written.get(name) ?? write(name);
    this.written.set(name, value);
    return value;
  }

  private tensor(from: string): FloatTensor {
    const tensor = this.model.tensors.get(from);
    if (tensor === undefined) {
      throw new OpnasError("CORRUPT_ARTIFACT", `The model has no tensor "${from}".`);
    }
    return tensor;
  }

  private nameOf(from: string): string {
    const place = this.places.get(from);
    if (place === undefined) throw new OpnasError("INTERNAL", `"${from}" has no name in files.`);
    return place.name;
  }

  private moduleOf(from: string): string {
    return this.nameOf(from).replace(/\.weight$/, "");
  }
}
