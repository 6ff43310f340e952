"""Files that a recipe reads: whether they are there, readable, and of a form that its stages take."""

from __future__ import annotations

import importlib.util
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tekio.doctor.findings import Finding, failure
from tekio.documents import GENERAL
from tekio.errors import Language, Message, TekioError, Text
from tekio.licenses import find_license
from tekio.progress import size_words
from tekio.recipe import Recipe, RecipePath
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import AUTO, UNKNOWN, reader_of_content, reader_of_name, way_on
from tekio.reject_reasons import counted_words
from tekio.rows.archive import DEFAULT_LIMITS, ZipArchive, bare_name
from tekio.rows.packages import package_in
from tekio.text.unreadable import UnreadableError
from tekio.visible import shown_name

LOOKED_AT = 2_000


def check_corpus(recipe: Recipe) -> Iterator[Finding]:
    """Sources of the corpus: names, columns, thresholds, licenses, evaluation files, key; then the files themselves."""
    if recipe.corpus is None:
        return
    from tekio.corpus.check import config_problems

    for error in config_problems(recipe.corpus):
        yield failure("corpus", error)
    for source in recipe.corpus.sources:
        yield from _unknown_formats(source)
        yield from _refused_archives(source)
        yield from _unseen_columns(source)
    for source in recipe.corpus.sources:
        name = f"corpus.{source.name}"
        yield from _documents_finding(name, source.path)
        yield from _license_finding(name, source.license)


def check_instruct(recipe: Recipe) -> Iterator[Finding]:
    """Sources of the instruction data: names, templates, licenses of their first records, key; then the files."""
    if recipe.instruct is None:
        return
    from tekio.instruct.build import is_at_hand
    from tekio.instruct.check import config_problems, first_records

    first = first_records(recipe.instruct)
    for error in config_problems(recipe.instruct, first):
        yield failure("instruct", error)

    for item in (*recipe.instruct.harvest, *recipe.instruct.expand, *recipe.instruct.import_):
        name = f"instruct.{item.name}"
        if item.optional and not is_at_hand(item):
            yield Finding("ok", name, Text("optional, not at hand", "任意の情報源。手元になし"))
            continue
        yield _file_finding(name, item.path)
        yield from _license_finding(name, item.license)
        if (refused := first.refused[item.name]) and not first.by_source[item.name]:
            yield _nothing_finding(name, refused, first.first_refused[item.name])


def check_pairs(recipe: Recipe) -> Iterator[Finding]:
    """Pairs of answers: names, licenses, key, whether any is left; then the files themselves."""
    if recipe.prefer is None:
        return
    from tekio.instruct.preferences.check import pair_problems

    for error in pair_problems(recipe.prefer, recipe.record_screen, recipe.record_release):
        yield failure("prefer.pairs", error)
    for source in recipe.prefer.pairs:
        name = f"prefer.{source.name}"
        if source.optional and not source.path.exists:
            yield Finding("ok", name, Text("optional, not at hand", "任意の情報源。手元になし"))
            continue
        yield _file_finding(name, source.path)


def check_exam(recipe: Recipe) -> Iterator[Finding]:
    """What is asked: sources that the corpus has, items that people accepted, evaluation items that must not be asked."""
    config = recipe.exam
    if config is None or recipe.corpus is None:
        return
    known = [source.name for source in recipe.corpus.sources]
    if wrong := [name for name in config.sources if name not in known]:
        words = Text(
            f"{', '.join(wrong)}: no source of the corpus; it has {', '.join(known)}",
            f"{'、'.join(wrong)} という情報源はコーパスにありません。あるもの: {'、'.join(known)}",
        )
        yield Finding("failure", "exam.sources", words)
    if config.unseen and not recipe.corpus.held_out.share:
        words = Text(
            "`corpus.held_out.share` is 0, so there is no unseen half",
            "`corpus.held_out.share` が 0 のため、未学習の部がありません",
        )
        yield Finding("warning", "exam.unseen", words)
    if config.accepted is not None:
        from tekio.exam.review import accepted_items

        try:
            count = len(accepted_items(config.accepted.path))
            yield Finding("ok", "exam.accepted", Text(f"{count:,} items", f"{count:,} 問"))
        except TekioError as error:
            yield failure("exam.accepted", error)
    if config.avoid is not None:
        from tekio.contamination.evaluation_items import evaluation_files

        try:
            evaluation_files(config.avoid, "exam.avoid")
        except TekioError as error:
            yield failure("exam.avoid", error)
    if config.generator == "endpoint":
        from tekio.exam.draft import draft_problems

        for error in draft_problems(config):
            yield failure("exam.endpoint", error)


