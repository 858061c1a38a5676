import asyncio
import threading

import pytest

from opnas import ApiUnreachable, Client, OpnasError, Run
from tests.conftest import Followed, Network


def test_events_come_each_once_and_in_order(client: Client, finished: Run) -> None:
    events = list(client.events(finished.id))
    assert [event.seq for event in events] == list(range(1, finished.last_seq + 1))
    assert events[0].kind == "run.created"
    assert events[-1].kind == "run.finished"
    assert {event.run_id for event in events} == {finished.id}
    assert events[0].time <= events[-1].time


def test_events_begin_after_a_number_and_a_finished_run_has_none_after_its_last(
    client: Client, finished: Run
) -> None:
    last = finished.last_seq
    assert [event.seq for event in client.events(finished.id, after=last - 2)] == [last - 1, last]
    assert list(client.events(finished.id, after=last)) == []


def test_events_are_an_asynchronous_iterator_too(client: Client, finished: Run) -> None:
    async def read() -> list[int]:
        return [event.seq async for event in client.events(finished.id)]

    assert asyncio.run(read()) == list(range(1, finished.last_seq + 1))


def test_events_can_be_read_where_a_loop_runs_already_as_in_a_notebook(
    client: Client, finished: Run
) -> None:
    async def cell() -> int:
        return len(list(client.events(finished.id)))

    assert asyncio.run(cell()) == finished.last_seq


def test_a_loop_that_is_left_early_leaves_no_thread(client: Client, finished: Run) -> None:
    before = threading.active_count()
    for _event in client.events(finished.id, follow=True):
        break
    assert threading.active_count() == before


def test_events_survive_a_network_that_swallows_all(followed: Followed) -> None:
    assert followed.seqs == list(range(1, followed.run.last_seq + 1))


def test_an_api_that_stays_away_ends_the_loop(network: Network, finished: Run) -> None:
    far = Client(network.url, heartbeat=0.3, timeout=0.5)
    network.cut()
    try:
        with pytest.raises(ApiUnreachable, match="does the platform run"):
            list(far.events(finished.id, follow=True, patience=1))
    finally:
        network.mend()


def test_events_of_an_unknown_run_are_refused(client: Client) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(OpnasError, match="There is no run") as caught:
        list(client.events(unknown, follow=True))
    assert caught.value.code == "NOT_FOUND"
