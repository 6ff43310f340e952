"""The card of an instruction set (README.md with the front matter that Hugging Face reads), ready to publish.

Everything in it is counted from the records: composition, licenses and who must be named, dates, how much of it people
have read, how long the texts are, what was left out and why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tekio._version import __version__
from tekio.artifacts.instruct import InstructFunnel
from tekio.instruct.dataset.stats import NONE, TEXTS, Composition, ordered
from tekio.instruct.formats.gate import INTERNAL, terms
from tekio.instruct.source_table import SourceTable, source_table
from tekio.licenses import License

# Licenses that Hugging Face knows under its own names; others are written as `other` with their name.
_HUGGING_FACE = {
    "MIT": "mit",
    "Apache-2.0": "apache-2.0",
    "BSD-3-Clause": "bsd-3-clause",
    "CC0-1.0": "cc0-1.0",
    "Unlicense": "unlicense",
    **{
        f"CC-BY{kind}-{version}": f"cc-by{kind.lower()}-{version}"
        for kind in ("", "-SA", "-NC", "-NC-SA")
        for version in ("2.0", "2.5", "3.0", "4.0")
    },
}
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
SHOWN = 30
_QUOTED = re.compile(r"[|\n\r<>\[\]`*_\\]")


def dataset_card(
    name: str,
    found: Composition,
    license_id: str,
    *,
    splits: Mapping[str, int] | None = None,
    left_out: Mapping[str, int] | None = None,
    funnel: InstructFunnel | None = None,
    agreement: str | None = None,
) -> str:
    """The text of `README.md`.

    name: what the set is called. splits: rows per split of Parquet files `data/<split>-*.parquet`, if the card lies
    beside them. left_out: reason -> rows not exported. funnel: the instruct stage's `funnel.json`. agreement: a
    sentence on how far reviewers agreed.
    """
    front = "---\n" + yaml.safe_dump(front_matter(name, found, license_id, splits), allow_unicode=True, sort_keys=False)
    parts = [
        f"# {plain(name)}",
        _summary(found, license_id),
        _sources(found),
        _composition(found),
        _making(found, left_out or {}, funnel, agreement),
        _use(splits),
    ]
    return front + "---\n\n" + "\n\n".join(part for part in parts if part) + "\n"


def front_matter(
    name: str, found: Composition, license_id: str, splits: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The metadata of the card, in Hugging Face's terms."""
    known = _HUGGING_FACE.get(license_id)
    reviewed = found.by["review"]["accepted"] + found.by["review"]["edited"]
    front: dict[str, Any] = {"language": ["ja"]}
    front["license"] = known or "other"
    if not known:
        front["license_name"] = license_id.lower()
    front["pretty_name"] = name
    front["size_categories"] = [next((label for limit, label in _SIZES if found.rows < limit), "n>10M")]
    front["task_categories"] = ["text-generation", "question-answering"]
    front["annotations_creators"] = ["expert-generated" if reviewed == found.rows and found.rows else "found"]
    front["source_datasets"] = ["original"]
    front["tags"] = ["instruction-tuning", "japanese", "tekio"]
    if splits:
        files = [{"split": split, "path": f"data/{split}-*.parquet"} for split in splits]
        front["configs"] = [{"config_name": "default", "data_files": files}]
    return front


def plain(text: str, limit: int = 120) -> str:
    """Text from records as harmless Markdown: one line, nothing that marks up or links."""
    return _QUOTED.sub(lambda match: " " if match[0] in "\n\r" else "\\" + match[0], text[:limit])


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _summary(found: Composition, license_id: str) -> str:
    internal = (
        "\n\n**For use inside the organisation only; not for redistribution. / 社内利用に限ります。再配布できません。**"
        if license_id == INTERNAL
        else ""
    )
    share = found.share_of_japanese
    return (
        f"{found.rows:,} instruction records in Japanese ({found.exchanges:,} exchanges, {len(found.groups):,} groups; "
        f"{share:.0%} of the characters are kana, kanji or Japanese punctuation). License: {license_id}.\n\n"
        f"日本語の指示データ {found.rows:,} 件（やりとり {found.exchanges:,} 回、グループ {len(found.groups):,}）。"
        f"ライセンス: {license_id}。{internal}"
    )


def _sources(found: Composition) -> str:
    rows: list[list[str]] = []
    for (origin, license_id), number in sorted(found.origins.items(), key=lambda item: (-item[1], item[0])):
        allowed = terms(license_id)
        notes = [
            note
            for note, holds in (
                ("share-alike", allowed.share_alike),
                ("non-commercial", allowed.commercial == "no"),
                ("derived data only", allowed.may_redistribute == "derived"),
                ("no redistribution", allowed.may_redistribute in ("no", "ask")),
            )
            if holds
        ]
        rows.append(
            [
                plain(origin),
                plain(license_id),
                f"{number:,}",
                ", ".join(notes) or NONE,
                _attribution(allowed, origin),
            ]
        )
    head = ["source / 情報源", "license / ライセンス", "rows / 行", "conditions / 条件", "attribution / 表示"]
    return "## Sources and licenses / 情報源とライセンス\n\n" + _table(head, rows)


