"""Writes reference.json: the first losses of a small fixed model, trained by PyTorch.

Run: python3 make_reference.py    (PyTorch 1.13 or newer; nothing else)

The model is written from the paper's description and shares no code with the product: masked
language modelling with a vanilla attention layer, a convolution layer and one published graph
(AutoBERT-Zero, layer 4), post-norm, Adam. Weights and batches follow from the formulas below, which
losses.ts repeats, so that the file holds nothing but sizes and losses.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

VOCABULARY, LENGTH, HIDDEN, HEADS, BATCH = 50, 10, 16, 4, 3
KERNEL = 7
STEPS, LEARNING_RATE, BETAS, EPSILON, LONGEST_GRADIENT = 5, 0.01, (0.9, 0.98), 1e-8, 1.0
PAD, CLS, SEP, MASK, FIRST_WORD = 0, 2, 3, 4, 5

torch.set_num_threads(1)


def formula(name, shape):
    """Entry i is sin(phase + 12.9898 i), scaled by what the tensor is; phase comes from the name."""
    phase = sum(ord(letter) * (place + 1) for place, letter in enumerate(name)) % 1000
    count = math.prod(shape)
    wave = [math.sin(phase + 12.9898 * i) for i in range(count)]
    if name.endswith("norm.weight"):
        values = [1 + 0.1 * w for w in wave]
    elif name.endswith("bias"):
        values = [0.1 * w for w in wave]
    else:
        values = [0.4 * w for w in wave]
    return torch.tensor(values, dtype=torch.float32).reshape(shape).requires_grad_()


class Parameters(dict):
    """Tensors made when first asked for."""

    def get(self, name, *shape):
        if name not in self:
            self[name] = formula(name, shape)
        return self[name]

    def linear(self, name, x, to):
        weight = self.get(f"{name}.weight", x.shape[-1], to)
        return x @ weight + self.get(f"{name}.bias", to)

    def norm(self, name, x):
        width = x.shape[-1]
        weight, bias = self.get(f"{name}.weight", width), self.get(f"{name}.bias", width)
        return F.layer_norm(x, (width,), weight, bias, 1e-12)


def batch(step):
    """Sentences of 10, 8 and 6 tokens; in each the words at places 2 and 4 are hidden."""
    ids = torch.full((BATCH, LENGTH), PAD)
    positions, targets = [], []
    for row in range(BATCH):
        words = LENGTH - 2 - 2 * row
        ids[row, 0], ids[row, words + 1] = CLS, SEP
        for place in range(1, words + 1):
            number = 7 * place * place + 5 * row + 11 * step
            ids[row, place] = FIRST_WORD + number % (VOCABULARY - FIRST_WORD)
        for place in (2, 4):
            positions.append((row, place))
            targets.append(int(ids[row, place]))
            ids[row, place] = MASK
    return ids, positions, torch.tensor(targets)


def heads(x):
    return x.view(BATCH, LENGTH, HEADS, HIDDEN // HEADS).transpose(1, 2)


def masked_softmax(scores, real):
    return scores.masked_fill(~real[:, None, None, :], -math.inf).softmax(-1)


def vanilla(q, k, v, real):
    return masked_softmax(q @ k.transpose(-1, -2) / math.sqrt(HIDDEN // HEADS), real) @ v


def published(q, k, real):
    """Layer 4: softmax(Q (-logsig(Z))^T / sqrt(d)) Q with Z = logsig(Q) + (Q + K)."""
    z = F.logsigmoid(q) + (q + k)
    scores = q @ (-F.logsigmoid(z)).transpose(-1, -2) / math.sqrt(HIDDEN // HEADS)
    return masked_softmax(scores, real) @ q


def attention(p, prefix, x, inputs, graph, real):
    projected = [heads(p.linear(f"{prefix}.{name}", x, HIDDEN)) for name in inputs]
    mixed = graph(*projected, real).transpose(1, 2).reshape(BATCH, LENGTH, HIDDEN)
    return p.linear(f"{prefix}.out", mixed, HIDDEN)


def convolution(p, prefix, x, real):
    x = F.glu(p.linear(f"{prefix}.in", x, 2 * HIDDEN), -1) * real[:, :, None]
    kernel = p.get(f"{prefix}.kernel", HEADS, KERNEL).softmax(-1)
    per_channel = kernel.repeat_interleave(HIDDEN // HEADS, 0)[:, None, :]
    x = F.conv1d(x.transpose(1, 2), per_channel, padding=KERNEL // 2, groups=HIDDEN)
    return p.linear(f"{prefix}.out", x.transpose(1, 2), HIDDEN)


def block(p, prefix, x, mixed):
    x = p.norm(f"{prefix}.norm", x + mixed)
    inner = F.gelu(p.linear(f"{prefix}.ffn.in", x, 4 * HIDDEN))
    return p.norm(f"{prefix}.ffn.norm", x + p.linear(f"{prefix}.ffn.out", inner, HIDDEN))


def loss(p, step):
    ids, positions, targets = batch(step)
    real = ids != PAD
    tokens = p.get("embedding.token.weight", VOCABULARY, HIDDEN)
    places = p.get("embedding.position.weight", LENGTH, HIDDEN)
    x = p.norm("embedding.norm", tokens[ids] + places)

    prefix = "layer.0.attention"
    x = block(p, prefix, x, attention(p, prefix, x, "qkv", vanilla, real))
    prefix = "layer.1.conv"
    x = block(p, prefix, x, convolution(p, prefix, x, real))
    prefix = "layer.2.attention"
    x = block(p, prefix, x, attention(p, prefix, x, "qk", published, real))

    rows, columns = zip(*positions)
    hidden = p.norm("mlm.norm", F.gelu(p.linear("mlm.dense", x[rows, columns], HIDDEN)))
    logits = hidden @ tokens.T + p.get("mlm.decoder.bias", VOCABULARY)
    return F.cross_entropy(logits, targets)


def main():
    p = Parameters()
    loss(p, 0)
    adam = torch.optim.Adam(p.values(), lr=LEARNING_RATE, betas=BETAS, eps=EPSILON)
    losses = []
    for step in range(STEPS):
        adam.zero_grad()
        value = loss(p, step)
        value.backward()
        torch.nn.utils.clip_grad_norm_(p.values(), LONGEST_GRADIENT)
        adam.step()
        losses.append(value.item())
    reference = {
        "madeBy": f"make_reference.py with PyTorch {torch.__version__}",
        "size": {
            "layers": 3,
            "hidden": HIDDEN,
            "heads": HEADS,
            "vocabulary": VOCABULARY,
            "length": LENGTH,
        },
        "batch": BATCH,
        "kernelSize": KERNEL,
        "learningRate": LEARNING_RATE,
        "parameters": sum(tensor.numel() for tensor in p.values()),
        "losses": losses,
    }
    file = Path(__file__).with_name("reference.json")
    file.write_text(json.dumps(reference, indent=2) + "\n")


main()
