"""Compares exported ONNX models with the platform's own numbers; started by sides.ts.

Each question names a folder with model.onnx and expected.safetensors: ids, mask, hidden states and
masked-word logits. The model passes onnx.checker first. The answer is how far the model is off.
"""

import json
import sys
import traceback
from typing import Any, Dict, List

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.log_severity_level = 3


def compare(folder: str) -> Dict[str, Any]:
    path = f"{folder}/model.onnx"
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    expected = load_file(f"{folder}/expected.safetensors")
    ids, mask = expected["ids"].astype(np.int64), expected["mask"].astype(np.int64)
    real = mask == 1
    hidden, logits = run(session, ids, mask)
    alone = []
    for row, length in enumerate(mask.sum(1).tolist()):
        part = slice(row, row + 1), slice(0, length)
        states, _ = run(session, ids[part], mask[part])
        alone.append(largest(states[0], hidden[row, :length]))
    return {
        "hidden": largest(hidden[real], expected["hidden"][real]),
        "logits": largest(logits[real], expected["logits"][real]),
        "alone": max(alone),
    }


def run(session: onnxruntime.InferenceSession, ids: np.ndarray, mask: np.ndarray) -> List[Any]:
    """Returns hidden states and logits of token ids [b, n] with mask [b, n]."""
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    return session.run(["last_hidden_state", "logits"], feeds)


def largest(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(found - expected).max())


def say(message: Dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


say({"answer": f"ONNX {onnx.__version__}, onnxruntime {onnxruntime.__version__}"})
for line in sys.stdin:
    try:
        say({"answer": compare(json.loads(line)["folder"])})
    except Exception:
        say({"error": traceback.format_exc(limit=4)})
