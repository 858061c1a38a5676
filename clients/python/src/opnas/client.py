"""The client of one platform."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opnas.connection import Connection
from opnas.errors import OpnasError
from opnas.evaluation import Candidate, Candidates, report
from opnas.events import Events
from opnas.exports import download, rows
from opnas.models import RUN_FIELDS, Run

if TYPE_CHECKING:
    import pandas

LEADERBOARD_COLUMNS = (
    "id",
    "name",
    "key",
    "runId",
    "runName",
    "preset",
    "strategy",
    "score",
    "stability",
    "params",
    "flops",
    "stepSeconds",
    "stepRatio",
    "heldOutLoss",
    "heldOutAccuracy",
    "reference",
    "parentId",
    "mutation",
    "failureCode",
    "failureReason",
    "engine",
    "createdAt",
    "taskScores",
    "timings",
    "json",
    "generation",
    "indexInGeneration",
)
"""Columns of a leaderboard; a newer platform may have more."""

_PAGE = 100


class Client:
    """A client of one platform's API. Threads may share it; it holds no connection open."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:4000",
        token: str | None = None,
        *,
        timeout: float = 30.0,
        heartbeat: float = 10.0,
    ) -> None:
        """Take the API's address and, where the platform has accounts, a token.

        timeout: seconds that an answer may take; heartbeat: seconds after which a silent
        subscription is taken for lost.
        """
        self._connection = Connection.to(url, token, timeout, heartbeat)

    def start_search(
        self,
        preset: str,
        *,
        seed: int | None = None,
        name: str | None = None,
        strategy: str | None = None,
        settings: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Start a search from a preset, with settings that differ from the preset's.

        Raises OpnasError BAD_INPUT with the field at fault in its path. Repeating the call with the
        same idempotency_key returns the run of the first.
        """
        given = {
            "preset": preset,
            "seed": seed,
            "name": name,
            "strategy": strategy,
            "settings": settings,
            "idempotencyKey": idempotency_key or str(uuid.uuid4()),
        }
        return self._run("startSearch", {"input": ("StartSearchInput!", given)})

    def run(self, run_id: str) -> Run:
        """Return a run. Raises OpnasError NOT_FOUND."""
        query = f"query ($id: ID!) {{ searchRun(id: $id) {{ {RUN_FIELDS} }} }}"
        found = self._connection.ask(query, {"id": run_id})["searchRun"]
        if found is None:
            raise OpnasError("NOT_FOUND", f"There is no run {run_id}.", "user")
        return Run.read(found)

    def runs(self, *, filter: Mapping[str, Any] | None = None) -> Iterator[Run]:
        """Yield runs, the newest first; filter is a RunFilter of the API."""
        query = f"""query ($filter: RunFilter, $after: String) {{
          searchRuns(first: {_PAGE}, filter: $filter, after: $after) {{
            edges {{ node {{ {RUN_FIELDS} }} }} pageInfo {{ hasNextPage endCursor }}
          }}
        }}"""
        after: str | None = None
        more = True
        while more:
            page = self._connection.ask(query, {"filter": filter, "after": after})["searchRuns"]
            yield from (Run.read(edge["node"]) for edge in page["edges"])
            more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]

    def pause(self, run_id: str) -> Run:
        """Pause a search. Raises OpnasError WRONG_STATE where that cannot be."""
        return self._run("pauseSearch", {"id": ("ID!", run_id)})

    def resume(self, run_id: str) -> Run:
        """Resume a paused, failed or cancelled search."""
        return self._run("resumeSearch", {"id": ("ID!", run_id)})

    def cancel(self, run_id: str) -> Run:
        """Cancel a search. What is done is kept."""
        return self._run("cancelSearch", {"id": ("ID!", run_id)})

    def events(
        self, run_id: str, *, after: int = 0, follow: bool = False, patience: float = 120.0
    ) -> Events:
        """Return the events of a run with a seq above after, for a for or async for loop.

        The loop ends once the run is over and its last event came; with follow it waits for more.
        Lost connections are opened again without gap or double; the loop raises ApiUnreachable when
        the API has not answered for patience seconds.
        """
        return Events(self._connection, self.run, run_id, after, follow, patience)

    def wait(self, run_id: str, *, timeout: float | None = None) -> Run:
        """Wait until a run is over and return it. Raises TimeoutError after timeout seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = 0.2
        while not (run := self.run(run_id)).is_over:
            if deadline is not None and time.monotonic() + pause > deadline:
                raise TimeoutError(f"The run {run_id} is {run.status} after {timeout} s.")
            time.sleep(pause)
            pause = min(2 * pause, 5.0)
        return run

    def ask(
        self, run_id: str, *, batch: int = 1, lease: float = 3600.0, patience: float = 120.0
    ) -> Candidates:
        """Return the candidates of a run to score, for a for or async for loop.

        The run needs the setting evaluator = "external". Any number of programs may ask: each
        candidate is handed to one of them, and to another after lease seconds without a score, so
        lease should be longer than an evaluation of batch candidates takes. The loop ends once the
        run is over; it raises ApiUnreachable when the API has not answered for patience seconds.
        """
        return Candidates(self._connection, run_id, batch, lease, patience)

    def tell(
        self,
        candidate: Candidate,
        score: float,
        *,
        stability: str | None = None,
        step_seconds: float | None = None,
        step_ratio: float | None = None,
        seconds: float | None = None,
        patience: float = 120.0,
    ) -> None:
        """Report a candidate's score, 0 to 100; more is better.

        stability: STABLE, NO_LEARNING or DIVERGED; step_seconds: the median of a training step;
        step_ratio: that as a multiple of vanilla BERT's on the same machine, by which architectures
        are ordered; seconds: what the evaluation took. It is told again while the API does not
        answer, for patience seconds, and counts once. Raises OpnasError ATTEMPT_REPLACED when
        another evaluator was handed the candidate meanwhile, and STOPPED while the run is paused or
        once it is over.
        """
        result = {
            "score": score,
            "stability": stability,
            "stepSeconds": step_seconds,
            "stepRatio": step_ratio,
            "seconds": seconds,
        }
        report(self._connection, candidate, result, patience)

    def tell_failure(self, candidate: Candidate, reason: str, *, patience: float = 120.0) -> None:
        """Report that a candidate cannot be scored; the search counts it as score 0."""
        report(self._connection, candidate, {"failure": reason}, patience)

    async def tell_async(
        self,
        candidate: Candidate,
        score: float,
        *,
        stability: str | None = None,
        step_seconds: float | None = None,
        step_ratio: float | None = None,
        seconds: float | None = None,
        patience: float = 120.0,
    ) -> None:
        """Report a score from within an event loop; the arguments are those of tell."""
        await asyncio.to_thread(
            self.tell,
            candidate,
            score,
            stability=stability,
            step_seconds=step_seconds,
            step_ratio=step_ratio,
            seconds=seconds,
            patience=patience,
        )

    def leaderboard(
        self, *, filter: Mapping[str, Any] | None = None, limit: int | None = 1000
    ) -> pandas.DataFrame:
        """Return the best architectures as a frame; filter is a LeaderboardFilter of the API.

        Needs pandas: pip install opnas[pandas].
        """
        import pandas

        found = list(self.rows("leaderboard", filter=filter, limit=limit))
        columns = None if found else LEADERBOARD_COLUMNS
        frame: pandas.DataFrame = pandas.DataFrame(found, columns=columns)
        frame["createdAt"] = pandas.to_datetime(frame["createdAt"], utc=True)
        return frame

    def rows(self, table: str, **parameters: object) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table; tables and parameters are those of export."""
        return rows(self._connection, table, parameters)

    def export(self, table: str, path: str | Path, **parameters: object) -> Path:
        """Download a table to a file, whose ending chooses the format: .csv, .jsonl or .parquet.

        table: leaderboard, runs, runs/ID/candidates or runs/ID/events. Parameters: filter, limit,
        after (docs/exports.md). The file appears only once it is whole.
        """
        return download(self._connection, table, Path(path), parameters)

    def _run(self, field: str, arguments: Mapping[str, tuple[str, Any]]) -> Run:
        """Call a mutation that returns a run, with arguments by name: their types and values."""
        types = ", ".join(f"${name}: {form}" for name, (form, _) in arguments.items())
        passed = ", ".join(f"{name}: ${name}" for name in arguments)
        query = f"mutation ({types}) {{ {field}({passed}) {{ {RUN_FIELDS} }} }}"
        variables = {name: value for name, (_, value) in arguments.items()}
        return Run.read(self._connection.ask(query, variables)[field])
