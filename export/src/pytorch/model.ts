/** Gives convolutions their initial kernels. */
const initialKernels = `
        elif isinstance(module, Convolution):
            deviation = 1 / math.sqrt(module.kernel.shape[-1]) if module.raw_kernels else 1.0
            nn.init.normal_(module.kernel, std=deviation)
`.trimEnd();

/** Returns the class that all models derive from. */
export function baseClass(hasConvolution: boolean): string {
  return hasConvolution ? `${baseOfModels}${initialKernels}` : baseOfModels;
}

const baseOfModels = `
class OpnasPreTrainedModel(PreTrainedModel):
    """What all models of this file share: how weights begin, and gradient checkpointing."""

    config_class = OpnasConfig
    base_model_prefix = "opnas"
    supports_gradient_checkpointing = True

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=1 / math.sqrt(3 * module.in_features))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, OpnasEmbeddings):
            nn.init.normal_(module.token.weight, std=self.config.initializer_range)
            nn.init.normal_(module.position.weight, std=self.config.initializer_range)
            nn.init.zeros_(module.segment.weight)
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
`.trim();

/** The backbone. */
export const backboneClass = `
class OpnasModel(OpnasPreTrainedModel):
    """The backbone: token ids to hidden states."""

    def __init__(self, config: OpnasConfig) -> None:
        super().__init__(config)
        self.embeddings = OpnasEmbeddings(config)
        self.layers = nn.ModuleList(OpnasLayer(config, mixing) for mixing in mixings(config))
        self.gradient_checkpointing = False
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        return self.embeddings.token

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.embeddings.token = value  # type: ignore[assignment]

    def forward(
        self,
        input_ids: Optional[Tensor] = None,
        attention_mask: Optional[Tensor] = None,
        token_type_ids: Optional[Tensor] = None,
        inputs_embeds: Optional[Tensor] = None,
        output_hidden_states: Optional[bool] = None,
        return_dict: Optional[bool] = None,
        **kwargs: Any,
    ) -> Union[BaseModelOutput, Tuple[Any, ...]]:
        """Encodes input_ids [b, n]; attention_mask [b, n] is 0 at padding, 1 at tokens."""
        if (input_ids is None) == (inputs_embeds is None):
            raise ValueError("give either input_ids or inputs_embeds")
        hidden = self.embeddings(input_ids, token_type_ids, inputs_embeds)  # [b, n, hidden]
        keep = None if attention_mask is None else attention_mask.to(hidden.dtype)  # [b, n]
        states = [hidden]
        for layer in self.layers:
            if self.gradient_checkpointing and self.training:
                hidden = checkpoint(layer, hidden, keep, use_reentrant=False)
            else:
                hidden = layer(hidden, keep)
            states.append(hidden)
        wanted = output_hidden_states
        if wanted is None:
            wanted = self.config.output_hidden_states
        output = BaseModelOutput(
            last_hidden_state=hidden,  # type: ignore[arg-type]
            hidden_states=tuple(states) if wanted else None,  # type: ignore[arg-type]
        )
        return output if return_dict is not False else output.to_tuple()
`.trim();
