"""The server behind a desk: its page, what the page asks for, and what it sends. Something sent is answered once it is on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from tekio.errors import InputError, TekioError
from tekio.local_server import HTML, JSON, PLAIN, GuardedHandler, LocalServer
from tekio.rows.strict_json import strict_json

Work = Callable[[Any], dict[str, Any]]


class DeskServer(LocalServer):
    """page: the document and its policy. reads: path -> work on the query; takes: path -> work on a JSON value."""

    def __init__(
        self,
        page: tuple[str, str],
        *,
        reads: Mapping[str, Work],
        takes: Mapping[str, Work],
        port: int = 0,
        token: str | None = None,
    ) -> None:
        self.page, policy = page
        self.reads = reads
        self.takes = takes
        super().__init__(_Handler, policy=policy, port=port, token=token)


class _Handler(GuardedHandler):
    server: DeskServer  # pyright: ignore[reportIncompatibleVariableOverride]  (the base names its base class)

    def get(self, place: str, query: dict[str, str]) -> None:
        """The page, or what it asks for."""
        if place == "":
            self.send(HTTPStatus.OK, self.server.page.encode(), HTML)
            return
        self._answer(self.server.reads.get(place), query)

    def post(self, place: str, body: bytes) -> None:
        """A decision, or one taken back."""
        try:
            value = strict_json(body.decode("utf-8"))
        except ValueError:
            self.refuse(HTTPStatus.BAD_REQUEST)
            return
        self._answer(self.server.takes.get(place), value)

    def _answer(self, work: Work | None, value: Any) -> None:
        if work is None:
            self.refuse(HTTPStatus.NOT_FOUND)
            return
        try:
            content = json.dumps(work(value), ensure_ascii=False, allow_nan=False)
        except InputError as error:
            self.send(HTTPStatus.BAD_REQUEST, _octets(str(error)), PLAIN)
        except TekioError as error:  # the store: the page keeps the decision and sends it again
            self.send(HTTPStatus.SERVICE_UNAVAILABLE, _octets(str(error)), PLAIN)
        else:
            self.send(HTTPStatus.OK, _octets(content), JSON)


def _octets(text: str) -> bytes:
    """UTF-8; half of a surrogate pair, which a model or a file may hold, as its escape, which JSON reads."""
    return text.encode("utf-8", "backslashreplace")
