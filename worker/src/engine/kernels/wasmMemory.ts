import { OpnasError } from "@opnas/core";
import type { Tensor, TensorFlow } from "../tf.js";

/** The part of TensorFlow.js's WebAssembly backend that gives access to tensors in its memory. */
interface WasmBackend {
  wasm: { asm: { memory: WebAssembly.Memory } };
  dataIdMap: { get(dataId: object): { memoryOffset: number } | undefined };
  makeOutput(shape: number[], dtype: "float32"): { dataId: object };
}

/**
 * Our own operations (worker/native/wasm), working on the memory of the running WebAssembly engine.
 */
export class WasmMemory {
  private readonly engine: TensorFlow;
  private readonly backend: WasmBackend;
  private readonly exports: WebAssembly.Instance["exports"];

  constructor(engine: TensorFlow, compiled: WebAssembly.Module) {
    this.engine = engine;
    this.backend = backendOf(engine);
    const { memory } = this.backend.wasm.asm;
    this.exports = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
  }

  /** Calls one of the module's functions by its name. */
  call(name: string, ...args: number[]): unknown {
    const operation = this.exports[name];
    if (!operation) throw new OpnasError("INTERNAL", `There is no operation ${name}.`);
    return operation(...args);
  }

  /** The address of a tensor's numbers. */
  at(x: { dataId: object }): number {
    const data = this.backend.dataIdMap.get(x.dataId);
    if (!data) throw new OpnasError("INTERNAL", "A tensor is not in the engine's memory.");
    return data.memoryOffset;
  }

  /** A view of a float32 tensor's numbers, valid until the memory grows. */
  numbersOf(x: Tensor): Float32Array {
    return new Float32Array(this.backend.wasm.asm.memory.buffer, this.at(x), x.size);
  }

  /** Allocates a float32 tensor without initialising its numbers. */
  make(shape: number[]): Tensor {
    const info = {
      ...this.backend.makeOutput(shape, "float32"),
      shape,
      dtype: "float32" as const,
    };
    return this.engine.engine().makeTensorFromTensorInfo(info);
  }

  /** Allocates a float32 tensor of zeros. */
  makeZeros(shape: number[]): Tensor {
    const x = this.make(shape);
    this.numbersOf(x).fill(0);
    return x;
  }

  /**
   * Checks that ids are int32 from 0 to `limit` − 1; operations that read by ids do not check them.
   * @throws OpnasError INTERNAL
   */
  requireIds(ids: Tensor, limit: number): void {
    if (ids.dtype !== "int32" || !this.call("areWithin", this.at(ids), ids.size, limit)) {
      throw new OpnasError("INTERNAL", `An id is not an integer from 0 to ${limit - 1}.`);
    }
  }
}

function backendOf(engine: TensorFlow): WasmBackend {
  const backend: unknown = engine.backend();
  if (!isWasmBackend(backend)) throw new OpnasError("INTERNAL", "This is not the wasm engine.");
  return backend;
}

function isWasmBackend(backend: unknown): backend is WasmBackend {
  return typeof backend === "object" && backend !== null && "dataIdMap" in backend;
}
