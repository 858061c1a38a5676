"""The way to one API: its addresses, its token, and single requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gql
import httpx
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.httpx import HTTPXTransport
from gql.transport.websockets import WebsocketsTransport

from opnas.errors import ApiUnreachable, error_of


@dataclass(frozen=True)
class Connection:
    """An API's address without /graphql, and how to ask it."""

    url: str
    token: str | None
    timeout: float
    """Seconds that an answer may take."""
    heartbeat: float
    """Seconds between two signs of life on a subscription, and that each may take."""

    @staticmethod
    def to(url: str, token: str | None, timeout: float, heartbeat: float) -> Connection:
        """Take the address of the API with or without /graphql."""
        base = url.rstrip("/").removesuffix("/graphql")
        if not base.startswith(("http://", "https://")):
            raise ValueError(f"{url} is not an address such as http://127.0.0.1:4000.")
        return Connection(base, token, timeout, heartbeat)

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    def ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of one operation, on a connection of its own: threads may share this.

        Raises OpnasError with the API's code.
        """
        request = gql.GraphQLRequest(query, variable_values=dict(variables))
        address = f"{self.url}/graphql"
        transport = HTTPXTransport(url=address, headers=self.headers, timeout=self.timeout)
        try:
            with gql.Client(transport=transport, execute_timeout=None) as session:
                data: dict[str, Any] = session.execute(request)
                return data
        except TransportQueryError as error:
            raise error_of(error.errors) from error
        except (TransportError, httpx.HTTPError, OSError) as error:
            raise ApiUnreachable(address, error) from error

    def socket(self) -> WebsocketsTransport:
        """Return a transport for subscriptions; it notices a peer that has gone silent."""
        return WebsocketsTransport(
            url=f"ws{self.url.removeprefix('http')}/graphql",
            headers=self.headers,
            init_payload=self.headers,
            connect_timeout=self.timeout,
            ack_timeout=self.timeout,
            close_timeout=1,
            ping_interval=self.heartbeat,
            pong_timeout=self.heartbeat,
        )
