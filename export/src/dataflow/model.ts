import { writeHead } from "./heads.js";
import { type ExportedModel, ModelWriter } from "./modelWriter.js";
import type { Operations } from "./operations.js";

/**
 * Writes a model: embeddings, layers and the head. Its outputs are last_hidden_state and those of
 * the head; names of tensors are those of the exported PyTorch model.
 * @throws OpnasError CORRUPT_ARTIFACT if a tensor is missing
 */
export function writeModel(on: Operations, model: ExportedModel): void {
  const writer = new ModelWriter(on, model);
  const hidden = writer.encode();
  on.output("last_hidden_state", hidden, ["batch", "sequence", model.size.hidden]);
  writeHead(writer, model, hidden);
}
