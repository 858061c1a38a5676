import { type Architecture, type ModelSize, normEpsilonOf } from "@opnas/core";

/** Writes the class of the configuration, whose defaults are this backbone's sizes. */
export function configClass(architecture: Architecture, size: ModelSize): string {
  const layers = architecture.layers.length.toString();
  return `
class OpnasConfig(PretrainedConfig):
    """The sizes of the backbone; its layers are those of this file."""

    model_type = "opnas"

    def __init__(
        self,
        vocab_size: int = ${size.vocabulary.toString()},
        hidden_size: int = ${size.hidden.toString()},
        num_hidden_layers: int = ${layers},
        num_attention_heads: int = ${size.heads.toString()},
        intermediate_size: int = ${(4 * size.hidden).toString()},
        max_position_embeddings: int = ${size.length.toString()},
        type_vocab_size: int = 2,
        raw_kernels: bool = ${size.rawKernels ? "True" : "False"},
        hidden_dropout_prob: float = 0.0,
        layer_norm_eps: float = ${normEpsilonOf(size).toString()},
        initializer_range: float = 0.05,
        pad_token_id: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if num_hidden_layers != ${layers}:
            raise ValueError(f"this backbone has ${layers} layers, not {num_hidden_layers}")
        self.pad_token_id = pad_token_id
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.intermediate_size = intermediate_size
        self.max_position_embeddings = max_position_embeddings
        self.type_vocab_size = type_vocab_size
        self.raw_kernels = raw_kernels
        self.hidden_dropout_prob = hidden_dropout_prob
        self.layer_norm_eps = layer_norm_eps
        self.initializer_range = initializer_range
`.trim();
}

/** A task that a model was fine-tuned to: its name, and its classes in order; null for numbers or spans. */
export interface ExportedTask {
  name: string;
  labels: readonly string[] | null;
}

/** Returns the object of config.json; transformers reads the classes' file from `auto_map`. */
export function configJson(
  architecture: Architecture,
  size: ModelSize,
  model: ModelClass,
  task?: ExportedTask,
): Record<string, unknown> {
  return {
    model_type: "opnas",
    architectures: [model],
    auto_map: {
      AutoConfig: "modeling_opnas.OpnasConfig",
      AutoModel: "modeling_opnas.OpnasModel",
      AutoModelForMaskedLM: "modeling_opnas.OpnasForMaskedLM",
      AutoModelForPreTraining: "modeling_opnas.OpnasForPreTraining",
      AutoModelForSequenceClassification: "modeling_opnas.OpnasForSequenceClassification",
      AutoModelForQuestionAnswering: "modeling_opnas.OpnasForQuestionAnswering",
    },
    vocab_size: size.vocabulary,
    hidden_size: size.hidden,
    num_hidden_layers: architecture.layers.length,
    num_attention_heads: size.heads,
    intermediate_size: 4 * size.hidden,
    max_position_embeddings: size.length,
    type_vocab_size: 2,
    raw_kernels: size.rawKernels,
    hidden_dropout_prob: 0,
    layer_norm_eps: normEpsilonOf(size),
    initializer_range: 0.05,
    pad_token_id: 0,
    tie_word_embeddings: false,
    dtype: "float32",
    torch_dtype: "float32",
    opnas_architecture: architecture,
    ...(task && taskJson(model, task)),
  };
}

/** Returns the fields of a task by the names that transformers has for them. */
function taskJson(model: ModelClass, { name, labels: classes }: ExportedTask) {
  if (model !== "OpnasForSequenceClassification") return { finetuning_task: name };
  const labels = classes ?? ["score"];
  return {
    finetuning_task: name,
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    problem_type: classes === null ? "regression" : "single_label_classification",
  };
}

/** The classes of the file that weights may be of. */
export const modelClasses = [
  "OpnasModel",
  "OpnasForMaskedLM",
  "OpnasForPreTraining",
  "OpnasForSequenceClassification",
  "OpnasForQuestionAnswering",
] as const;

/** A class of the file that weights may be of. */
export type ModelClass = (typeof modelClasses)[number];