def check_study(recipe: Recipe) -> Iterator[Finding]:
    """What is told again: sources and domains that the corpus has; the address of the model server and the prompts."""
    config = recipe.study
    if config is None or recipe.corpus is None:
        return
    domains = {source.domain for source in recipe.corpus.sources}
    sources = {source.name for source in recipe.corpus.sources}
    for key, wanted, there in (("sources", config.sources, sources), ("domains", config.domains, domains)):
        if missing := [name for name in wanted if name not in there]:
            yield Finding(
                "failure",
                f"study.{key}",
                Text(
                    f"the corpus has none of the name {', '.join(missing)} (there are: {', '.join(sorted(there))})",
                    f"コーパスに {', '.join(missing)} がありません(あるもの: {', '.join(sorted(there))})",
                ),
            )
    if not config.domains and domains == {GENERAL}:
        words = Text(
            "all sources are of the domain `general`: name it in `study.domains`",
            "すべての情報源が分野 `general` です。`study.domains` に指定してください",
        )
        yield Finding("failure", "study.domains", words)
    if config.avoid.items:
        from tekio.contamination.evaluation_items import evaluation_files

        try:
            evaluation_files(config.avoid, "study.avoid")
        except TekioError as error:
            yield failure("study.avoid", error)
    if config.generator == "endpoint":
        from tekio.study.endpoint import endpoint_problems

        for error in endpoint_problems(config):
            yield failure("study.endpoint", error)
    yield Finding("ok", "study", ", ".join(config.chosen))


def check_prompts(recipe: Recipe) -> Iterator[Finding]:
    """The questions of the comparison and the form they are asked in."""
    config = recipe.compare
    if config is None:
        return
    from tekio.compare.prompts import choose_prompts
    from tekio.model.templates import CHAT, get_template

    try:
        if config.template == CHAT:
            _require_chat_template(recipe)
        elif config.template is not None:
            get_template(config.template)
    except TekioError as error:
        yield failure("compare.template", error)
    if config.prompts is None:
        return
    found = _file_finding("compare.prompts", config.prompts)
    if found.level == "ok":
        try:
            choose_prompts(config, None, recipe.seed)
        except TekioError as error:
            found = failure("compare.prompts", error)
    yield found


def _require_chat_template(recipe: Recipe) -> None:
    """Raise what the comparison would: tuning saves its template with the model, another model may have none."""
    from tekio.compare import chat_tokenizer

    if recipe.compare is None or recipe.base is None or importlib.util.find_spec("transformers") is None:
        return
    if recipe.tune is not None and "tuned" in recipe.compare.models:
        return
    models = {} if recipe.base.model is None else {"base": recipe.base.model.path}
    if recipe.base.model is None or (recipe.base.model.path / "config.json").is_file():
        chat_tokenizer(models)


def _documents_finding(subject: Message, path: RecipePath) -> Iterator[Finding]:
    """The files of a source of documents; what cannot be read becomes rows of its own and does not end a build."""
    listing = path.listing()
    if not listing.files and not listing.unread:
        yield _file_finding(subject, path)
        return
    if listing.files:
        count, size = len(listing.files), size_words(sum(file.stat().st_size for file in listing.files))
        yield Finding("ok", subject, _counted(count, size))
    unread = [item for item in listing.unread if item.reason != "unknown_format"]  # see `_unknown_formats`
    if unread:
        first = unread[0]
        name, count = shown_name(first.path), len(unread)
        yield Finding(
            "warning",
            subject,
            Text(
                f"{count:,} cannot be read and will be rows in rejected/: {name} ({first.reason}: {first.detail})",
                f"{count:,} 件は読めず rejected/ の行になります: {name}({first.reason}: {first.detail})",
            ),
        )


def _nothing_finding(name: str, refused: Counter[str], said: str) -> Finding:
    """A source none of whose first rows becomes a record. said: what is known of the first of them."""
    reasons, rows = counted_words(dict(refused.most_common())), f"{refused.total():,}"
    detail = f" ({said})" if said else ""
    return Finding(
        "warning",
        name,
        Text(
            f"none of the first rows ({rows}) becomes a record: {reasons.en}{detail}",
            f"最初の {rows} 行はどれも指示データになりません: {reasons.ja}{detail}",
        ),
    )


def _license_finding(name: str, license_id: str) -> Iterator[Finding]:
    answer = find_license(license_id).may_train
    if answer == "no":
        words = Text(
            f"license `{license_id}`: training is not allowed, its rows are left out; see docs/licenses.md",
            f"ライセンス `{license_id}`: 学習に使えないため、行は除外します(docs/licenses.md)",
        )
        yield Finding("warning", name, words)
    elif answer != "yes":
        words = Text(
            f"license `{license_id}`: training is not clearly allowed; see docs/licenses.md",
            f"ライセンス `{license_id}`: 学習の可否が不明です(docs/licenses.md)",
        )
        yield Finding("warning", name, words)


