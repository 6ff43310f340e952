"""The viewer behind the local server: GET only, pages made on this side, no script, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from jinja2 import ChoiceLoader, PackageLoader

from tekio.errors import Language, TekioError, Text, say
from tekio.local_server import HTML, PLAIN, GuardedHandler, LocalServer
from tekio.report.page import environment
from tekio.view.pages import MENU, PAGES, Query
from tekio.view.runs import OpenRun

REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""The report brings its style with it and no script."""
_RUN = re.compile(r"r([0-9]{1,3})/([a-z]*)")
LANGUAGE_COOKIE = "tekio-language"


@cache
def style_sheet() -> str:
    """The report's style and the viewer's own."""
    report = files("tekio.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
    return report + files("tekio.view").joinpath("templates", "view.css").read_text(encoding="utf-8")


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(style_sheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'self'"


class Viewer:
    """Makes the pages of some runs; knows nothing of HTTP."""

    def __init__(self, runs: Sequence[OpenRun]) -> None:
        self.runs = list(runs)
        self.templates = environment()
        own = PackageLoader("tekio.view")
        self.templates.loader = ChoiceLoader([own, PackageLoader("tekio.report")])
        for name in own.list_templates():
            if name.endswith(".jinja"):
                self.templates.get_template(name)  # the first page should not wait for it

    def render(self, number: int, page: str, query: dict[str, str], language: Language) -> str:
        """One page of a run. Raises `TekioError` for a page or a thing that there is not."""
        if page not in PAGES:
            raise TekioError(
                Text("There is no such page.", "そのページはありません。"),
                where=page,
                fix=", ".join(filter(None, PAGES)),
            )
        opened = self.runs[number]
        asked = Query(query, page)
        shown = PAGES[page](opened, asked)
        return self._whole(
            shown.template, shown.title, language, opened=opened, page=page, query=asked, menu=MENU, **shown.values
        )

    def home(self, language: Language) -> str:
        """The runs that are open."""
        return self._whole("home.jinja", Text("Runs", "実行"), language, opened=None, page="home", menu=())

    def problem(self, error: TekioError, language: Language) -> str:
        """A page that says what went wrong."""
        told = error.explain(language)
        return self._whole(
            "problem.jinja", Text("Problem", "エラー"), language, opened=None, page="", menu=(), message=told
        )

    def _whole(self, name: str, title: Text, language: Language, /, **values: object) -> str:
        return self.templates.get_template(name).render(
            title=title, language=language, style_sheet=style_sheet(), runs=self.runs, **values
        )


def page_of(folder: Path, place: str, language: Language) -> str:
    """One page of a run as HTML. place: as in the address, `items?task=NAME`. Raises `TekioError`."""
    parts = urlsplit(place)
    return Viewer([OpenRun(folder)]).render(0, parts.path, dict(parse_qsl(parts.query)), language)


class ViewServer(LocalServer):
    """Runs on a local page; `url` is what a person opens."""

    def __init__(
        self,
        runs: Sequence[OpenRun],
        language: Language,
        *,
        language_named: bool = False,
        port: int = 0,
        token: str | None = None,
    ) -> None:
        self.viewer = Viewer(runs)
        self.language: Language = language
        self.language_named = language_named
        super().__init__(_Handler, policy=_policy(), port=port, token=token)


class _Handler(GuardedHandler):
    server: ViewServer  # pyright: ignore[reportIncompatibleVariableOverride]  (the base names its base class)

    def get(self, place: str, query: dict[str, str]) -> None:
        """One page."""
        language = self._language()
        if place == "language":
            self._switch(query)
            return
        try:
            self._show(place, query, language)
        except TekioError as error:
            self.send(HTTPStatus.NOT_FOUND, self.server.viewer.problem(error, language).encode(), HTML)
        except OSError as error:
            missing = TekioError(
                Text("A file cannot be read.", "ファイルを読めません。"), why=error.strerror or str(error)
            )
            self.send(HTTPStatus.NOT_FOUND, self.server.viewer.problem(missing, language).encode(), HTML)
        except Exception as error:  # noqa: BLE001 - a page that cannot be made must not end the server, nor in silence
            defect = TekioError(
                Text("This page cannot be made; this is a bug.", "このページを作れません。プログラムの不具合です。"),
                where=place,
                why=f"{type(error).__name__}: {error}",
            )
            self.send(HTTPStatus.INTERNAL_SERVER_ERROR, self.server.viewer.problem(defect, language).encode(), HTML)

    def _show(self, place: str, query: dict[str, str], language: Language) -> None:
        found = _RUN.fullmatch(place)
        if place == "":
            page = self.server.viewer.home(language) if len(self.server.viewer.runs) > 1 else None
            if page is None:
                self._to("r0/")
                return
        elif found is None or int(found[1]) >= len(self.server.viewer.runs):
            self.refuse(HTTPStatus.NOT_FOUND)
            return
        elif found[2] == "report":
            report = self.server.viewer.runs[int(found[1])].folder / "report" / "report.html"
            self.send(HTTPStatus.OK, report.read_bytes(), HTML, policy=REPORT_POLICY)
            return
        else:
            page = self.server.viewer.render(int(found[1]), found[2], query, language)
        self.send(HTTPStatus.OK, page.encode("utf-8", "backslashreplace"), HTML)

    def _language(self) -> Language:
        for part in self.headers.get("Cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == LANGUAGE_COOKIE and value in ("ja", "en"):
                return "ja" if value == "ja" else "en"
        if self.server.language_named:
            return self.server.language
        wished = self.headers.get("Accept-Language", "").lower()
        return "ja" if wished.startswith("ja") else "en" if wished.startswith("en") else self.server.language

    def _switch(self, query: dict[str, str]) -> None:
        """Remember the language and go back to the page it was asked on (a page of ours only)."""
        language = "ja" if query.get("to") == "ja" else "en"
        back = query.get("back", "")
        place = urlsplit(back)
        own = not (place.scheme or place.netloc) and (place.path == "" or _RUN.fullmatch(place.path) is not None)
        cookie = f"{LANGUAGE_COOKIE}={language}; Path=/{self.server.token}/; SameSite=Strict; HttpOnly"
        self._to(back if own and "\r" not in back and "\n" not in back else "", cookie)

    def _to(self, place: str, cookie: str = "") -> None:
        location = f"/{self.server.token}/{place}"
        more = {"Location": location} | ({"Set_Cookie": cookie} if cookie else {})
        self.send(HTTPStatus.SEE_OTHER, b"", PLAIN, **more)


def serve(folders: Sequence[Path], language: Language, *, language_named: bool = False, port: int = 0) -> None:
    """Open runs until interrupted. language_named: the user named the language, so it goes before what the browser asks for. Raises
    `TekioError` for a folder that is no run.
    """
    runs = [OpenRun(folder) for folder in folders]
    with ViewServer(runs, language, language_named=language_named, port=port) as server:
        print(
            say(
                Text(
                    f"Open this page (the address is a secret):\n  {server.url}\nCtrl-C ends it.",
                    f"次のページを開いてください（アドレスは秘密です）:\n  {server.url}\nCtrl-C で終了します。",
                ),
                language,
            ),
            flush=True,
        )
        try:
            server.serve_forever(0.2)
        except KeyboardInterrupt:
            print()
