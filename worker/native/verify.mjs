// Loads a native engine from the folder in argv[2] and computes with it, and with our own
// operations if argv[4] names their addon; prints the engine's version. It runs in a process of its
// own, which a library that does not fit the machine may crash.
import { createRequire } from "node:module";
import path from "node:path";

const [folder, addon, kernels] = process.argv.slice(2);
const tf = createRequire(path.join(folder, "package.json"))(addon);

const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
const product = Array.from(tf.matMul(a, a).dataSync());
// d/dt Σ t[ids]² = 2 t × how often each row was taken: gather, square, sum and their gradients.
const gradient = tf.grad((t) =>
  tf
    .gather(t, tf.tensor1d([0, 1, 1], "int32"))
    .square()
    .sum(),
)(a);
const expected = { product: [7, 10, 15, 22], gradient: [2, 4, 12, 16] };
const computed = { product, gradient: Array.from(gradient.dataSync()) };
if (JSON.stringify(computed) !== JSON.stringify(expected)) {
  throw new Error(`wrong results: ${JSON.stringify(computed)}`);
}
if (kernels) {
  process.dlopen({ exports: {} }, kernels);
  const [normal] = tf
    .backend()
    .executeMultipleOutputs(
      "OpnasLayerNorm",
      [],
      [a, tf.ones([2]), tf.zeros([2]), tf.scalar(0)],
      3,
    );
  const rows = Array.from(normal.dataSync()).map((x) => Math.round(x * 1e5) / 1e5);
  if (JSON.stringify(rows) !== "[-1,1,-1,1]") throw new Error(`wrong layer norm: ${rows}`);
}
const { binding, isUsingGpuDevice } = tf.backend();
console.log(JSON.stringify({ libtensorflow: binding.TF_Version, gpu: isUsingGpuDevice }));
