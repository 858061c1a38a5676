/** The lightweight convolution, for files that have one. */
export const convolutionClass = `
class Convolution(nn.Module):
    """Gated linear unit, then a depthwise convolution whose kernel a head's channels share."""

    def __init__(self, config: OpnasConfig, kernel_size: int) -> None:
        super().__init__()
        self.head_size = config.hidden_size // config.num_attention_heads
        self.raw_kernels = config.raw_kernels
        self.gate = nn.Linear(config.hidden_size, 2 * config.hidden_size)
        self.kernel = nn.Parameter(torch.zeros(config.num_attention_heads, kernel_size))

    def forward(self, hidden: Tensor, keep: Optional[Tensor] = None) -> Tensor:
        """Mixes the tokens: hidden [b, n, hidden], keep [b, n] -> [b, n, hidden]."""
        gated = F.glu(self.gate(hidden), dim=-1)  # [b, n, hidden]
        if keep is not None:
            gated = gated * keep[:, :, None]
        kernel = self.kernel if self.raw_kernels else self.kernel.softmax(-1)  # [h, k]
        per_channel = kernel.repeat_interleave(self.head_size, dim=0)[:, None, :]  # [hidden, 1, k]
        channels, size = gated.shape[-1], kernel.shape[-1]
        mixed = F.conv1d(gated.transpose(1, 2), per_channel, padding=size // 2, groups=channels)
        return mixed.transpose(1, 2)
`.trim();

/** The layer around a mixing, and the embeddings. */
export const layerClasses = `
class OpnasLayer(nn.Module):
    """A layer: norm(x + mixing(x)), then norm(x + feed_forward(x)), as in BERT."""

    def __init__(self, config: OpnasConfig, mixing: nn.Module) -> None:
        super().__init__()
        hidden, inner = config.hidden_size, config.intermediate_size
        self.mixing = mixing
        self.output = nn.Linear(hidden, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)
        self.expand = nn.Linear(hidden, inner)
        self.contract = nn.Linear(inner, hidden)
        self.feed_forward_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, hidden: Tensor, keep: Optional[Tensor] = None) -> Tensor:
        """Maps hidden [b, n, hidden], keep [b, n] -> [b, n, hidden]."""
        mixed = self.dropout(self.output(self.mixing(hidden, keep)))
        attended = self.output_norm(hidden + mixed)
        inner = F.gelu(self.expand(attended))  # [b, n, intermediate]
        fed = self.dropout(self.contract(inner))
        return self.feed_forward_norm(attended + fed)


class OpnasEmbeddings(nn.Module):
    """The norm of the token, position and segment embeddings."""

    def __init__(self, config: OpnasConfig) -> None:
        super().__init__()
        hidden = config.hidden_size
        self.token = nn.Embedding(config.vocab_size, hidden)
        self.position = nn.Embedding(config.max_position_embeddings, hidden)
        self.segment = nn.Embedding(config.type_vocab_size, hidden)
        self.norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(
        self,
        input_ids: Optional[Tensor] = None,
        token_type_ids: Optional[Tensor] = None,
        inputs_embeds: Optional[Tensor] = None,
    ) -> Tensor:
        """Embeds input_ids [b, n], or embeddings of tokens [b, n, hidden] -> [b, n, hidden]."""
        tokens = self.token(input_ids) if inputs_embeds is None else inputs_embeds
        length, longest = tokens.shape[1], self.position.num_embeddings
        if length > longest:
            raise ValueError(f"{length} tokens are too many: this model takes at most {longest}")
        embedded = tokens + self.position.weight[:length]
        if token_type_ids is not None:
            embedded = embedded + self.segment(token_type_ids)
        return self.dropout(self.norm(embedded))
`.trim();
