from pathlib import Path

import pandas
import pyarrow.parquet
import pytest

from opnas import LEADERBOARD_COLUMNS, ApiUnreachable, Client, OpnasError, Run


def test_a_search_is_started_once_paused_resumed_and_cancelled(client: Client) -> None:
    settings = {"superNet": {"steps": 50_000}}
    first = client.start_search(
        "smoke", seed=9, name="paused", settings=settings, idempotency_key="only once"
    )
    again = client.start_search(
        "smoke", seed=9, name="paused", settings=settings, idempotency_key="only once"
    )
    assert again.id == first.id
    assert first.settings["superNet"]["steps"] == 50_000
    assert client.pause(first.id).status == "PAUSED"
    with pytest.raises(TimeoutError, match="PAUSED"):
        client.wait(first.id, timeout=0.3)
    assert client.resume(first.id).status in {"QUEUED", "RUNNING"}
    assert client.cancel(first.id).is_over
    assert client.wait(first.id).status == "CANCELLED"
    with pytest.raises(OpnasError) as caught:
        client.pause(first.id)
    assert caught.value.code == "WRONG_STATE"


def test_runs_are_listed_page_by_page(client: Client, finished: Run) -> None:
    assert finished.id in [run.id for run in client.runs(filter={"status": ["DONE"]})]
    assert list(client.runs(filter={"search": "no such name"})) == []


def test_errors_have_the_code_and_the_field_of_the_api(client: Client) -> None:
    with pytest.raises(OpnasError, match="huge") as caught:
        client.start_search("huge")
    assert (caught.value.code, caught.value.kind) == ("BAD_INPUT", "user")
    assert caught.value.path == "input.preset"
    with pytest.raises(OpnasError, match=r"\[NOT_FOUND\]"):
        client.run("00000000-0000-4000-8000-000000000000")
    with pytest.raises(ApiUnreachable, match=r"127\.0\.0\.1:9"):
        list(Client("http://127.0.0.1:9").runs())
    with pytest.raises(ValueError, match="not an address"):
        Client("127.0.0.1:4000")


def test_the_leaderboard_is_a_frame(client: Client, finished: Run) -> None:
    frame = client.leaderboard(filter={"runId": finished.id})
    assert tuple(frame.columns) == LEADERBOARD_COLUMNS
    candidates = frame[frame["reference"].isna()]
    assert candidates["score"].is_monotonic_decreasing
    assert candidates["score"].iloc[0] == finished.best_score
    assert candidates["id"].iloc[0] == finished.best_id
    assert set(frame["runName"]) == {"=1+1"}
    assert frame["createdAt"].dt.tz is not None
    empty = client.leaderboard(filter={"preset": "none"})
    assert (tuple(empty.columns), len(empty)) == (LEADERBOARD_COLUMNS, 0)


def test_every_format_reads_back_the_same(client: Client, finished: Run, tmp_path: Path) -> None:
    def export(name: str) -> Path:
        return client.export("leaderboard", tmp_path / name, filter={"runId": finished.id})

    frame = client.leaderboard(filter={"runId": finished.id})
    lines = pandas.read_json(export("all.jsonl"), lines=True)
    sheet = pandas.read_csv(export("all.csv"))
    table = pyarrow.parquet.read_table(export("all.parquet"))
    parquet = table.to_pandas()
    for read in (lines, sheet, parquet):
        assert list(read["id"]) == list(frame["id"])
        assert list(read["score"]) == list(frame["score"])
    assert set(parquet["runName"]) == {"=1+1"}
    assert set(sheet["runName"]) == {"'=1+1"}
    assert str(table.schema.field("createdAt").type) == "timestamp[ms, tz=UTC]"
    assert list(parquet["createdAt"]) == list(frame["createdAt"])


def test_a_runs_tables_are_exported_and_read_row_by_row(client: Client, finished: Run) -> None:
    seqs = [row["seq"] for row in client.rows(f"runs/{finished.id}/events", after=2, limit=3)]
    assert seqs == [3, 4, 5]
    candidates = list(client.rows(f"runs/{finished.id}/candidates"))
    assert [row["runId"] for row in candidates] == [finished.id] * len(candidates)


def test_a_download_that_fails_leaves_no_file(client: Client, tmp_path: Path) -> None:
    with pytest.raises(OpnasError) as caught:
        client.export("leaderboard", tmp_path / "bad.csv", filter={"stable": True})
    assert caught.value.code == "BAD_INPUT"
    with pytest.raises(OpnasError, match="format xlsx"):
        client.export("leaderboard", tmp_path / "bad.xlsx")
    assert list(tmp_path.iterdir()) == []
