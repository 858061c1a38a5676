import type { FloatTensor } from "../pytorch/tensors.js";

/** A tensor of the file that is being written, by its name there. */
export type Value = string;

/** The axes of an input or output of a model: a name where the length is free. */
export type Axes = readonly (string | number)[];

/**
 * The operations of which models consist, each written into the file of one format. `name` names
 * what an operation makes, e.g. "opnas.layers.0.output", and is given once in a model. In shapes, b
 * is the batch, n the tokens, h the heads and d the channels of a head; tensors that attention mixes
 * are [b, h, rows, columns].
 */
export interface Operations {
  /** Token ids [b, n]. */
  readonly inputIds: Value;
  /** 1 at tokens, 0 at padding: [b, n]. */
  readonly attentionMask: Value;
  /** 1 at tokens of the second segment, 0 elsewhere: [b, n]. */
  readonly tokenTypeIds: Value;

  /** Adds a trained tensor. */
  parameter(name: string, tensor: FloatTensor): Value;
  /** Makes a value an output of the model. */
  output(name: string, value: Value, axes: Axes): void;

  /** Turns whole numbers into float32. */
  asFloat(name: string, x: Value): Value;
  /** Gathers rows of table [v, c] by ids [b, n] → [b, n, c]. */
  rowsOf(name: string, table: Value, ids: Value): Value;
  /** Takes a row of table [longest, c] for each token → [n, c]. */
  rowPerToken(name: string, table: Value): Value;
  /** Inserts axes of length 1, which are those of the result. */
  withAxes(name: string, x: Value, axes: readonly number[]): Value;

  /** Computes x [..., i] · weight [i, o] + bias [o]; `transposed` if the weight is [o, i]. */
  linear(name: string, x: Value, weight: Value, bias: Value, transposed?: boolean): Value;
  /** Brings each row of x [..., c] to mean 0 and variance 1, then · gain [c] + shift [c]. */
  layerNorm(name: string, x: Value, gain: Value, shift: Value): Value;
  /** Computes x · Φ(x), Φ being the normal distribution function by erf. */
  gelu(name: string, x: Value): Value;
  /** Computes a · sigmoid(b) of x = [a, b] along the last axis. */
  glu(name: string, x: Value): Value;
  tanh(name: string, x: Value): Value;
  /** Splits the channels by head: [b, n, h · d] → [b, h, n, d]. */
  splitHeads(name: string, x: Value): Value;
  /** Joins the heads: [b, h, n, d] → [b, n, h · d]. */
  joinHeads(name: string, x: Value): Value;
  /**
   * Convolves x [b, n, h · d] along the tokens with one kernel per head, [h, k] with k odd, and zeros
   * beyond both ends. `normalise` puts a softmax over each kernel.
   */
  convolve(name: string, x: Value, kernel: Value, size: KernelUse): Value;

  add(name: string, a: Value, b: Value): Value;
  multiply(name: string, a: Value, b: Value): Value;
  /** Divides by a number. */
  divide(name: string, x: Value, divisor: number): Value;
  neg(name: string, x: Value): Value;
  /** Exchanges rows and columns. */
  transpose(name: string, x: Value): Value;
  /** Computes the softmax over the last axis. */
  softmax(name: string, x: Value): Value;
  /** Computes log(1 / (1 + e^−x)). */
  logsigmoid(name: string, x: Value): Value;
  /** Computes x / (1 + |x|). */
  softsign(name: string, x: Value): Value;
  matmul(name: string, a: Value, b: Value): Value;
  /** Computes the cosine of each row of a and each row of b. */
  cosine(name: string, a: Value, b: Value): Value;
  /** Computes the distance √(|aᵢ − bⱼ|² + 1e-6) of each row of a and each row of b. */
  euclidean(name: string, a: Value, b: Value): Value;
  /** Turns `keep` (1 at tokens, 0 at padding) into what is added before a softmax: 0 or the lowest logit. */
  paddingBias(name: string, keep: Value): Value;

  /** Takes the hidden states of the first token: [b, n, c] → [b, c]. */
  firstToken(name: string, x: Value): Value;
  /** Averages x [b, n, c] over the tokens that `keep` [b, n, 1] leaves → [b, c]. */
  meanOfTokens(name: string, x: Value, keep: Value): Value;
  /** Puts matrices [b, c] side by side. */
  concatenate(name: string, values: readonly Value[]): Value;
  /** Takes one column of x [b, n, c] → [b, n]. */
  column(name: string, x: Value, index: number): Value;
}

/** The size of a convolution's kernel, and if a softmax goes over it. */
export interface KernelUse {
  kernelSize: number;
  normalise: boolean;
}
