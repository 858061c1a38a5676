"""The live platform that test/integration/python.test.ts starts: an API and a worker."""

import os
from dataclasses import dataclass

import httpx
import pytest

from opnas import Client, Run

SMALLEST = {
    "population": 2,
    "generations": 1,
    "parents": 1,
    "childrenPerParent": 1,
    "references": False,
    "superNet": {"steps": 20},
}
"""Settings of a search of three candidates."""


@pytest.fixture(scope="session")
def url() -> str:
    return os.environ["OPNAS_TEST_API"]


@pytest.fixture(scope="session")
def client(url: str) -> Client:
    return Client(url)


class Network:
    """A proxy before the API that swallows all while it is cut."""

    def __init__(self, url: str, control: str) -> None:
        self.url = url
        self._control = control

    def cut(self) -> None:
        httpx.post(f"{self._control}/cut").raise_for_status()

    def mend(self) -> None:
        httpx.post(f"{self._control}/mend").raise_for_status()


@pytest.fixture(scope="session")
def network() -> Network:
    return Network(os.environ["OPNAS_TEST_PROXIED"], os.environ["OPNAS_TEST_CONTROL"])


@dataclass(frozen=True)
class Followed:
    """A search that a worker has brought to its end, and the events that a loop over them gave."""

    run: Run
    seqs: list[int]


@pytest.fixture(scope="session")
def followed(client: Client, network: Network) -> Followed:
    """A search whose network swallows all from the third event until the search is over."""
    far = Client(network.url, heartbeat=0.5, timeout=2)
    run = client.start_search("smoke", seed=5, name="=1+1", settings=SMALLEST)
    seqs: list[int] = []
    for event in far.events(run.id):
        seqs.append(event.seq)
        if len(seqs) == 3:
            network.cut()
            client.wait(run.id, timeout=300)
            network.mend()
    return Followed(client.run(run.id), seqs)


@pytest.fixture(scope="session")
def finished(followed: Followed) -> Run:
    """A search that is over."""
    return followed.run
