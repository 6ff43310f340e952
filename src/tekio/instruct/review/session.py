"""What `tekio review` does with a set and its store: serve, write, merge, finish, status. Returns lines to print."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.desk.place import beside
from tekio.errors import Language, Text, UsageError, say
from tekio.instruct.dataset.open import dataset_name
from tekio.instruct.review.actions import STATES, Action
from tekio.instruct.review.agreement import agreements, sentence
from tekio.instruct.review.finish import Resolve, finish
from tekio.instruct.review.items import ReviewItem, load_items
from tekio.instruct.review.renamed import left_behind, take_over
from tekio.instruct.review.returned import Returned
from tekio.instruct.review.store import ReviewStore, open_store
from tekio.store import canonical_json, write_jsonl

if TYPE_CHECKING:
    from tekio.instruct.review.server import ReviewServer

BIG_PAGE_BYTES = 20 << 20


@dataclass
class Desk:
    """A set that is being reviewed and the store of its decisions."""

    file: Path
    name: str
    items: list[ReviewItem]
    store: ReviewStore
    language: Language
    notes: list[str] = field(default_factory=list[str])

    def say(self, en: str, ja: str) -> str:
        """`en` or `ja`."""
        return ja if self.language == "ja" else en


def open_desk(
    file: Path,
    *,
    store: str | None = None,
    name: str | None = None,
    documents: Path | None = None,
    pages: Path | None = None,
    language: Language = "en",
) -> Desk:
    """Load the items and open the store (default: a SQLite file, see `beside`).

    Decisions about the same texts under the name the file had before are taken over: see `tekio.instruct.review.renamed`.
    """
    items = load_items(file, documents, pages)
    place = store or str(beside(file, ".review.sqlite"))
    shown = name or dataset_name(file)
    desk = Desk(file, shown, items, open_store(place, shown), language)
    if name is None:
        taken = take_over(desk.store, items, [] if store else left_behind(Path(place)))
        desk.notes = [
            desk.say(
                f"{number:,} decisions taken over from {source}, this set's name before",
                f"以前の名前 {source} での判断 {number:,} 件を引き継ぎました",
            )
            for source, number in taken
        ]
    return desk


def serve(desk: Desk, *, port: int = 0, reviewer: str = "") -> None:
    """Serve the page until Ctrl-C. Decisions are on disk before the page says so; stopping loses nothing.

    Port and token are kept beside the set (readable by its owner only), so that a page still open goes on by itself,
    and sends what it could not, when the command is repeated.
    """
    server = _server(desk, port, reviewer)
    with server:
        print(
            desk.say(
                f"{len(desk.items):,} records. Open this page (the address is secret):",
                f"{len(desk.items):,} 件。次のページを開いてください（アドレスは秘密です）:",
            )
        )
        print(f"  {server.url}", flush=True)
        print(
            desk.say(
                "Ctrl-C ends the server; every decision is stored already.",
                "Ctrl-C で終了します。判断はその都度保存されています。",
            ),
            flush=True,
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\n".join(["", *status(desk)]))
        finally:
            desk.store.close()


def _server(desk: Desk, port: int, reviewer: str) -> ReviewServer:
    from tekio.instruct.review.server import ReviewServer

    place = beside(desk.file, ".review.address")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    old_port, token = _old_address(place)
    tries = [port] if port else [old_port, 0] if old_port else [0]
    problem: OSError | None = None
    for number in tries:
        try:
            server = ReviewServer(desk.items, desk.store, desk.language, port=number, reviewer=reviewer, token=token)
        except OSError as error:
            problem = error
            continue
        place.unlink(missing_ok=True)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{server.server_port} {server.token}\n")
        return server
    raise UsageError(
        Text(f"Port {port} cannot be used.", f"ポート {port} は使えません。"), why=str(problem), fix="--port 0"
    ) from problem


def _old_address(place: Path) -> tuple[int, str | None]:
    try:
        number, token = place.read_text(encoding="ascii").split()
        if os.name == "posix" and place.stat().st_mode & 0o077:
            return 0, None  # others could have read it
        return int(number), token if len(token) >= 32 else None
    except (OSError, ValueError):
        return 0, None


def write(desk: Desk, out: Path, *, reviewer: str = "") -> list[str]:
    """Write the review for elsewhere; the suffix decides the form."""
    suffix = out.suffix.lower()
    decisions = desk.store.decisions(reviewer or None)
    if suffix in (".html", ".htm"):
        from tekio.instruct.review.page import write_static_page

        size = write_static_page(out, desk.name, desk.items, desk.language, reviewer=reviewer, decisions=decisions)
        lines = [
            desk.say(
                f"{len(desk.items):,} records -> {out} ({size / 1e6:.1f} MB)",
                f"{len(desk.items):,} 件 → {out}（{size / 1e6:.1f} MB）",
            )
        ]
        if size > BIG_PAGE_BYTES:
            lines.append(
                desk.say(
                    "The page is large; review a part of the set at a time.",
                    "ページが大きいので、分けて確認することを勧めます。",
                )
            )
        return lines
    writers: dict[str, Callable[[], list[str]]] = {
        ".csv": lambda: _write_table(desk, out, decisions),
        ".xlsx": lambda: _write_table(desk, out, decisions),
        ".json": lambda: _write_label_studio(desk, out, decisions),
    }
    if suffix not in writers:
        raise _no_form(out)
    known = {item.key for item in desk.items}
    decided = len({action.item for action in decisions if action.item in known})
    return [*writers[suffix](), *([_decided(desk, decided)] if decided else [])]


def _decided(desk: Desk, number: int) -> str:
    return desk.say(
        f"{number:,} of them decided already, as it stands there", f"うち {number:,} 件は判断済み（記入済み）"
    )


def _no_form(path: Path) -> UsageError:
    return UsageError(
        Text("This form is not known.", "この形式は扱えません。"), where=path, fix=".html, .csv, .xlsx, .json, .jsonl"
    )


def _write_table(desk: Desk, out: Path, decisions: Sequence[Action]) -> list[str]:
    from tekio.instruct.review.tables import write_table

    left_out = write_table(out, desk.items, desk.language, decisions)
    lines = [
        desk.say(
            f"{len(desk.items) - len(left_out):,} records -> {out}", f"{len(desk.items) - len(left_out):,} 件 → {out}"
        )
    ]
    if left_out:
        lines.append(
            desk.say("too long for a cell, review them in the page: ", "セルに入らないため画面で確認してください: ")
            + ", ".join(left_out[:20])
        )
    return lines


def _write_label_studio(desk: Desk, out: Path, decisions: Sequence[Action]) -> list[str]:
    from tekio.instruct.review.label_studio import write_tasks

    config = write_tasks(out, desk.items, desk.language, decisions)
    return [
        desk.say(
            f"{len(desk.items):,} tasks -> {out}; labeling interface -> {config}",
            f"{len(desk.items):,} 件 → {out}、画面設定 → {config}",
        )
    ]


def merge(desk: Desk, back: Path, *, reviewer: str = "") -> list[str]:
    """Take decisions made elsewhere into the store. What cannot be used is named; nothing is taken in twice."""
    returned = read_returned(desk, back, reviewer)
    standing = {(action.item, action.reviewer): _content(action) for action in desk.store.decisions()}
    # A table that was written with decisions in it brings them back unchanged.
    other = [action for action in returned.actions if standing.get((action.item, action.reviewer)) != _content(action)]
    new = desk.store.add_all(other)
    lines = [
        desk.say(
            f"{back.name}: {new:,} new decisions, {len(returned.actions) - new:,} known already, {returned.untouched:,} rows without one",
            f"{back.name}: 新しい判断 {new:,}、取り込み済み {len(returned.actions) - new:,}、判断なし {returned.untouched:,} 行",
        )
    ]
    lines += [f"  ! {where}: {say(why, desk.language)}" for where, why in returned.problems[:20]]
    if len(returned.problems) > 20:
        lines.append(f"  … +{len(returned.problems) - 20}")
    return lines


def _content(action: Action) -> str:
    """What an action says, whenever and wherever it was taken."""
    return canonical_json({**action.as_dict(), "key": "", "at": ""})


def read_returned(desk: Desk, back: Path, reviewer: str) -> Returned:
    """The decisions in a file that came back, whatever its form."""
    suffix = back.suffix.lower()
    if not back.is_file():
        raise UsageError(Text("There is no such file.", "ファイルがありません。"), where=back)
    if suffix == ".jsonl":
        from tekio.instruct.review.returned import read_decisions

        return read_decisions(back, desk.items)
    if suffix in (".csv", ".xlsx"):
        from tekio.instruct.review.tables import read_table

        return read_table(back, desk.items, reviewer)
    if suffix == ".json":
        from tekio.instruct.review.label_studio import read_annotations

        return read_annotations(back, desk.items, reviewer)
    raise _no_form(back)


def finish_to(desk: Desk, out: Path, *, resolve: Resolve = "agree", keep_unseen: bool = False) -> list[str]:
    """Write the reviewed records to `out`, the rejected and the conflicts beside it."""
    result = finish(desk.items, desk.store.decisions(), resolve=resolve, keep_unseen=keep_unseen)
    write_jsonl(out, [record.as_dict() for record in result.kept])
    rejected, conflicts = (out.with_name(f"{out.stem}.{name}.jsonl") for name in ("rejected", "conflicts"))
    write_jsonl(rejected, result.rejected)
    write_jsonl(conflicts, result.conflicts)
    states = Counter(record.meta.review for record in result.kept)
    counts = ", ".join(
        f"{_state(desk, name)} {states[name]:,}" for name in (*STATES.values(), "unseen") if states[name]
    )
    lines = [
        desk.say(f"{len(result.kept):,} records -> {out}", f"{len(result.kept):,} 件 → {out}")
        + (f" ({counts})" if counts else ""),
        desk.say(
            f"rejected {len(result.rejected):,} -> {rejected}; conflicts {len(result.conflicts):,} -> {conflicts}; not seen {result.unseen:,}",
            f"不採用 {len(result.rejected):,} → {rejected}、不一致 {len(result.conflicts):,} → {conflicts}、未確認 {result.unseen:,}",
        ),
    ]
    lines += [f"  ? {row['id']}: {row['why']}: " + _opinions(desk, row["opinions"]) for row in result.conflicts[:20]]
    if result.unknown:
        lines.append(
            desk.say(
                f"decisions about records not in this file: {len(result.unknown):,}",
                f"このファイルにないレコードへの判断: {len(result.unknown):,}",
            )
        )
    return lines


_IN_JAPANESE = {
    "accept": "採用", "accepted": "採用", "edit": "修正", "edited": "修正", "reject": "不採用", "rejected": "不採用", "unseen": "未確認",
}  # fmt: skip


def _state(desk: Desk, name: str) -> str:
    """A decision, or what came of it, in the words of the desk."""
    return desk.say(name, _IN_JAPANESE.get(name, name))


def _opinions(desk: Desk, opinions: Iterable[dict[str, object]]) -> str:
    return ", ".join(f"{opinion['reviewer']} {_state(desk, str(opinion['decision']))}" for opinion in opinions)


def status(desk: Desk) -> list[str]:
    """Progress of each reviewer and how far they agree."""
    known = {item.key for item in desk.items}
    decisions: list[Action] = [action for action in desk.store.decisions() if action.item in known]
    seen = len({action.item for action in decisions})
    lines = [
        desk.say(f"{seen:,} of {len(desk.items):,} records decided", f"{len(desk.items):,} 件中 {seen:,} 件を確認")
    ]
    counts: dict[str, Counter[str]] = {}
    for action in decisions:
        counts.setdefault(action.reviewer, Counter())[action.decision] += 1
    for name, kinds in sorted(counts.items()):
        detail = ", ".join(f"{_state(desk, STATES[kind])} {number:,}" for kind, number in sorted(kinds.items()))
        lines.append(f"  {name}: {kinds.total():,} ({detail})")
    for title, use_only in (
        (desk.say("accept/edit/reject", "採用・修正・不採用"), False),
        (desk.say("use it or not", "使う・使わない"), True),
    ):
        found = agreements(decisions, use_only=use_only)
        lines += [f"  {title} — {sentence(one, desk.language)}" for one in found]
    return lines
