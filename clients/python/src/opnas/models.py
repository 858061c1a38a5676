"""Records of the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

RUN_FIELDS = """
  id name status phase preset strategy seed engine settings failures lastSeq
  createdAt startedAt finishedAt waitingReason
  error { code message }
  progress { done total etaSeconds }
  bestArchitecture { id name score }
"""
EVENT_FIELDS = "runId seq kind time payload"

_OVER = frozenset({"DONE", "FAILED", "CANCELLED"})


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))


def known_time(text: str) -> datetime:
    """Read a time as the API writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@dataclass(frozen=True)
class Run:
    """A search in the state that it had when it was read."""

    id: str
    name: str
    status: str
    """QUEUED, RUNNING, PAUSED, DONE, FAILED or CANCELLED."""
    phase: str
    preset: str
    strategy: str
    seed: int
    engine: str | None
    settings: Mapping[str, Any]
    failures: int
    last_seq: int
    """Number of its newest event."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    """Sentence of the error that it failed with."""
    done: int
    total: int
    eta_seconds: float | None
    best_id: str | None
    best_score: float | None

    @property
    def is_over(self) -> bool:
        """True once it is done, failed or cancelled."""
        return self.status in _OVER

    @staticmethod
    def read(data: Mapping[str, Any]) -> Run:
        """Make a run from the fields RUN_FIELDS."""
        best = data["bestArchitecture"] or {}
        error = data["error"]
        return Run(
            id=data["id"],
            name=data["name"],
            status=data["status"],
            phase=data["phase"],
            preset=data["preset"],
            strategy=data["strategy"],
            seed=data["seed"],
            engine=data["engine"],
            settings=data["settings"],
            failures=data["failures"],
            last_seq=data["lastSeq"],
            created_at=known_time(data["createdAt"]),
            started_at=_time(data["startedAt"]),
            finished_at=_time(data["finishedAt"]),
            error=None if error is None else error["message"],
            done=data["progress"]["done"],
            total=data["progress"]["total"],
            eta_seconds=data["progress"]["etaSeconds"],
            best_id=best.get("id"),
            best_score=best.get("score"),
        )


@dataclass(frozen=True)
class Event:
    """A stored event of a run."""

    run_id: str
    seq: int
    """Number within the run: 1, 2, 3 … without gaps."""
    kind: str
    """Such as candidate.evaluated; a newer platform may have other kinds."""
    time: datetime
    payload: Mapping[str, Any]
    """Data, whose fields depend on the kind."""

    @staticmethod
    def read(data: Mapping[str, Any]) -> Event:
        """Make an event from the fields EVENT_FIELDS."""
        return Event(
            run_id=data["runId"],
            seq=data["seq"],
            kind=data["kind"],
            time=known_time(data["time"]),
            payload=data["payload"],
        )
