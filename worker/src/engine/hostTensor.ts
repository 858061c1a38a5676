/** A tensor in this process's own memory, row by row: float32 or int32. */
export interface HostTensor {
  shape: readonly number[];
  data: Float32Array | Int32Array;
}

/** A float32 tensor in this process's own memory, row by row: a parameter or a part of a state. */
export interface NamedTensor {
  shape: number[];
  data: Float32Array;
}

/** Float32 tensors in this process's own memory by name; the form of every checkpoint. */
export type Tensors = Map<string, NamedTensor>;