def _attribution(allowed: License, origin: str) -> str:
    line = allowed.attribution_for(origin)
    return plain(f"{line.en} / {line.ja}", 2000)


def _composition(found: Composition) -> str:
    names = {
        "task": "Tasks / タスク",
        "topic": "Topics / 話題",
        "as_of": "Content as of (year) / 内容の時点（年）",
        "split": "Splits / 分割",
    }
    parts: list[str] = ["## Composition / 構成"]
    for part, title in names.items():
        counts = ordered(found.by[part])
        if len(counts) == 1 and counts[0][0] == NONE:
            continue
        rows = [[plain(value), f"{number:,}"] for value, number in counts[:SHOWN]]
        if len(counts) > SHOWN:
            rows.append([f"… {len(counts) - SHOWN} more", f"{sum(number for _, number in counts[SHOWN:]):,}"])
        parts.append(f"### {title}\n\n" + _table(["", "rows / 行"], rows))
    measures = ["rows", "mean", "min", "p5", "p50", "p95", "max"]
    lengths: list[list[str]] = []
    for name in TEXTS:
        summary = found.lengths[name].summary()
        if summary["rows"]:
            lengths.append([name, *(f"{summary[measure]:,}" for measure in measures)])
    parts.append("### Lengths in characters / 文字数\n\n" + _table(["", *measures], lengths))
    return "\n\n".join(parts)


def _making(
    found: Composition, left_out: Mapping[str, int], funnel: InstructFunnel | None, agreement: str | None
) -> str:
    parts = [f"## How it was made / 作り方\n\nMade with Tekio {__version__}."]
    review = found.by["review"]
    seen = found.rows - review["unseen"]
    parts.append(
        f"People have reviewed {seen:,} of {found.rows:,} rows ({review['accepted']:,} accepted as they were, "
        f"{review['edited']:,} edited, {review['rejected']:,} rejected). / "
        f"{found.rows:,} 件中 {seen:,} 件を人が確認（そのまま採用 {review['accepted']:,}、修正 {review['edited']:,}、"
        f"不採用 {review['rejected']:,}）。" + (f"\n\n{agreement}" if agreement else "")
    )
    if found.drafted:
        names = ", ".join(f"{plain(name)} {number:,}" for name, number in ordered(found.drafted))
        parts.append(f"Drafted by a language model / 言語モデルによる下書き: {names}.")
    rows: list[list[str]] = []
    for source in funnel.sources if funnel else ():
        kept = source.rows_train + source.rows_validation
        reasons = ", ".join(f"{plain(reason)} {number:,}" for reason, number in sorted(source.rejected.items()))
        rows.append([plain(source.name), f"{source.rows_in:,}", f"{kept:,}", reasons or NONE])
    if rows:
        head = ["source / 情報源", "rows in / 入力", "kept / 採用", "left out, by reason / 除外と理由"]
        parts.append(_table(head, rows))
    if funnel is not None and funnel.expected:
        parts.append(_expected(source_table(funnel)))
    if left_out:
        counts = ", ".join(f"{plain(reason)} {number:,}" for reason, number in sorted(left_out.items()))
        parts.append(f"Left out of this export, with a row each in the list beside it / 出力から除外: {counts}.")
    return "\n\n".join(parts)


def _expected(table: SourceTable) -> str:
    """The table of sources beside the paper's, in both languages."""
    both = zip(table.rows("en"), table.rows("ja"), strict=True)
    rows = [[plain(en) if en == ja else plain(f"{en} / {ja}") for en, ja in zip(*row, strict=True)] for row in both]
    head = [f"{en} / {ja}" for en, ja in zip(table.head("en"), table.head("ja"), strict=True)]
    said = [f"{text.en} / {text.ja}" for text in (table.title, *table.said)]
    return "\n\n".join([said[0], _table(head, rows), *said[1:]])


def _use(splits: Mapping[str, int] | None) -> str:
    text = (
        "## Fields / 項目\n\n`id` (stable), `messages` (OpenAI form), `input` (Alpaca's field: belongs to the first "
        "question), `task`, `topic`, `origin`, `parents` (ids of the documents it was made from), `license`, `as_of` "
        "(the day the content holds for), `group` (what a split must not cut), `split`, `review`, `extra` (JSON).\n\n"
        "## Limits / 注意\n\nAnswers hold for the date in `as_of`; laws, tax rates and limits change. Nothing here is "
        "investment advice. / 回答は `as_of` の時点のものです。法令・税率・限度額は変わります。投資助言ではありません。"
    )
    if splits:
        text += '\n\n```python\nfrom datasets import load_dataset\n\ndata = load_dataset("path/to/this/folder")\n```'
    return text
