"""Candidates of a search that a program of one's own scores: ask for them, tell their scores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from opnas.connection import Connection
from opnas.errors import OpnasError
from opnas.models import known_time

_ASK = """mutation ($runId: ID!, $count: Int!, $leaseSeconds: Int!) {
  proposeCandidates(runId: $runId, count: $count, leaseSeconds: $leaseSeconds) {
    candidates { attempt expiresAt architecture { id name key params flops json } }
    run { status }
  }
}"""
_TELL = """mutation ($id: ID!, $report: ScoreReport!) {
  reportScore(candidateId: $id, report: $report) { runId }
}"""

_OVER = frozenset({"DONE", "FAILED", "CANCELLED"})
_PASSING = frozenset(
    {
        "API_UNREACHABLE",
        "DATABASE_UNREACHABLE",
        "DATABASE_BUSY",
        "SERVER_BUSY",
        "RATE_LIMITED",
    }
)
"""Errors after which the same request may well work; others say something about the candidate."""

_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0

T = TypeVar("T")


@dataclass(frozen=True)
class Candidate:
    """A candidate that was handed out to be scored."""

    id: str
    run_id: str
    name: str
    key: str
    """Hash of its canonical form: equal architectures have the same one."""
    params: float
    flops: float
    """Floating point operations of one forward pass over one sequence."""
    json: Mapping[str, Any]
    """The architecture itself: what to build and train."""
    attempt: int
    """Number of this hand-over."""
    expires_at: datetime
    """Time at which it may be handed to another evaluator."""

    @staticmethod
    def read(run_id: str, data: Mapping[str, Any]) -> Candidate:
        """Make a candidate from an element of proposeCandidates."""
        architecture = data["architecture"]
        return Candidate(
            id=architecture["id"],
            run_id=run_id,
            name=architecture["name"],
            key=architecture["key"],
            params=architecture["params"],
            flops=architecture["flops"],
            json=architecture["json"],
            attempt=data["attempt"],
            expires_at=known_time(data["expiresAt"]),
        )


class Candidates:
    """The candidates of a run as they come, until the run is over.

    Iterate with for or with async for. While there is nothing to score, because others have all
    candidates, the next generation is being proposed or the run is paused, the loop waits.
    """

    def __init__(
        self, connection: Connection, run_id: str, batch: int, lease: float, patience: float
    ) -> None:
        """Keep what the iterations need; nothing is asked for yet."""
        self._connection = connection
        self._run_id = run_id
        self._batch = batch
        self._lease = lease
        self._patience = patience

    def __iter__(self) -> Iterator[Candidate]:
        """Iterate, sleeping while there is nothing to score."""
        for turn in self._turns():
            if isinstance(turn, Candidate):
                yield turn
            else:
                time.sleep(turn)

    async def __aiter__(self) -> AsyncGenerator[Candidate, None]:
        """Iterate within an event loop, whose other work goes on."""
        turns = self._turns()
        while (turn := await asyncio.to_thread(next, turns, None)) is not None:
            if isinstance(turn, Candidate):
                yield turn
            else:
                await asyncio.sleep(turn)

    def _turns(self) -> Iterator[Candidate | float]:
        """Yield each candidate, or the seconds to wait before it goes on."""
        pause = _SHORTEST_PAUSE
        patience = Patience(self._patience)
        variables = {
            "runId": self._run_id,
            "count": self._batch,
            "leaseSeconds": max(1, round(self._lease)),
        }
        while True:
            found: list[Mapping[str, Any]] = []
            try:
                answer = self._connection.ask(_ASK, variables)["proposeCandidates"]
            except OpnasError as error:
                patience.spend(error)
            else:
                patience.renew()
                found = answer["candidates"]
                if not found and answer["run"]["status"] in _OVER:
                    return
            for each in found:
                pause = _SHORTEST_PAUSE
                yield Candidate.read(self._run_id, each)
            if not found:
                yield pause
                pause = min(2 * pause, _LONGEST_PAUSE)


class Patience:
    """The time for which an API that does not answer is asked again."""

    def __init__(self, seconds: float) -> None:
        """Take the seconds from the first failure in a row to the last."""
        self._seconds = seconds
        self._since: float | None = None

    def renew(self) -> None:
        """Forget failures after an answer."""
        self._since = None

    def spend(self, error: OpnasError) -> None:
        """Raise the error if it will not pass by itself, or has lasted for too long."""
        if error.code not in _PASSING:
            raise error
        self._since = self._since or time.monotonic()
        if time.monotonic() - self._since > self._seconds:
            raise error


def report(
    connection: Connection, candidate: Candidate, result: Mapping[str, Any], patience: float
) -> None:
    """Report a candidate's score or failure, again and again while the API does not answer."""
    given = {name: value for name, value in result.items() if value is not None}
    variables = {"id": candidate.id, "report": {**given, "attempt": candidate.attempt}}
    _until_answered(lambda: connection.ask(_TELL, variables), Patience(patience))


def _until_answered(work: Callable[[], T], patience: Patience) -> T:
    pause = _SHORTEST_PAUSE
    while True:
        try:
            return work()
        except OpnasError as error:
            patience.spend(error)
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
