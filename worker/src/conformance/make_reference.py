"""Writes reference.json: values and gradients of every composite, computed by PyTorch in float64.

Run: python3 make_reference.py    (PyTorch 1.13 or newer; nothing else)

Inputs follow from seeds by the same generator as in gradients.ts, so the file holds results only:
the output, and the gradient of each input for an output weighted by fixed numbers.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def numbers(count, seed):
    """mulberry32, from -1 to 1, rounded to float32 as the engines see it."""
    state, out = seed, []
    for _ in range(count):
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        bits = ((state ^ (state >> 15)) * (1 | state)) & 0xFFFFFFFF
        bits = ((bits + ((bits ^ (bits >> 7)) * (61 | bits) & 0xFFFFFFFF)) & 0xFFFFFFFF) ^ bits
        out.append((bits ^ (bits >> 14)) / 2**31 - 1)
    return torch.tensor(out, dtype=torch.float32).double()


def convolution(x, kernel):
    """x [b, n, c], kernel [h, k], softmax over k, as PyTorch's grouped convolution."""
    heads, size = kernel.shape
    channels = x.shape[2]
    weight = kernel.softmax(1).repeat_interleave(channels // heads, 0).unsqueeze(1)
    return F.conv1d(x.transpose(1, 2), weight, padding=size // 2, groups=channels).transpose(1, 2)


def cross_entropy(logits):
    weights = torch.tensor([1.0, 0.0, 2.0])
    each = F.cross_entropy(logits, torch.tensor([1, 0, 4]), reduction="none")
    return (each * weights).sum() / weights.sum()


HEADS, SCORES = [2, 2, 3, 4], [2, 2, 3, 3]
MASK = torch.tensor([[0, 0, 0], [0, 0, -1e9]], dtype=torch.float64).reshape(2, 1, 1, 3)
IDS = torch.tensor([[0, 2, 2], [4, 0, 2]])

# name: operation, shapes of its inputs, scale of their entries
CASES = {
    "softmax": (lambda x: x.softmax(-1), [SCORES], 2),
    "softmax with mask": (lambda x: (x + MASK).softmax(-1), [SCORES], 2),
    "logsigmoid": (F.logsigmoid, [HEADS], 5),
    "softplus": (F.softplus, [HEADS], 5),
    "softsign": (F.softsign, [HEADS], 5),
    "matmul": (torch.matmul, [SCORES, HEADS], 1),
    "cosine": (
        lambda a, b: F.cosine_similarity(a.unsqueeze(-2), b.unsqueeze(-3), dim=-1),
        [HEADS, [2, 2, 5, 4]],
        1,
    ),
    "euclidean": (lambda a, b: torch.cdist(a, b), [HEADS, [2, 2, 5, 4]], 1),
    "gelu": (F.gelu, [[3, 7]], 4),
    "glu": (F.glu, [[3, 8]], 2),
    "layer norm": (lambda x, g, b: F.layer_norm(x, [6], g, b, 1e-12), [[4, 6], [6], [6]], 1),
    "linear": (lambda x, w, b: x @ w + b, [[5, 3], [3, 4], [4]], 1),
    "embedding": (lambda table: F.embedding(IDS, table), [[6, 3]], 1),
    "cross-entropy": (cross_entropy, [[3, 5]], 3),
    "lightweight convolution 3": (convolution, [[2, 6, 4], [2, 3]], 1),
    "lightweight convolution 7": (convolution, [[2, 6, 4], [2, 7]], 1),
    "lightweight convolution 65": (convolution, [[2, 6, 4], [2, 65]], 1),
}

reference = {}
for name, (operation, shapes, scale) in CASES.items():
    inputs = [
        (numbers(math.prod(shape), 1 + index) * scale).reshape(shape).requires_grad_()
        for index, shape in enumerate(shapes)
    ]
    output = operation(*inputs)
    (output.reshape(-1) * numbers(output.numel(), 101)).sum().backward()
    rounded = lambda t: [float(f"{v:.7g}") for v in t.reshape(-1).tolist()]
    reference[name] = {
        "shapes": shapes,
        "scale": scale,
        "output": rounded(output),
        "gradients": [rounded(x.grad) for x in inputs],
    }

lines = [f'  "{name}": {json.dumps(case)}' for name, case in reference.items()]
Path(__file__).with_name("reference.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
