"""`tekio harvest`: pages in, pairs as JSON Lines out, a line of coverage for each page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from tekio.errors import Language, Text, say
from tekio.instruct.harvest.files import harvest_path, is_no_page
from tekio.instruct.harvest.page import HarvestedPage
from tekio.instruct.harvest.rows import page_line
from tekio.recipe.paths import RecipePath
from tekio.store import write_jsonl
from tekio.text.unreadable import UnreadableError
from tekio.visible import name_below, on_one_line, shown_name


def harvest_pages(
    pages: Sequence[str], out: Path, coverage: Path | None, min_confidence: float, language: Language, stream: TextIO
) -> int:
    """Write the pairs of all pages to `out`. Returns the exit code: 0, or 3 when a page could not be read."""
    pairs: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    unreadable = skipped = 0
    for written in pages:
        place = RecipePath.of(written)
        root = place.root()
        for path in place.files():
            name = name_below(root, path) if place.path.is_dir() or path != place.path else shown_name(Path(written))
            shown = on_one_line(name)
            if is_no_page(path):
                skipped += 1
                lines.append({"file": name, "pairs": 0, "skipped": "not a page"})
                continue
            try:
                page = harvest_path(path)
            except UnreadableError as error:
                unreadable += 1
                lines.append({"file": name, "pairs": 0, "rejected": error.reason, "measured": error.measured})
                print(f"{shown}: {say(error.why_words(), language)}", file=stream)
                continue
            kept = [pair for pair in page.pairs if pair.confidence >= min_confidence]
            pairs.extend(
                {
                    "file": name,
                    "question": pair.question,
                    "answer": pair.answer,
                    "topic": pair.topic,
                    "anchor": pair.anchor,
                    "as_of": pair.as_of,
                    "confidence": pair.confidence,
                    "reading": pair.reading,
                    "suggestions": pair.suggestions,
                }
                for pair in kept
            )
            line = page_line(page, name, most=None)
            lines.append(line.plain())
            why = _why_nothing(page)
            message = Text(
                f"{shown}: {len(kept)} pairs, {page.coverage:.1%} of {page.main_characters:,} characters in pairs, "
                f"{line.remainder_characters:,} listed as remainder",
                f"{shown}: {len(kept)} 組、本文 {page.main_characters:,} 字の {page.coverage:.1%} が組に、"
                f"残り {line.remainder_characters:,} 字は一覧に",
            )
            print(say(message, language), file=stream)
            below = [pair.question for pair in page.pairs if pair.confidence < min_confidence]
            for note in [*why, *_left_out(below, min_confidence)]:
                print("  " + say(note, language), file=stream)
    write_jsonl(out, pairs)
    if coverage is not None:
        write_jsonl(coverage, lines)
    _summary(pairs, lines, unreadable, skipped, out, language, stream)
    return 3 if unreadable else 0


def _left_out(questions: list[str], least: float) -> list[Text]:
    """What `--min-confidence` left out, so that no pair goes without a word."""
    if not questions:
        return []
    shown = "; ".join(question.replace("\n", " ")[:40] for question in questions[:3])
    return [
        Text(
            f"{len(questions)} left out below --min-confidence {least}: {shown}",
            f"--min-confidence {least} 未満のため {len(questions)} 組を除きました: {shown}",
        )
    ]


def _why_nothing(page: HarvestedPage) -> list[Text]:
    """What a user must know of a page that looks like questions and gave none, or not all it lists."""
    notes: list[Text] = []
    if page.silence == "questions_without_answers":
        notes.append(
            Text(
                "it asks questions, but no answers were found for them",
                "質問らしい文がありますが、答えが見つかりません",
            )
        )
    elif page.silence:
        notes.append(
            Text(
                "it calls itself questions and answers, but none were found",
                "Q&A と名乗るページですが、質問が見つかりません",
            )
        )
    if page.missing:
        shown = "; ".join(page.missing[:3])
        entries = "1 entry of its contents list has" if len(page.missing) == 1 else f"{len(page.missing)} entries of its contents list have"  # fmt: skip
        notes.append(
            Text(
                f"{entries} no answer here: {shown}",
                f"目次にある {len(page.missing)} 件の答えがありません: {shown}",
            )
        )
    return notes


def _summary(
    pairs: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    unreadable: int,
    skipped: int,
    out: Path,
    language: Language,
    stream: TextIO,
) -> None:
    without = sum(not line["pairs"] for line in lines) - unreadable - skipped
    flagged = sum(bool(pair["suggestions"]) for pair in pairs)
    text = Text(
        f"{out}: {len(pairs):,} pairs from {len(lines):,} files ({without:,} without a pair, {unreadable:,} unreadable, "
        f"{skipped:,} that are not pages); {flagged:,} pairs with suggestions. Next: tekio review {out}",
        f"{out}: {len(lines):,} ファイルから {len(pairs):,} 組（組なし {without:,}、読めない {unreadable:,}、"
        f"ページでない {skipped:,}）。確認の提案がある組 {flagged:,}。次は tekio review {out}",
    )
    print(say(text, language), file=stream)
