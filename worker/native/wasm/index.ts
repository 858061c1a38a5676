// AssemblyScript, compiled to worker/dist/kernels.wasm: fused operations on the memory of
// TensorFlow.js's WebAssembly engine, which lacks them or runs them in many slow parts. The module
// has no data of its own, because all of the memory is the engine's.
export { areWithin, gatherRows, rearrange, scatterRows, sumRows } from "./moves";
export { gelu, glu, gluGradient, logSigmoid, softplus, softsign } from "./pointwise";
export { product } from "./product";
export {
  crossEntropy,
  crossEntropyGradient,
  layerNorm,
  layerNormGradient,
  softmax,
  softmaxGradient,
} from "./rows";
