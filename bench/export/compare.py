"""Compares exported models with the platform's own numbers; started by export.ts.

A question with "folder" names a model in Hugging Face's form with expected.safetensors: ids, mask,
hidden states, masked-word logits, and the gradients of a loss. The answer is how far the model is off.
A question with "files" asks what pyflakes and mypy say to Python files.
"""

import contextlib
import copy
import json
import subprocess
import sys
import traceback
import warnings
from typing import Any, Dict, List, Optional, Tuple

import torch
import transformers
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM
from transformers.utils import logging

warnings.filterwarnings("ignore", category=FutureWarning)
logging.set_verbosity_error()
logging.disable_progress_bar()
torch.set_num_threads(1)


def compare(folder: str) -> Dict[str, Any]:
    expected = load_file(f"{folder}/expected.safetensors")
    model, loading = AutoModelForMaskedLM.from_pretrained(
        folder, trust_remote_code=True, output_loading_info=True
    )
    unexpected = [*loading["missing_keys"], *loading["unexpected_keys"]]
    model.eval()
    ids, mask = expected["ids"].long(), expected["mask"].long()
    real = mask.bool()
    output = model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    hidden = output.hidden_states[-1]
    # The loss weighs logits of real tokens by made numbers.
    (output.logits * expected["weights"] * real[:, :, None]).sum().backward()
    gradients = {name: value.grad for name, value in model.named_parameters()}
    double, double_gradients = in_double(model, expected)
    features = {
        "exact": largest(hidden[real], double[real]),
        "sensitive": sensitivity(model, ids, mask, hidden),
        "checkpointed": checkpointed(model, expected, gradients),
        "bfloat16": halves(model, ids, mask, hidden, torch.bfloat16),
        "float16": halves(model, ids, mask, hidden, torch.float16),
    }
    known = {name[9:]: value for name, value in expected.items() if name.startswith("gradient.")}
    whole = torch.cat([value.flatten() for value in known.values()]).norm().item()
    theirs = [relative(gradients[name], double_gradients[name], whole) for name in known]
    ours = [relative(value, double_gradients[name], whole) for name, value in known.items()]
    return {
        "exactGradient": max(theirs),
        "ownGradient": max(ours),
        "unexpected": unexpected,
        **features,
        "hidden": largest(hidden[real], expected["hidden"][real]),
        "logits": largest(output.logits[real], expected["logits"][real]),
        "alone": alone(model, ids, mask, hidden),
        "gradient": max(relative(gradients[name], value, whole) for name, value in known.items()),
    }


def alone(model: Any, ids: torch.Tensor, mask: torch.Tensor, hidden: torch.Tensor) -> float:
    """The largest difference between a sentence in the padded batch and by itself."""
    differences = []
    with torch.no_grad():
        for row, length in enumerate(mask.sum(1).tolist()):
            states = model.opnas(input_ids=ids[row : row + 1, :length]).last_hidden_state[0]
            differences.append(largest(states, hidden[row, :length]))
    return max(differences)


def in_double(model: Any, expected: Dict[str, torch.Tensor]) -> Tuple[torch.Tensor, Dict[str, Any]]:
    """Hidden states and gradients in double precision."""
    exact = copy.deepcopy(model).double()
    exact.zero_grad()
    ids, mask = expected["ids"].long(), expected["mask"].long()
    output = exact(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    weights = expected["weights"].double()
    (output.logits * weights * mask[:, :, None]).sum().backward()
    return output.hidden_states[-1], {name: each.grad for name, each in exact.named_parameters()}


def sensitivity(model: Any, ids: torch.Tensor, mask: torch.Tensor, hidden: torch.Tensor) -> float:
    """How far hidden states move when each weight moves by a unit in its last place.

    A program that adds in another order differs by about that much, in whatever precision it is right.
    """
    moved = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for value in moved.parameters():
            signs = torch.randint(0, 2, value.shape, generator=generator) * 2 - 1
            value.mul_(1 + signs * 2.0**-23)
        states = moved.opnas(input_ids=ids, attention_mask=mask).last_hidden_state
    return largest(states[mask.bool()], hidden[mask.bool()])


def checkpointed(model: Any, expected: Dict[str, torch.Tensor], gradients: Dict[str, Any]) -> float:
    """The largest difference of a gradient with gradient checkpointing from that without."""
    again = copy.deepcopy(model)
    again.zero_grad()
    again.gradient_checkpointing_enable()
    again.train()
    output = again(input_ids=expected["ids"].long(), attention_mask=expected["mask"].long())
    (output.logits * expected["weights"] * expected["mask"][:, :, None]).sum().backward()
    pairs = [(value.grad, gradients[name]) for name, value in again.named_parameters()]
    return max(largest(a, b) for a, b in pairs if a is not None and b is not None)


def halves(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, hidden: torch.Tensor, dtype: torch.dtype
) -> Optional[float]:
    """The mean difference of hidden states in half precision, padding left out.

    bfloat16 has three digits, float16 four but none above 65504: None where that was passed.
    oneDNN is left out: on a processor with AVX512-FP16 that of PyTorch 2.15 never ends compiling a float16
    convolution of 16 channels with a kernel of 15 or more.
    """
    with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False):
        half = copy.deepcopy(model).to(dtype).opnas(input_ids=ids, attention_mask=mask)
    states = half.last_hidden_state[mask.bool()]
    if states.dtype != dtype:
        raise TypeError(f"hidden states of a model in {dtype} are {states.dtype}")
    if not states.isfinite().all():
        return None
    return (states.float() - hidden[mask.bool()]).abs().mean().item()


def check(files: List[str], cache: str) -> Dict[str, str]:
    """What pyflakes and mypy say to files; empty where they find nothing."""

    def said(*command: str) -> str:
        run = subprocess.run([sys.executable, "-m", *command, *files], capture_output=True, text=True)
        return "" if run.returncode == 0 else (run.stdout + run.stderr)[-4000:]

    return {"pyflakes": said("pyflakes"), "mypy": said("mypy", "--cache-dir", cache)}


def answer(question: Dict[str, Any]) -> Dict[str, Any]:
    if "files" in question:
        return check(question["files"], question["cache"])
    return compare(question["folder"])


def largest(found: torch.Tensor, expected: torch.Tensor) -> float:
    return (found - expected).abs().max().item()


def relative(found: Any, expected: torch.Tensor, whole: float) -> float:
    """The difference of a tensor's gradients as a share of their length.

    A bias that shifts all rows alike has none but rounding errors, so that a gradient counts as at
    least a thousandth of the whole one's length.
    """
    difference = expected if found is None else found - expected
    return difference.norm().item() / max(expected.norm().item(), whole / 1000)


def say(message: Dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


say({"answer": f"PyTorch {torch.__version__}, transformers {transformers.__version__}"})
for line in sys.stdin:
    try:
        # Warnings of libraries do not get among the answers.
        with contextlib.redirect_stdout(sys.stderr):
            result = answer(json.loads(line))
        say({"answer": result})
    except Exception:
        say({"error": traceback.format_exc(limit=4)})
