import asyncio
import threading
import time

import pytest

from opnas import ApiUnreachable, Candidate, Client, OpnasError, Run
from tests.conftest import Network

EXTERNAL = {
    "evaluator": "external",
    "population": 3,
    "generations": 1,
    "parents": 1,
    "childrenPerParent": 2,
    "references": False,
}
"""Settings of a search of five candidates that nobody here trains."""


def begin(client: Client, seed: int) -> Run:
    return client.start_search("smoke", seed=seed, settings=EXTERNAL)


def test_a_loop_scores_every_candidate_once_and_ends_with_the_run(client: Client) -> None:
    run = begin(client, 21)
    seen: list[Candidate] = []
    for candidate in client.ask(run.id):
        assert candidate.json["layers"]
        assert candidate.run_id == run.id
        assert candidate.params > 0
        if len(seen) == 1:
            client.tell_failure(candidate, "out of memory")
        else:
            client.tell(candidate, 10.0 * len(seen), step_seconds=0.5, step_ratio=1.25, seconds=2.0)
        seen.append(candidate)
    assert len({candidate.id for candidate in seen}) == len(seen) == 5
    over = client.run(run.id)
    assert (over.status, over.best_score, over.failures) == ("DONE", 40.0, 1)
    frame = client.leaderboard(filter={"runId": run.id})
    assert list(frame["stepSeconds"].dropna()) == [0.5] * 4
    assert list(frame["stepRatio"].dropna()) == [1.25] * 4
    assert list(client.ask(run.id)) == []


def test_two_evaluators_in_event_loops_share_a_run(client: Client) -> None:
    run = begin(client, 22)
    seen: list[str] = []

    async def evaluator() -> None:
        async for candidate in client.ask(run.id, batch=2):
            await asyncio.sleep(0.02)
            await client.tell_async(candidate, 50.0, stability="STABLE")
            seen.append(candidate.id)

    async def both() -> None:
        await asyncio.gather(evaluator(), evaluator())

    asyncio.run(both())
    assert len(set(seen)) == len(seen) == 5
    assert client.run(run.id).status == "DONE"


def test_scores_and_questions_outlast_a_network_that_is_cut(
    client: Client, network: Network
) -> None:
    far = Client(network.url, timeout=0.5)
    run = begin(client, 23)
    told: list[str] = []
    for candidate in far.ask(run.id, lease=30):
        if len(told) in {1, 2}:
            network.cut()
            threading.Timer(1.5, network.mend).start()
        far.tell(candidate, 30.0)
        told.append(candidate.id)
        if len(told) == 4:
            # The next question is asked while nothing answers.
            network.cut()
            threading.Timer(1.5, network.mend).start()
    assert len(told) == 5
    assert client.run(run.id).status == "DONE"


def test_patience_ends_with_the_reason(client: Client) -> None:
    nowhere = Client("http://127.0.0.1:9")
    with pytest.raises(ApiUnreachable):
        next(iter(nowhere.ask("x", patience=0.2)))
    with pytest.raises(OpnasError) as caught:
        next(iter(client.ask("x")))
    assert caught.value.code == "NOT_FOUND"


def test_a_candidate_of_an_evaluator_that_vanished_goes_to_another(client: Client) -> None:
    run = begin(client, 24)
    lost = next(iter(client.ask(run.id, lease=1)))
    time.sleep(1.1)
    again = next(iter(client.ask(run.id)))
    assert (again.id, again.attempt) == (lost.id, lost.attempt + 1)
    with pytest.raises(OpnasError) as caught:
        client.tell(lost, 1.0)
    assert caught.value.code == "ATTEMPT_REPLACED"
    client.tell(again, 2.0)
    client.tell(again, 2.0)
    client.pause(run.id)
    with pytest.raises(OpnasError) as caught:
        client.tell(again, 3.0)
    assert caught.value.code == "WRONG_STATE"
    client.cancel(run.id)
