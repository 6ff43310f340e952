"""Verbs of `fetch`: the only ones that may use the network."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.cli import Verbs
from tekio.errors import LimitError, Text, UsageError, say

if TYPE_CHECKING:
    from tekio.corpus.fetch.ledger import Outcome
    from tekio.http import Client


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    fetch = verbs.group("fetch", Text("download sources (the network is used)", "資料を取得する（通信します）"))
    edinet = _verb(
        fetch, "edinet", Text("download filings from the EDINET API", "EDINET API から提出書類を取得"), _edinet
    )
    edinet.add_argument("--from-date", dest="first", required=True, metavar="YYYY-MM-DD")
    edinet.add_argument("--to-date", dest="last", required=True, metavar="YYYY-MM-DD")
    edinet.add_argument(
        "--types",
        default="120,130",
        help=fetch.text("docTypeCode, with commas (default: 120,130)", "書類の種類（docTypeCode。既定: 120,130）"),
    )
    edinet.add_argument(
        "--filers", default="", help=fetch.text("EDINET codes of filers, with commas", "提出者の EDINET コード")
    )
    pages = _verb(
        fetch, "pages", Text("download a list of web pages (robots.txt is obeyed)", "URL 一覧のページを取得"), _pages
    )
    pages.add_argument("list", type=Path)
    pages.set_defaults(needs={"list": "file"})
    wikipedia = _verb(
        fetch, "wikipedia", Text("download the Japanese Wikipedia's dump", "日本語版ウィキペディアのダンプ"), _wikipedia
    )
    wikipedia.add_argument("--date", required=True, metavar="YYYYMMDD")
    laws = _verb(fetch, "laws", Text("download laws from e-Gov", "e-Gov 法令検索から法令を取得"), _laws)
    laws.add_argument("law", nargs="+")
    laws.add_argument("--as-of", default=None, metavar="YYYY-MM-DD")


def _verb(
    fetch: Verbs, name: str, help_text: Text, action: Callable[[argparse.Namespace], int | None]
) -> argparse.ArgumentParser:
    parser = fetch.add(name, help_text, action, network=True)
    parser.add_argument("--out", type=Path, required=True, help=fetch.text("folder", "保存先"))
    parser.add_argument("--replay", action="store_true", help=fetch.text("from the record only", "記録だけから再現"))
    parser.add_argument(
        "--interval", type=float, default=1.0, help=fetch.text("seconds between requests", "間隔（秒）")
    )
    parser.add_argument(
        "--contact",
        metavar="ADDRESS",
        help=fetch.text("address sent to sites in the user agent", "User-Agent に書く連絡先"),
    )
    parser.add_argument("--terms-url", default=None, help=fetch.text("address of the terms page", "利用規約のページ"))
    parser.add_argument("--base-url", default=None, help=argparse.SUPPRESS)  # a mirror, or a test server
    parser.add_argument(
        "--allow-private", action="store_true", help=fetch.text("allow private addresses", "内部網のアドレスも許す")
    )
    return parser


def _client(arguments: argparse.Namespace, site: str = "") -> Client:
    """The client of one source. site: the domain that its redirects may lead to, and those below it."""
    from urllib.parse import urlsplit

    from tekio.http import Client, only_hosts, user_agent

    if arguments.replay:
        from tekio.offline import close_network

        close_network()
    named: tuple[str | None, str | None] = (arguments.base_url, arguments.terms_url)
    hosts = [urlsplit(address).hostname or "" for address in named if address]
    may_follow = only_hosts(site, *hosts) if site else None
    return Client(
        interval=arguments.interval,
        allow_private=arguments.allow_private,
        may_follow=may_follow,
        user_agent=user_agent(arguments.contact),
    )


@contextmanager
def _one_writer(arguments: argparse.Namespace) -> Generator[None]:
    """Hold the folder: two at once would both ask for what neither has, and write to one ledger."""
    from tekio.store import single_writer

    arguments.out.mkdir(parents=True, exist_ok=True)
    with single_writer(arguments.out):
        yield


def _addresses(arguments: argparse.Namespace, base: str, terms: str) -> tuple[str, str]:
    """The service's address and its terms page, as named on the command line or by default."""
    if arguments.base_url:
        return arguments.base_url, arguments.terms_url or ""
    return base, arguments.terms_url or terms


def _report(arguments: argparse.Namespace, outcome: Outcome) -> int:
    message = Text(
        f"{outcome.downloaded} downloaded, {outcome.kept} already here, {outcome.refused} refused: {arguments.out}/ledger.jsonl",
        f"取得 {outcome.downloaded}、取得済み {outcome.kept}、取得不可 {outcome.refused}: {arguments.out}/ledger.jsonl",
    )
    print(say(message, arguments.language))
    for reason, count in sorted(outcome.reasons.items()):
        print(f"    {reason:40}{count:>8,}")
    # Nothing came: a script that goes on to build a corpus must notice.
    return LimitError.exit_code if outcome.refused and not outcome.downloaded + outcome.kept else 0


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _edinet(arguments: argparse.Namespace) -> int:
    import datetime as dt

    from tekio.corpus.fetch.edinet import BASE_URL, TERMS_URL, Selection, fetch_filings, key_from_environment

    try:
        first, last = dt.date.fromisoformat(arguments.first), dt.date.fromisoformat(arguments.last)
    except ValueError as error:
        raise UsageError(
            Text("A day is written YYYY-MM-DD.", "日付は YYYY-MM-DD で書きます。"), why=str(error)
        ) from error
    if last < first:
        raise UsageError(Text("--to-date is before --from-date.", "--to-date が --from-date より前です。"))
    selection = Selection(first, last, _words(arguments.types), _words(arguments.filers))
    key = "replay" if arguments.replay else key_from_environment()
    base, terms = _addresses(arguments, BASE_URL, TERMS_URL)
    with _one_writer(arguments):
        outcome = fetch_filings(
            selection,
            arguments.out,
            _client(arguments, "edinet-fsa.go.jp"),
            key=key,
            base_url=base,
            terms_url=terms,
            replay=arguments.replay,
        )
    return _report(arguments, outcome)


def _pages(arguments: argparse.Namespace) -> int:
    from tekio.corpus.fetch.pages import fetch_pages, read_list

    urls = read_list(arguments.list)
    with _one_writer(arguments):
        outcome = fetch_pages(
            urls, arguments.out, _client(arguments), terms_url=arguments.terms_url or "", replay=arguments.replay
        )
    return _report(arguments, outcome)


def _wikipedia(arguments: argparse.Namespace) -> int:
    from tekio.corpus.fetch.dumps import WIKIPEDIA_TERMS, WIKIPEDIA_URL, fetch_wikipedia

    base, terms = _addresses(arguments, WIKIPEDIA_URL, WIKIPEDIA_TERMS)
    with _one_writer(arguments):
        outcome = fetch_wikipedia(
            arguments.date,
            arguments.out,
            _client(arguments, "wikimedia.org"),
            base_url=base,
            terms_url=terms,
            replay=arguments.replay,
        )
    return _report(arguments, outcome)


def _laws(arguments: argparse.Namespace) -> int:
    from tekio.corpus.fetch.dumps import LAW_TERMS, LAW_URL, fetch_laws

    base, terms = _addresses(arguments, LAW_URL, LAW_TERMS)
    with _one_writer(arguments):
        outcome = fetch_laws(
            arguments.law,
            arguments.out,
            _client(arguments, "e-gov.go.jp"),
            as_of=arguments.as_of,
            base_url=base,
            terms_url=terms,
            replay=arguments.replay,
        )
    return _report(arguments, outcome)
