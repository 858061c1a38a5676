import type { ModelClass } from "../pytorch/config.js";
import type { ExportedModel, ModelWriter } from "./modelWriter.js";
import type { Value } from "./operations.js";

/** Writes one head on the hidden states [b, n, hidden], with its outputs. */
type Head = (writer: ModelWriter, model: ExportedModel, hidden: Value) => void;

const heads: Record<ModelClass, Head> = {
  // The bare backbone has no other output than the hidden states.
  OpnasModel: () => undefined,
  OpnasForMaskedLM: (writer, model, hidden) => {
    writer.on.output("logits", words(writer, hidden), wordAxes(model));
  },
  OpnasForPreTraining: (writer, model, hidden) => {
    writer.on.output("prediction_logits", words(writer, hidden), wordAxes(model));
    const first = writer.on.firstToken("pooler.first", hidden);
    const pooled = writer.on.tanh("pooler.tanh", writer.linear("pooler", first));
    const follows = writer.linear("nextSentence", pooled);
    writer.on.output("seq_relationship_logits", follows, ["batch", 2]);
  },
  OpnasForSequenceClassification: (writer, _, hidden) => {
    const first = writer.on.firstToken("classifier.first", hidden);
    const mean = writer.on.meanOfTokens("classifier.mean", hidden, writer.keep([2]));
    const features = writer.on.concatenate("classifier.features", [first, mean]);
    const [, classes = 0] = writer.shapeOf("classifier.weight");
    writer.on.output("logits", writer.linear("classifier", features), ["batch", classes]);
  },
  OpnasForQuestionAnswering: (writer, _, hidden) => {
    const logits = writer.linear("span", hidden); // [b, n, 2]
    const bias = writer.on.paddingBias("span.paddingBias", writer.keep());
    for (const [index, end] of ["start", "end"].entries()) {
      const scores = writer.on.column(`span.${end}`, logits, index);
      const masked = writer.on.add(`span.${end}.masked`, scores, bias);
      writer.on.output(`${end}_logits`, masked, ["batch", "sequence"]);
    }
  },
};

/** Writes the head of a model's class on the hidden states [b, n, hidden]. */
export function writeHead(writer: ModelWriter, model: ExportedModel, hidden: Value): void {
  heads[model.modelClass](writer, model, hidden);
}

/** Scores every word at every token; the decoder is the table of token embeddings. */
function words(writer: ModelWriter, hidden: Value): Value {
  const inner = writer.on.gelu("masked_head.gelu", writer.linear("mlm.dense", hidden));
  const features = writer.norm("mlm.norm", inner);
  const table = writer.parameter("embedding.token.weight"); // [vocabulary, hidden]
  const bias = writer.parameter("mlm.decoder.bias");
  return writer.on.linear("masked_head.decoder", features, table, bias, true);
}

function wordAxes({ size }: ExportedModel) {
  return ["batch", "sequence", size.vocabulary] as const;
}
