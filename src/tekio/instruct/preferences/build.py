"""The pairs of a recipe: read, screened, split, written; nothing is dropped without its reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from tekio.artifacts.model import write_artifact
from tekio.artifacts.preferences import PAIRS, Pairs, PairSource
from tekio.contamination.evaluation_items import evaluation_files, read_records
from tekio.contamination.index import ItemIndex, build_index
from tekio.contamination.training_text import trained_text
from tekio.errors import NothingError, PolicyError, Text
from tekio.instruct.formats.gate import licenses_of, target_of, why_not
from tekio.instruct.preferences.pair import Pair, question_of
from tekio.instruct.preferences.rows import Candidate, ReadRow, candidates_of
from tekio.instruct.screen.personal import screen_personal_data
from tekio.instruct.screen.rules import CHECKS, screen_rows
from tekio.instruct.split import say_if_none_is_kept, validation_groups
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.prefer import PreferConfig
from tekio.records import InstructionRecord
from tekio.store import Workspace, canonical_json
from tekio.text.personal_data.pseudonyms import PseudonymKey

MARKS = "template_leftover"
Kept = Sequence[tuple[Pair, str]]
"""Pairs, each with the name of its source."""


def build_pairs(
    config: PreferConfig,
    screen: ScreenConfig,
    release: str,
    space: Workspace,
    *,
    special_tokens: Sequence[str],
    key: PseudonymKey | None,
) -> Pairs:
    """Read, screen and split the pairs of a recipe; write `train.jsonl`, `validation.jsonl`, `rejected.jsonl` and `pairs.json`.

    screen: that of the records; the preferred answer must pass all of it, the other answer is screened for personal data and
    marks of templates only (what is wrong with it is what is learned). Raises `PolicyError` for a license that does not allow
    `release`, and `NothingError` when no pair is left.
    """
    screen = screen.model_copy(update={"special_tokens": sorted({*screen.special_tokens, *special_tokens})})
    index = items_to_keep_out(screen)
    sources: list[PairSource] = []
    kept: list[tuple[Pair, str]] = []
    seen: dict[str, str] = {}
    with (space.path / "rejected.jsonl").open("wb") as rejected:
        for source in config.pairs:
            rows, candidates = candidates_of(source)
            personal = screen_pairs(candidates, screen, index, seen, key)
            good = [one for one in candidates if one.alive]
            used = {id(row) for one in good for row in one.rows}
            lost = [row for row in rows if id(row) not in used]
            kept += [(one.made(), source.name) for one in good]
            sources.append(
                PairSource(
                    name=source.name,
                    rows_in=len(rows),
                    rows_used=len(used),
                    train=0,
                    validation=0,
                    rejected=_write_rejected(lost, candidates, screen, key, rejected),
                    personal_data=dict(sorted(personal.items())),
                )
            )
    require_release(kept, release)
    return _write(config, sources, kept, space)


def _write_rejected(
    lost: Sequence[ReadRow],
    candidates: Sequence[Candidate],
    screen: ScreenConfig,
    key: PseudonymKey | None,
    file: BinaryIO,
) -> dict[str, int]:
    """The rows of no pair, each with its reason: its own, or why its first pair failed. No personal data stands in them either."""
    why: dict[int, tuple[str, object]] = {}
    for one in candidates:
        for row in one.rows:
            why.setdefault(id(row), one.reason)
    if "personal_data" not in screen.off:
        screen_personal_data([row.row for row in lost], screen.personal_data, key)
    reasons: Counter[str] = Counter()
    for row in lost:
        reason, measured = row.reason or why.get(id(row)) or ("no_other_answer", None)
        reasons[reason] += 1
        line = {**row.row.record.as_dict(), "rejected_by": reason, "measured": measured}
        file.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
    return dict(sorted(reasons.items()))


def _write(config: PreferConfig, sources: Sequence[PairSource], kept: Kept, space: Workspace) -> Pairs:
    sizes = Counter(pair.record.meta.group for pair, _ in kept)
    aside = validation_groups(dict(sizes), config.validation_share, space.seed, "stable")
    say_if_none_is_kept("prefer", dict(sizes), config.validation_share, aside)
    counts: Counter[tuple[str, str]] = Counter()
    with (space.path / "train.jsonl").open("wb") as train, (space.path / "validation.jsonl").open("wb") as validation:
        for pair, name in kept:
            split = "validation" if pair.record.meta.group in aside else "train"
            pair.record.meta.split = split
            counts[name, split] += 1
            file = train if split == "train" else validation
            file.write((json.dumps(pair.as_dict(), ensure_ascii=False, allow_nan=False) + "\n").encode())
    made = [
        source.model_copy(update={split: counts[source.name, split] for split in ("train", "validation")})
        for source in sources
    ]
    found = Pairs(sources=made, licenses=dict(sorted(Counter(_terms(pair.record) for pair, _ in kept).items())))
    write_artifact(space.path / PAIRS, found)
    if not any(source.train for source in made):
        raise NothingError(
            Text("No pair is left to learn from.", "学習に使える回答の組がありません。"),
            where="prefer.pairs",
            why="; ".join(f"{source.name}: {source.rejected or 'no rows'}" for source in made),
        )
    return found


def screen_pairs(
    candidates: Sequence[Candidate],
    screen: ScreenConfig,
    index: ItemIndex | None,
    seen: dict[str, str],
    key: PseudonymKey | None,
) -> Counter[str]:
    """Reject the pairs that may not be learned from. seen: pairs that are there already. Returns kinds of personal data."""
    personal = screen_rows([one.chosen for one in candidates], screen, key)
    marks_only = [*screen.off, *(name for name in CHECKS if name != MARKS)]
    personal += screen_rows([one.other for one in candidates], screen.model_copy(update={"off": marks_only}), key)
    for one in (one for one in candidates if one.alive):
        if one.chosen.record.output.strip() == one.other.record.output.strip():
            one.fail("same_answer")
        elif index is not None:
            texts = [trained_text(row.record.messages, row.record.meta.input) for row in (one.chosen, one.other)]
            for measured in index.check(texts).values():
                if screen.contamination.action == "remove":
                    one.fail("contaminated", measured)
                elif "contaminated" not in one.chosen.flags:
                    one.chosen.flags.append("contaminated")
        if one.alive:
            _require_new(one, seen)
    return personal


def items_to_keep_out(screen: ScreenConfig) -> ItemIndex | None:
    """The evaluation items that no record may hold; None where none are looked for."""
    if "contaminated" in screen.off or not screen.contamination.items:
        return None
    files = evaluation_files(screen.contamination, "instruct.screen.contamination")
    return build_index((item for file in files for item in read_records(file)), screen.contamination)


def _require_new(one: Candidate, seen: dict[str, str]) -> None:
    """Reject a pair that is there already, or the other way round."""
    question, answers = question_of(one.chosen.record), [one.chosen.record.output, one.other.record.output]
    same, turned = canonical_json([question, answers]), canonical_json([question, answers[::-1]])
    if same in seen:
        one.fail("exact_duplicate", seen[same])
    elif turned in seen:
        one.fail("the_other_way_round", seen[turned])
    else:
        seen[same] = one.chosen.record.id


def _terms(record: InstructionRecord) -> str:
    return " AND ".join(licenses_of(record)) or "unknown"


def require_release(kept: Kept, release: str) -> None:
    target = target_of(release)
    blocked: Counter[tuple[str, str]] = Counter()
    why: dict[str, Text] = {}
    for pair, name in kept:
        for license_id in licenses_of(pair.record):
            if (found := why_not(license_id, target)) is not None:
                blocked[name, license_id] += 1
                why[license_id] = found
    if not blocked:
        return
    raise PolicyError(
        Text(
            f"{sum(blocked.values()):,} pair(s) stand under a license that does not allow what the recipe does with them ({release}).",
            f"ライセンス上、レシピの用途（{release}）に使えない回答の組が {sum(blocked.values()):,} 件あります。",
        ),
        where="; ".join(f"{name}: {number:,} x {license_id}" for (name, license_id), number in blocked.items()),
        why=Text(
            "; ".join(f"{one} {words.en}" for one, words in why.items()),
            "、".join(f"{one} は{words.ja}" for one, words in why.items()),
        ),
        fix=Text("Leave these sources out of prefer.pairs.", "prefer.pairs からこれらのデータを外してください。"),
    )
