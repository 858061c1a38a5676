"""The other side of the bench: the same steps as a PyTorch user would write them.

Reads requests as lines of JSON, answers the same way. Shares with our side nothing but the file of
weights and batches and the architectures' JSON form.
"""

import json
import math
import resource
import struct
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
BETAS, EPSILON = (0.9, 0.98), 1e-8
NORM_EPSILON = 1e-12


def read_tensors(file):
    with open(file, "rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(length))
        body = stream.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        numbers = numpy.frombuffer(body[start:end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(numbers.copy())
    return tensors


def linear(tensors, *names):
    """One linear layer for one or several maps of the same input."""
    weight = torch.cat([tensors[f"{name}.weight"] for name in names], 1)
    layer = nn.Linear(*weight.shape)
    layer.weight.data = weight.t().contiguous()
    layer.bias.data = torch.cat([tensors[f"{name}.bias"] for name in names])
    return layer


def norm(tensors, name):
    layer = nn.LayerNorm(len(tensors[f"{name}.bias"]), eps=NORM_EPSILON)
    layer.weight.data = tensors[f"{name}.weight"].clone()
    layer.bias.data = tensors[f"{name}.bias"].clone()
    return layer


def is_softmax_attention(graph):
    """softmax(Q Kᵀ / √d) V, for which PyTorch has an operation of its own."""
    return [node["op"] for node in graph["nodes"]] == [
        "transpose",
        "matmul",
        "scale",
        "softmax",
        "matmul",
    ] and graph["inputs"] == ["Q", "K", "V"]


def cosine(a, b):
    return F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).transpose(-1, -2)


def run_graph(graph, inputs, head_size):
    values = []

    def value(reference):
        return inputs[reference] if isinstance(reference, str) else values[reference]

    for node in graph["nodes"]:
        a, *rest = [value(argument) for argument in node["args"]]
        values.append(OPERATIONS[node["op"]](a, *rest, head_size=head_size))
    return value(graph["output"])


OPERATIONS = {
    "matmul": lambda a, b, head_size: a @ b,
    "scale": lambda a, head_size: a / math.sqrt(head_size),
    "neg": lambda a, head_size: -a,
    "transpose": lambda a, head_size: a.transpose(-1, -2),
    "softmax": lambda a, head_size: a.softmax(-1),
    "logsigmoid": lambda a, head_size: F.logsigmoid(a),
    "softsign": lambda a, head_size: F.softsign(a),
    "add": lambda a, b, head_size: a + b,
    "cosine": lambda a, b, head_size: cosine(a, b),
    "euclidean": lambda a, b, head_size: torch.cdist(a, b),
}


class LayerEnd(nn.Module):
    """Output projection, residual, norm; feed-forward, residual, norm."""

    def __init__(self, tensors, prefix):
        super().__init__()
        self.out = linear(tensors, f"{prefix}.out")
        self.norm = norm(tensors, f"{prefix}.norm")
        self.inner = linear(tensors, f"{prefix}.ffn.in")
        self.outer = linear(tensors, f"{prefix}.ffn.out")
        self.ffn_norm = norm(tensors, f"{prefix}.ffn.norm")

    def forward(self, x, mixed):
        x = self.norm(x + self.out(mixed))
        return self.ffn_norm(x + self.outer(F.gelu(self.inner(x))))


class Attention(nn.Module):
    """The attention branch; the graph is given with each call."""

    def __init__(self, tensors, prefix, inputs, heads):
        super().__init__()
        self.inputs, self.heads = inputs, heads
        names = {each: f"{prefix}.{each.lower()}" for each in inputs}
        # A backbone always uses the same maps, a super-net now these and now those.
        self.together = linear(tensors, *names.values()) if len(inputs) < 4 else None
        self.maps = nn.ModuleDict(
            {} if self.together else {each: linear(tensors, name) for each, name in names.items()}
        )
        self.end = LayerEnd(tensors, prefix)

    def project(self, x, wanted):
        b, n, _ = x.shape
        if self.together:
            maps = self.together(x)
        else:
            weight = torch.cat([self.maps[each].weight for each in wanted])
            maps = F.linear(x, weight, torch.cat([self.maps[each].bias for each in wanted]))
        return maps.view(b, n, len(wanted), self.heads, -1).permute(2, 0, 3, 1, 4)

    def forward(self, x, graph):
        b, n, hidden = x.shape
        maps = self.project(x, graph["inputs"])
        if is_softmax_attention(graph):
            y = F.scaled_dot_product_attention(*maps)
        else:
            named = dict(zip(graph["inputs"], maps))
            y = run_graph(graph, named, hidden // self.heads)
        return self.end(x, y.transpose(1, 2).reshape(b, n, hidden))


class Convolution(nn.Module):
    def __init__(self, tensors, prefix):
        super().__init__()
        self.gate = linear(tensors, f"{prefix}.in")
        self.kernel = nn.Parameter(tensors[f"{prefix}.kernel"].clone())
        self.end = LayerEnd(tensors, prefix)

    def forward(self, x, size):
        x_in = F.glu(self.gate(x), -1)
        heads, longest = self.kernel.shape
        start = (longest - size) // 2
        kernel = self.kernel[:, start : start + size].softmax(-1)
        return self.end(x, light_convolution(x_in, kernel))


def by_band(x, kernel):
    """As one matrix product per head with a banded matrix."""
    b, n, c = x.shape
    heads, k = kernel.shape
    offsets = torch.arange(n)[None, :] - torch.arange(n)[:, None] + (k - 1) // 2
    inside = (offsets >= 0) & (offsets < k)
    bands = kernel[:, offsets.clamp(0, k - 1)] * inside
    rows = x.view(b, n, heads, c // heads).permute(0, 2, 1, 3)
    return (bands @ rows).permute(0, 2, 1, 3).reshape(b, n, c)


def by_convolution(x, kernel):
    b, n, c = x.shape
    heads, k = kernel.shape
    weight = kernel.repeat_interleave(c // heads, 0)[:, None]
    return F.conv1d(x.transpose(1, 2), weight, padding=k // 2, groups=c).transpose(1, 2)


light_convolution = by_band


class Model(nn.Module):
    """Embeddings, layers with the branches that the architectures use, masked-LM head."""

    def __init__(self, tensors, heads, branches):
        super().__init__()
        self.tokens = nn.Embedding.from_pretrained(tensors["embedding.token.weight"].clone(), False)
        self.positions = nn.Parameter(tensors["embedding.position.weight"].clone())
        self.norm = norm(tensors, "embedding.norm")
        self.layers = nn.ModuleList()
        for index, inputs in enumerate(branches):
            layer = nn.ModuleDict()
            if inputs:
                layer["attention"] = Attention(tensors, f"layer.{index}.attention", inputs, heads)
            if f"layer.{index}.conv.kernel" in tensors:
                layer["conv"] = Convolution(tensors, f"layer.{index}.conv")
            self.layers.append(layer)
        self.dense = linear(tensors, "mlm.dense")
        self.head_norm = norm(tensors, "mlm.norm")
        self.bias = nn.Parameter(tensors["mlm.decoder.bias"].clone())

    def forward(self, ids, positions, targets, layers):
        x = self.norm(self.tokens(ids) + self.positions[: ids.shape[1]])
        for layer, choice in zip(self.layers, layers):
            how = choice["graph"] if choice["kind"] == "attention" else choice["kernelSize"]
            x = layer[choice["kind"]](x, how)
        chosen = x.reshape(-1, x.shape[-1])[positions]
        features = self.head_norm(F.gelu(self.dense(chosen)))
        logits = F.linear(features, self.tokens.weight, self.bias)
        return F.cross_entropy(logits, targets)


class Case:
    def __init__(self, request):
        self.tensors = read_tensors(request["file"])
        self.steps, self.heads = request["steps"], request["heads"]
        self.rate = request["learningRate"]
        self.batches = []
        while f"batch.{len(self.batches)}.ids" in self.tensors:
            place = f"batch.{len(self.batches)}"
            self.batches.append(
                [self.tensors[f"{place}.{each}"].long() for each in ("ids", "positions", "targets")]
            )
        self.restart()

    def branches(self):
        """Per layer, the attention inputs that have weights, in the order of the weights."""
        depth = len(self.steps[0][0]["layers"])
        return [
            [each for each in "QKVP" if f"layer.{i}.attention.{each.lower()}.weight" in self.tensors]
            for i in range(depth)
        ]

    def restart(self):
        self.model = Model(self.tensors, self.heads, self.branches())
        self.forward = self.model
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.Adam(
            self.parameters, lr=self.rate, betas=BETAS, eps=EPSILON, fused=True
        )
        self.done = 0

    def step(self, one_clock=False):
        architectures = self.steps[self.done % len(self.steps)]
        batch = self.batches[self.done % len(self.batches)]
        self.done += 1
        self.optimizer.zero_grad(set_to_none=True)
        if len(architectures) == 1:
            loss = self.forward(*batch, architectures[0]["layers"])
            loss.backward()
            nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimizer.step()
            return loss.item()
        total = 0.0
        for architecture in architectures:
            loss = self.forward(*batch, architecture["layers"])
            self.add_gradients(loss)
            total += loss.item()
        if one_clock:
            self.set_clock()
        self.optimizer.step()
        return total / len(architectures)

    def set_clock(self):
        """Counts Adam's steps for all parameters alike, as our side does, to compare losses."""
        for parameter in self.parameters:
            if parameter.grad is None:
                continue
            state = self.optimizer.state[parameter]
            if not state:
                state["exp_avg"] = torch.zeros_like(parameter)
                state["exp_avg_sq"] = torch.zeros_like(parameter)
            state["step"] = torch.tensor(float(self.done - 1))

    def add_gradients(self, loss):
        """Each sub-network's gradient is clipped by itself before the sum."""
        found = torch.autograd.grad(loss, self.parameters, allow_unused=True)
        used = [(p, g) for p, g in zip(self.parameters, found) if g is not None]
        length = torch.linalg.vector_norm(torch.stack(torch._foreach_norm([g for _, g in used])))
        factor = min(1.0, 1.0 / length.item())
        for parameter, gradient in used:
            gradient.mul_(factor)
            if parameter.grad is None:
                parameter.grad = gradient
            else:
                parameter.grad.add_(gradient)


case = None


def answer(request):
    global case, light_convolution
    ask = request["ask"]
    if ask == "prepare":
        case = Case(request)
        return None
    if ask == "losses":
        case.restart()
        return [case.step(one_clock=True) for _ in range(request["count"])]
    if ask == "choose":
        times = {}
        for way in (by_band, by_convolution):
            light_convolution = way
            times[way.__name__] = run(request["count"])
        light_convolution = globals()[min(times, key=times.get)]
        return light_convolution.__name__
    if ask == "compile":
        case.forward = torch.compile(case.model)
        return run(request["count"])
    if ask == "run":
        return run(request["count"])
    if ask == "peak":
        return peak()
    if ask == "memory":
        return {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    raise ValueError(ask)


def run(count):
    start = time.perf_counter()
    for _ in range(count):
        case.step()
    return time.perf_counter() - start


def peak(n=1024, times=10):
    """GFLOP/s of a large matrix product: what the machine can do."""
    a, b = torch.randn(n, n), torch.randn(n, n)
    speeds = []
    for _ in range(6):
        start = time.perf_counter()
        for _ in range(times):
            a @ b
        speeds.append(2 * n**3 * times / (time.perf_counter() - start) / 1e9)
    return max(speeds)


print(json.dumps({"answer": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"}))
sys.stdout.flush()
for line in sys.stdin:
    try:
        reply = {"answer": answer(json.loads(line))}
    except Exception as error:  # told to the other side, which ends the bench
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply))
    sys.stdout.flush()
