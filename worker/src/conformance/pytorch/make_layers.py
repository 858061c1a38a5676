"""Writes layers.json: outputs and gradients of whole layers, computed by PyTorch in float64.

Run: python3 make_layers.py    (PyTorch 1.13 or newer; nothing else)

The attention graphs of AutoBERT-Zero-base (and BERT's), and the convolution block with its kernel
sizes, are written here from the paper's formulas and share no code with the product. Inputs and
weights follow from the formula below, which formula.ts repeats, so that the file holds results only.
Each case is computed for two full sequences and again with the second one padded; what a layer gives
at padding is nobody's business, so there the output weighs nothing.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

BATCH, LENGTH, HIDDEN, HEADS = 2, 5, 4, 2
HEAD_SIZE = HIDDEN // HEADS
PADDED_LENGTH = 3

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def formula(name, shape):
    """Entry i is sin(phase + 12.9898 i), scaled by what the tensor is; phase comes from the name."""
    phase = sum(ord(letter) * (place + 1) for place, letter in enumerate(name)) % 1000
    wave = [math.sin(phase + 12.9898 * i) for i in range(math.prod(shape))]
    if name.endswith("norm.weight"):
        values = [1 + 0.1 * w for w in wave]
    elif name.endswith("bias"):
        values = [0.1 * w for w in wave]
    else:
        values = [0.4 * w for w in wave]
    # The product's tensors are float32.
    rounded = torch.tensor(values, dtype=torch.float32).to(torch.float64)
    return rounded.reshape(shape).requires_grad_()


class Parameters(dict):
    def get(self, name, *shape):
        if name not in self:
            self[name] = formula(name, shape)
        return self[name]

    def linear(self, name, x, to):
        return x @ self.get(f"{name}.weight", x.shape[-1], to) + self.get(f"{name}.bias", to)

    def norm(self, name, x):
        weight, bias = self.get(f"{name}.weight", HIDDEN), self.get(f"{name}.bias", HIDDEN)
        return F.layer_norm(x, (HIDDEN,), weight, bias, 1e-12)


ROOT = math.sqrt(HEAD_SIZE)


def attend(scores, real, values):
    """softmax(scores / sqrt(d)) over the keys that are real, times the values."""
    scores = (scores / ROOT).masked_fill(~real[:, None, None, :], -math.inf)
    return scores.softmax(-1) @ values


def turned(x):
    return x.transpose(-1, -2)


def bert(q, k, v, real):
    return attend(q @ turned(k), real, v)


def layer2(q, k, real):
    return attend(q @ turned(-F.logsigmoid(-k)), real, q + k)


def layer4(q, k, real):
    z = F.logsigmoid(q) + (q + k)
    return attend(q @ turned(-F.logsigmoid(z)), real, q)


def layer6(q, k, real):
    return attend(q @ turned(-F.logsigmoid(k)), real, q)


def layer10(q, k, v, real):
    inner = F.softsign(F.softsign(k) / ROOT) + v
    return attend(q @ turned(k / ROOT + inner), real, v)


def layer12(q, k, v, real):
    return attend(q @ turned(k / ROOT + v), real, v)


def attention(inputs, graph):
    def mix(p, x, real):
        heads = [
            p.linear(name, x, HIDDEN).view(BATCH, LENGTH, HEADS, HEAD_SIZE).transpose(1, 2)
            for name in inputs
        ]
        return graph(*heads, real).transpose(1, 2).reshape(BATCH, LENGTH, HIDDEN)

    return mix


def convolution(size, raw=False):
    def mix(p, x, real):
        x = F.glu(p.linear("in", x, 2 * HIDDEN), -1) * real[:, :, None]
        kernel = p.get("kernel", HEADS, size)
        kernel = (kernel if raw else kernel.softmax(-1)).repeat_interleave(HEAD_SIZE, 0)
        mixed = F.conv1d(turned(x), kernel[:, None, :], padding=size // 2, groups=HIDDEN)
        return turned(mixed)

    return mix


CASES = {
    "BERT": attention("qkv", bert),
    "layer 2": attention("qk", layer2),
    "layer 4": attention("qk", layer4),
    "layer 6": attention("qk", layer6),
    "layer 10": attention("qkv", layer10),
    "layer 12": attention("qkv", layer12),
    **{f"convolution {size}": convolution(size) for size in (3, 5, 7, 9, 15, 31, 65)},
    "convolution 5, raw kernels": convolution(5, raw=True),
}


def rounded(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def run(mix, padded):
    p = Parameters()
    x = formula("x", (BATCH, LENGTH, HIDDEN))
    real = torch.ones(BATCH, LENGTH, dtype=torch.bool)
    if padded:
        real[1, PADDED_LENGTH:] = False
    attended = p.norm("norm", x + p.linear("out", mix(p, x, real), HIDDEN))
    inner = F.gelu(p.linear("ffn.in", attended, 4 * HIDDEN))
    output = p.norm("ffn.norm", attended + p.linear("ffn.out", inner, HIDDEN))
    weights = formula("output", (BATCH, LENGTH, HIDDEN)).detach() * real[:, :, None]
    (output * weights).sum().backward()
    return {
        "output": rounded(output * real[:, :, None]),
        "gradients": {"x": rounded(x.grad), **{name: rounded(p[name].grad) for name in sorted(p)}},
    }


def main():
    reference = {
        "madeBy": f"make_layers.py with PyTorch {torch.__version__}",
        "size": {"batch": BATCH, "length": LENGTH, "hidden": HIDDEN, "heads": HEADS},
        "paddedLength": PADDED_LENGTH,
        "cases": {
            name: {"full": run(mix, False), "padded": run(mix, True)}
            for name, mix in CASES.items()
        },
    }
    Path(__file__).with_name("layers.json").write_text(json.dumps(reference) + "\n")


main()
