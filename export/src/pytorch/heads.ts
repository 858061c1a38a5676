/** The backbone with each of its heads. */
export const headClasses = `
class OpnasMaskedHead(nn.Module):
    """Scores every word at every token; its decoder is the table of token embeddings."""

    def __init__(self, config: OpnasConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, hidden: Tensor, table: Tensor) -> Tensor:
        """Maps hidden [b, n, hidden] and table [vocabulary, hidden] -> [b, n, vocabulary]."""
        return F.linear(self.norm(F.gelu(self.dense(hidden))), table, self.bias)


class OpnasForMaskedLM(OpnasPreTrainedModel):
    """The backbone with the head that fills in masked words."""

    def __init__(self, config: OpnasConfig) -> None:
        super().__init__(config)
        self.opnas = OpnasModel(config)
        self.masked_head = OpnasMaskedHead(config)
        self.post_init()

    def forward(
        self,
        input_ids: Optional[Tensor] = None,
        attention_mask: Optional[Tensor] = None,
        token_type_ids: Optional[Tensor] = None,
        inputs_embeds: Optional[Tensor] = None,
        labels: Optional[Tensor] = None,
        return_dict: Optional[bool] = None,
        **kwargs: Any,
    ) -> Any:
        """Returns logits [b, n, vocabulary]; labels [b, n] are -100 where there is no loss."""
        encoded = self.opnas(input_ids, attention_mask, token_type_ids, inputs_embeds, **kwargs)
        table = self.opnas.embeddings.token.weight
        logits = self.masked_head(encoded.last_hidden_state, table)
        loss = None if labels is None else F.cross_entropy(logits.flatten(0, 1), labels.flatten())
        output = MaskedLMOutput(loss=loss, logits=logits, hidden_states=encoded.hidden_states)
        return output if return_dict is not False else output.to_tuple()


@dataclass
class OpnasPreTrainingOutput(ModelOutput):
    """The scores of both pre-training tasks, and the sum of their losses."""

    loss: Optional[Tensor] = None
    prediction_logits: Optional[Tensor] = None
    seq_relationship_logits: Optional[Tensor] = None
    hidden_states: Optional[Tuple[Tensor, ...]] = None


class OpnasForPreTraining(OpnasPreTrainedModel):
    """The backbone with both heads of BERT's pre-training: masked words and the next sentence."""

    def __init__(self, config: OpnasConfig) -> None:
        super().__init__(config)
        self.opnas = OpnasModel(config)
        self.masked_head = OpnasMaskedHead(config)
        self.pooler = nn.Linear(config.hidden_size, config.hidden_size)
        self.next_sentence = nn.Linear(config.hidden_size, 2)
        self.post_init()

    def forward(
        self,
        input_ids: Optional[Tensor] = None,
        attention_mask: Optional[Tensor] = None,
        token_type_ids: Optional[Tensor] = None,
        inputs_embeds: Optional[Tensor] = None,
        labels: Optional[Tensor] = None,
        next_sentence_label: Optional[Tensor] = None,
        return_dict: Optional[bool] = None,
        **kwargs: Any,
    ) -> Any:
        """Returns both heads' logits; in the second, class 1 means that the segment follows."""
        encoded = self.opnas(input_ids, attention_mask, token_type_ids, inputs_embeds, **kwargs)
        hidden = encoded.last_hidden_state  # [b, n, hidden]
        words = self.masked_head(hidden, self.opnas.embeddings.token.weight)  # [b, n, vocabulary]
        follows = self.next_sentence(torch.tanh(self.pooler(hidden[:, 0])))  # [b, 2]
        losses = []
        if labels is not None:
            losses.append(F.cross_entropy(words.flatten(0, 1), labels.flatten()))
        if next_sentence_label is not None:
            losses.append(F.cross_entropy(follows, next_sentence_label.flatten()))
        output = OpnasPreTrainingOutput(
            loss=torch.stack(losses).sum() if losses else None,
            prediction_logits=words,
            seq_relationship_logits=follows,
            hidden_states=encoded.hidden_states,
        )
        return output if return_dict is not False else output.to_tuple()


class OpnasForSequenceClassification(OpnasPreTrainedModel):
    """The backbone with a classifier of [CLS] and the mean of all tokens."""

    def __init__(self, config: OpnasConfig) -> None:
        super().__init__(config)
        self.opnas = OpnasModel(config)
        self.num_labels = config.num_labels or 2
        self.classifier = nn.Linear(2 * config.hidden_size, self.num_labels)
        self.post_init()

    def forward(
        self,
        input_ids: Optional[Tensor] = None,
        attention_mask: Optional[Tensor] = None,
        token_type_ids: Optional[Tensor] = None,
        inputs_embeds: Optional[Tensor] = None,
        labels: Optional[Tensor] = None,
        return_dict: Optional[bool] = None,
        **kwargs: Any,
    ) -> Any:
        """Returns logits [b, labels]; labels [b] are classes, or numbers if there is one label."""
        encoded = self.opnas(input_ids, attention_mask, token_type_ids, inputs_embeds, **kwargs)
        hidden = encoded.last_hidden_state  # [b, n, hidden]
        if attention_mask is None:
            mean = hidden.mean(1)
        else:
            keep = attention_mask.to(hidden.dtype)[:, :, None]
            mean = (hidden * keep).sum(1) / keep.sum(1)  # [b, hidden]
        logits = self.classifier(torch.cat([hidden[:, 0], mean], dim=-1))
        loss = None
        if labels is not None and self.num_labels == 1:
            loss = F.mse_loss(logits.flatten(), labels.flatten().to(logits.dtype))
        elif labels is not None:
            loss = F.cross_entropy(logits, labels.flatten())
        output = SequenceClassifierOutput(
            loss=loss, logits=logits, hidden_states=encoded.hidden_states
        )
        return output if return_dict is not False else output.to_tuple()


class OpnasForQuestionAnswering(OpnasPreTrainedModel):
    """The backbone with a head that marks where the answer begins and ends."""

    def __init__(self, config: OpnasConfig) -> None:
        super().__init__(config)
        self.opnas = OpnasModel(config)
        self.span = nn.Linear(config.hidden_size, 2)
        self.post_init()

    def forward(
        self,
        input_ids: Optional[Tensor] = None,
        attention_mask: Optional[Tensor] = None,
        token_type_ids: Optional[Tensor] = None,
        inputs_embeds: Optional[Tensor] = None,
        start_positions: Optional[Tensor] = None,
        end_positions: Optional[Tensor] = None,
        return_dict: Optional[bool] = None,
        **kwargs: Any,
    ) -> Any:
        """Returns logits [b, n] of each token to begin and to end the answer."""
        encoded = self.opnas(input_ids, attention_mask, token_type_ids, inputs_embeds, **kwargs)
        logits = self.span(encoded.last_hidden_state)  # [b, n, 2]
        if attention_mask is not None:
            padding = attention_mask[:, :, None] == 0
            logits = logits.masked_fill(padding, torch.finfo(logits.dtype).min)
        start_logits, end_logits = logits.unbind(-1)
        loss = None
        if start_positions is not None and end_positions is not None:
            starts = F.cross_entropy(start_logits, start_positions.flatten())
            ends = F.cross_entropy(end_logits, end_positions.flatten())
            loss = (starts + ends) / 2
        output = QuestionAnsweringModelOutput(
            loss=loss,
            start_logits=start_logits,
            end_logits=end_logits,
            hidden_states=encoded.hidden_states,
        )
        return output if return_dict is not False else output.to_tuple()
`.trim();
