"""Writes checkpoints of transformers with random weights, and the numbers that they give.

Usage: make_checkpoints.py FOLDER, which holds our/, a model of ours for PyTorch, and texts.json. Of
each checkpoint NAME it writes NAME/ and NAME.expected.safetensors: ids, mask and segments [b, n], and
hidden [layers + 1, b, n, hidden]; of heads also logits. NAME.tokens.json has each text's tokens.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForPreTraining,
    BertConfig,
    BertForMaskedLM,
    BertForPreTraining,
    BertForQuestionAnswering,
    BertModel,
    BertTokenizer,
    RobertaConfig,
    RobertaForMaskedLM,
)

folder = Path(sys.argv[1])
ROWS = 300
WORDS = json.loads((folder / "words.json").read_text())


def randomize(model):
    """Gives every weight a random value, of about the size that training leaves."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if "embeddings." in name and value.dim() == 2:
                value.copy_(0.03 * noise)
            elif "LayerNorm.weight" in name or "layer_norm.weight" in name:
                value.copy_(1 + 0.2 * noise)
            else:
                value.copy_(0.2 * noise)
    return model.eval()


def batch(first, pad):
    """Makes three sentences, two of them padded, the first two with a second segment."""
    generator = torch.Generator().manual_seed(2)
    ids = torch.randint(first, ROWS - 20, (3, 14), generator=generator)
    mask = torch.ones_like(ids)
    for row, length in ((1, 9), (2, 3)):
        mask[row, length:] = 0
        ids[row, length:] = pad
    segments = torch.zeros_like(ids)
    segments[0, 8:] = 1
    segments[1, 5:] = 1
    return ids, mask, segments * mask


def write(name, model, pad=0, pairs=True):
    place = folder / name
    model.save_pretrained(place)
    ids, mask, segments = batch(10, pad)
    if not pairs:
        segments = torch.zeros_like(segments)
    with torch.no_grad():
        out = model(
            input_ids=ids,
            attention_mask=mask,
            token_type_ids=segments,
            output_hidden_states=True,
        )
    found = {
        "ids": ids.float(),
        "mask": mask.float(),
        "segments": segments.float(),
        "hidden": torch.stack(out.hidden_states),
    }
    for key in ("logits", "prediction_logits", "start_logits", "end_logits"):
        if key in out:
            found[key.replace("prediction_", "")] = out[key].contiguous()
    save_file(found, folder / f"{name}.expected.safetensors")
    return place


def words_file(place):
    """Writes vocab.txt, the special tokens where BERT has them: not in our order."""
    (place / "vocab.txt").write_text("".join(f"{word}\n" for word in WORDS))


def bert(**changes):
    sizes = dict(
        vocab_size=ROWS,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=40,
    )
    return BertConfig(**(sizes | changes))


place = write("pretraining", randomize(BertForPreTraining(bert())))
words_file(place)
texts = json.loads((folder / "texts.json").read_text())


def tokens_of(name, place, lower):
    tokenizer = BertTokenizer(str(place / "vocab.txt"), do_lower_case=lower)
    tokens = [tokenizer.tokenize(text) for text in texts]
    (folder / f"{name}.tokens.json").write_text(json.dumps(tokens))


tokens_of("pretraining", place, True)

# The form of the first checkpoints: other names of norms, a buffer of positions, a copied decoder.
place = write("old", randomize(BertForMaskedLM(bert())))
words_file(place)
tensors = load_file(place / "model.safetensors")
renamed = {
    name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value
    for name, value in tensors.items()
}
renamed["bert.embeddings.position_ids"] = torch.arange(40)[None]
renamed["cls.predictions.decoder.weight"] = tensors["bert.embeddings.word_embeddings.weight"].clone()
renamed["cls.predictions.decoder.bias"] = tensors["cls.predictions.bias"].clone()
save_file(renamed, place / "model.safetensors")

# A narrow feed-forward block, and a tokenizer of transformers' own.
place = write("bare", randomize(BertModel(bert(intermediate_size=72))))
words_file(place)
BertTokenizer(str(place / "vocab.txt"), do_lower_case=True).save_pretrained(place)
(place / "vocab.txt").unlink()

place = write("answers", randomize(BertForQuestionAnswering(bert())))
words_file(place)
(place / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False}))
tokens_of("answers", place, False)

# Sixteen bits: the numbers are those of the model in half precision, computed in single precision.
half = BertForMaskedLM(bert())
half = randomize(half).half().float().eval()
place = write("half", half)
words_file(place)
save_file(
    {name: value.half() for name, value in load_file(place / "model.safetensors").items()},
    place / "model.safetensors",
)

roberta = RobertaConfig(
    vocab_size=ROWS,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=128,
    max_position_embeddings=42,
    type_vocab_size=1,
    layer_norm_eps=1e-5,
)
place = write("roberta", randomize(RobertaForMaskedLM(roberta)), pad=1, pairs=False)
bytes_of = Tokenizer(models.BPE(unk_token="<unk>"))
bytes_of.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
bytes_of.train_from_iterator(
    texts * 2,
    trainers.BpeTrainer(
        vocab_size=ROWS - 1,
        min_frequency=1,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    ),
)
bytes_of.add_special_tokens(["<mask>"])
bytes_of.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
bytes_of.save(str(place / "tokenizer.json"))
rows = [bytes_of.encode(text, texts[0]).ids for text in texts]
tokens = [bytes_of.encode(text, add_special_tokens=False).tokens for text in texts]
(folder / "roberta.tokens.json").write_text(json.dumps({"tokens": tokens, "rows": rows}))

# Ours, as transformers writes it again.
ours = AutoModelForPreTraining.from_pretrained(folder / "our", trust_remote_code=True)
ours.save_pretrained(folder / "again")
