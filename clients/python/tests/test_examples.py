import json
import re
from pathlib import Path
from typing import Any

import pytest

from opnas import Run

folder = Path(__file__).parent.parent


def test_the_readmes_example_has_ten_lines_and_works(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    example, _ = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(example.splitlines()) == 10
    exec(example.replace("http://127.0.0.1:4000", url), {})
    printed = capsys.readouterr().out
    assert re.search(r"^\d+ [\d.]+$", printed, re.MULTILINE)
    assert "DONE" in printed
    assert "params" in printed


def test_the_readmes_example_of_an_evaluator_works(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    _, example = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(example.replace("http://127.0.0.1:4000", url), {})
    assert 0 < float(capsys.readouterr().out) <= 100


def test_the_notebooks_cells_work(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: Run
) -> None:
    monkeypatch.setenv("OPNAS_URL", url)
    monkeypatch.chdir(tmp_path)
    notebook = json.loads((folder / "examples/leaderboard.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert finished.id in set(names["frame"]["runId"])
    assert len(names["scored"]) > 0
    assert (tmp_path / "leaderboard.parquet").exists()
