import { architectureKey, architectureName } from "@opnas/core";
import type { ExportedModel } from "../dataflow/modelWriter.js";
import type { Output } from "./operations.js";

/** Writes the page beside a model on how it is run in a browser and in Node; README.md is its card's name. */
export function tfjsUsage(
  { architecture, size }: ExportedModel,
  outputs: readonly Output[],
): string {
  const name = architectureName(architectureKey(architecture));
  const lines = outputs.map((output) => `- \`${output.name}\` [${output.axes.join(", ")}]`);
  return `# ${name} for TensorFlow.js

A backbone found by OP-NAS Platform, as a GraphModel: \`model.json\` and the weights beside it. It
runs with \`@tensorflow/tfjs\` 4 on its backends cpu, webgl and wasm. Put the folder where a web
server has it; \`model.json\` is then loaded by its address, in a browser as in Node:

\`\`\`js
import * as tf from "@tensorflow/tfjs";

const model = await tf.loadGraphModel("http://localhost:8000/model.json");
const ids = tf.tensor2d([[2, 17, 42, 3]], undefined, "int32"); // one row for each sentence
const outputs = model.predict({
  input_ids: ids,
  attention_mask: tf.onesLike(ids), // 0 at padding
  token_type_ids: tf.zerosLike(ids), // 1 in the second sentence of a pair
});
console.log(await outputs.last_hidden_state.array());
\`\`\`

Token ids are below ${size.vocabulary.toString()}; a row has at most ${size.length.toString()} tokens, beginning with [CLS] (2) and
ending with [SEP] (3), then padding (0). Where there is a \`tokenizer.json\` here, it makes them of text. Outputs:

${lines.join("\n")}
`;
}
