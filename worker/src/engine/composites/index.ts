export { cosine } from "./cosine.js";
export { embedding } from "./embedding.js";
export { euclidean } from "./euclidean.js";
export { lightweightConvolution } from "./lightweightConvolution.js";
export { linear } from "./linear.js";
export { matMul } from "./matMul.js";
export { gelu, glu, logSigmoid, softplus, softsign } from "./pointwise.js";
export { crossEntropy, layerNorm, softmax } from "./rows.js";
