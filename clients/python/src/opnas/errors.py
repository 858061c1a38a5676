"""Errors of the API as exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class OpnasError(Exception):
    """An error that the API told: a sentence with a code of a closed set."""

    def __init__(self, code: str, message: str, kind: str = "", path: str | None = None) -> None:
        """Keep the code, such as NOT_FOUND, and its kind: user, retryable, machine or fatal.

        path is the field of the request at fault, if there is one.
        """
        super().__init__(message)
        self.code = code
        self.message = message
        self.kind = kind
        self.path = path

    def __str__(self) -> str:
        """Return the sentence with its code."""
        return f"{self.message} [{self.code}]"


class ApiUnreachable(OpnasError):
    """The API does not answer at this address, or what answers is not the API."""

    def __init__(self, url: str, reason: object) -> None:
        """Name the address and the reason."""
        detail = str(reason) or type(reason).__name__
        message = f"The API at {url} cannot be reached ({detail}): does the platform run?"
        super().__init__("API_UNREACHABLE", message, "retryable")


def error_of(errors: Sequence[Mapping[str, Any]] | None) -> OpnasError:
    """Return the exception for the errors of an answer: that of the first."""
    first: Mapping[str, Any] = errors[0] if errors else {}
    extensions = first.get("extensions") or {}
    return OpnasError(
        str(extensions.get("code", "INTERNAL")),
        str(first.get("message", "The API answered with an error that has no sentence.")),
        str(extensions.get("kind", "")),
        extensions.get("path"),
    )