def _file_finding(subject: Message, path: RecipePath) -> Finding:
    try:
        files = path.files()
    except TekioError as error:
        return failure(subject, error)
    unreadable = [file for file in files if not os.access(file, os.R_OK)]
    if unreadable:
        # A file that cannot be read is a row in `rejected/`; a source without any other is nothing at all.
        level = "failure" if len(unreadable) == len(files) else "warning"
        words = Text(
            f"{len(unreadable):,} of {len(files):,} not readable: {unreadable[0]}",
            f"{len(files):,} 件中 {len(unreadable):,} 件を読めません: {unreadable[0]}",
        )
        return Finding(level, subject, words, TekioError(words, where=unreadable[0]) if level == "failure" else None)
    size = size_words(sum(file.stat().st_size for file in files))
    return Finding("ok", subject, _counted(len(files), size))


def _counted(files: int, size: str) -> Text:
    return Text(f"{files:,} file{'' if files == 1 else 's'}, {size}", f"{files:,} ファイル、{size}")


def _unknown_formats(source: SourceConfig) -> Iterator[Finding]:
    """Files of a source that no reader takes, by their names and first bytes."""
    if source.reader != AUTO:
        return
    listing = source.path.listing()
    unknown = [shown_name(Path(item.path.name)) for item in listing.unread if item.reason == "unknown_format"]
    files, count = listing.files, len(listing.files) + len(unknown)
    for file in files[:LOOKED_AT]:
        reader = reader_of_name(bare_name(file.name.lower()))
        try:
            reader = reader or _reader_inside(file)
        except OSError:
            continue
        if reader == UNKNOWN:
            unknown.append(file.name)
    if unknown:
        en, ja = (", ".join(_with_way_on(name, language) for name in unknown[:5]) for language in ("en", "ja"))
        yield Finding(
            "failure" if len(unknown) == count else "warning",
            f"corpus.{source.name}",
            Text(
                f"{len(unknown):,} of {count:,} files are of no format that is read: {en}",
                f"{count:,} ファイル中 {len(unknown):,} 件は読めない形式です: {ja}",
            ),
        )


def _with_way_on(name: str, language: Language) -> str:
    fix = way_on(name.lower())
    return name if fix is None else f"{name} ({fix.to(language)})"


def _reader_inside(file: Path) -> str | None:
    """The reader of a file whose name says none, by its content; None for an empty one."""
    with file.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b"PK\x03\x04") and (kind := package_in(file, DEFAULT_LIMITS)) is not None:
        return reader_of_name(f".{kind}") or UNKNOWN
    return reader_of_content(head) if head else None


def _unseen_columns(source: SourceConfig) -> Iterator[Finding]:
    """Columns beside the text that none of a source's first rows of JSON has: later ones may, or their name is misspelt."""
    from tekio.corpus.readers.records import SEEN_ROWS, unseen_columns

    if not source.columns or not source.path.exists:
        return
    try:
        error, whole = unseen_columns(source)
    except TekioError:
        return  # said by `_file_finding`
    if error is None or whole:  # all rows: refused by name (`config_problems`)
        return
    missing, names = (", ".join(error.measured[key]) for key in ("missing", "columns"))
    yield Finding(
        "warning",
        f"corpus.{source.name}",
        Text(
            f"none of the first {SEEN_ROWS:,} rows has the column {missing}; their columns: {names}",
            f"最初の {SEEN_ROWS:,} 行に列 {missing} がありません。ある列: {names}",
        ),
    )


def _refused_archives(source: SourceConfig) -> Iterator[Finding]:
    """Archives of a source that a build will not open, by its limits: members, bytes, a broken directory."""
    from tekio.corpus.readers.dispatch import archive_limits

    try:
        files, limits = source.path.files(), archive_limits(source)
    except TekioError:
        return  # said by `_file_finding`, and by the stage
    refused: list[str] = []
    for file in files[:LOOKED_AT]:
        if file.suffix.lower() != ".zip":
            continue
        try:
            with ZipArchive(file, limits):
                pass
        except UnreadableError as error:
            measured = ", ".join(f"{name} {value}" for name, value in error.measured.items())
            refused.append(f"{shown_name(Path(file.name))} ({error.reason}: {measured})")
        except OSError:
            continue
    if refused:
        named = ", ".join(refused[:5])
        yield Finding(
            "failure" if len(refused) == len(files) else "warning",
            f"corpus.{source.name}",
            Text(
                f"{len(refused):,} of {len(files):,} files are archives that a build will not open: {named}. "
                "The options max_members and max_archive_bytes set the limits.",
                f"{len(files):,} ファイル中 {len(refused):,} 件のアーカイブは開けません: {named}。"
                "上限はオプション max_members と max_archive_bytes で変えられます。",
            ),
        )
