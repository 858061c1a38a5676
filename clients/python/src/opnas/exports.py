"""Downloads of the API's tables."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from opnas.connection import Connection
from opnas.errors import ApiUnreachable, error_of


def download(connection: Connection, table: str, path: Path, parameters: Mapping[str, Any]) -> Path:
    """Write a table to a file beside the target and move it there once it is whole."""
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with (
            os.fdopen(handle, "wb") as file,
            _answer(connection, f"{table}.{path.suffix.removeprefix('.')}", parameters) as answer,
        ):
            for part in answer.iter_bytes():
                file.write(part)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
    return path


def rows(
    connection: Connection, table: str, parameters: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as they arrive."""
    with _answer(connection, f"{table}.jsonl", parameters) as answer:
        for line in answer.iter_lines():
            row: dict[str, Any] = json.loads(line)
            yield row


@contextmanager
def _answer(
    connection: Connection, name: str, parameters: Mapping[str, Any]
) -> Iterator[httpx.Response]:
    """Open a download. Raises OpnasError, also for one that breaks off."""
    url = f"{connection.url}/export/{quote(name)}"
    query = {key: _written(value) for key, value in parameters.items() if value is not None}
    headers = connection.headers
    try:
        with httpx.stream(
            "GET", url, params=query, headers=headers, timeout=connection.timeout
        ) as answer:
            if answer.status_code != httpx.codes.OK:
                answer.read()
                raise error_of(_errors(answer))
            yield answer
    except httpx.HTTPError as error:
        raise ApiUnreachable(url, error) from error


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _errors(answer: httpx.Response) -> list[Mapping[str, Any]]:
    try:
        body = answer.json()
    except ValueError:
        return [{"message": f"{answer.url} answers with status {answer.status_code}."}]
    found = body.get("errors") if isinstance(body, dict) else None
    return found if isinstance(found, list) else []
