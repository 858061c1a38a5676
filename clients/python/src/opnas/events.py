"""The events of a run as an iterator that survives disconnects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator

import gql
from gql.transport.exceptions import TransportError, TransportQueryError
from websockets.exceptions import WebSocketException

from opnas.background import background_loop
from opnas.connection import Connection
from opnas.errors import ApiUnreachable, OpnasError, error_of
from opnas.models import EVENT_FIELDS, Event, Run

_QUERY = f"""subscription ($runId: ID!, $after: Int!) {{
  searchEvents(runId: $runId, after: $after) {{ {EVENT_FIELDS} }}
}}"""

_LONGEST_PAUSE = 5.0


class Events:
    """Events of a run, each once and in order, also over lost connections.

    Iterate with for or with async for; each iteration begins anew. A lost connection is opened
    again, and the API is then asked for the events after the last one that came.
    """

    def __init__(
        self,
        connection: Connection,
        read_run: Callable[[str], Run],
        run_id: str,
        after: int,
        follow: bool,
        patience: float,
    ) -> None:
        """Keep what the iterations need; nothing is opened yet."""
        self._connection = connection
        self._read_run = read_run
        self._run_id = run_id
        self._after = after
        self._follow = follow
        self._patience = patience

    def __iter__(self) -> Iterator[Event]:
        """Iterate from a thread that has no event loop, or has one, as a notebook's."""
        with background_loop() as run:
            stream = self.__aiter__()

            async def step() -> Event | None:
                return await anext(stream, None)

            while (event := run(step())) is not None:
                yield event

    async def __aiter__(self) -> AsyncGenerator[Event, None]:
        """Iterate within an event loop."""
        last = self._after
        if not self._follow and await self._is_complete(last):
            return
        silent_since: float | None = None
        pause = 0.1
        end: int | None = None
        while True:
            try:
                async for event in self._connected(last):
                    silent_since = None
                    pause = 0.1
                    last = event.seq
                    yield event
                    if self._follow:
                        continue
                    if event.kind.startswith("run.") or (end is not None and last >= end):
                        run = await asyncio.to_thread(self._read_run, self._run_id)
                        end = run.last_seq if run.is_over else None
                        if end is not None and last >= end:
                            return
            except OpnasError as error:
                if error.kind != "retryable":
                    raise
                silent_since = silent_since or time.monotonic()
                if time.monotonic() - silent_since > self._patience:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _is_complete(self, last: int) -> bool:
        run = await asyncio.to_thread(self._read_run, self._run_id)
        return run.is_over and run.last_seq <= last

    async def _connected(self, after: int) -> AsyncGenerator[Event, None]:
        """Yield the events of one connection until it ends. Raises OpnasError."""
        variables = {"runId": self._run_id, "after": after}
        request = gql.GraphQLRequest(_QUERY, variable_values=variables)
        client = gql.Client(transport=self._connection.socket(), execute_timeout=None)
        try:
            async with client as session:
                async for data in session.subscribe(request):
                    yield Event.read(data["searchEvents"])
        except TransportQueryError as error:
            raise error_of(error.errors) from error
        except (TransportError, WebSocketException, OSError, asyncio.TimeoutError) as error:
            raise ApiUnreachable(self._connection.url, error) from error
