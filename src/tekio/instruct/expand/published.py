"""Readers of published formats that are no plain table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tekio.errors import InputError, Text
from tekio.instruct.expand.corpora import read_aozora, read_foodkb, read_jmrd, read_jqac, read_squad, read_xlsx
from tekio.instruct.expand.edinet import read_edinet
from tekio.instruct.expand.encyclopedia import read_wikiextractor, read_wikinews, read_wordnet
from tekio.instruct.expand.explanations import read_explanations
from tekio.instruct.expand.parallel import (
    read_alt,
    read_nikkaji,
    read_pairs,
    read_parallel,
    read_paranatcom,
    read_tanaka,
)
from tekio.instruct.expand.readers import Reader, Reading, Row, parse_json, read_decoded
from tekio.instruct.expand.rules import DroppedError

_POLARITY = ("positive", "negative", "neutral")


def read_chabsa(path: Path, options: Mapping[str, Any]) -> Reading:
    """chABSA: one row for each opinion and one (`kind` sentence) for each sentence with opinions."""
    value = parse_json(read_decoded(path, options), path.name)
    if not isinstance(value, dict) or "sentences" not in value:
        raise InputError(Text("Not a chABSA file.", "chABSA の形式ではありません。"), where=path.name)
    document = cast("dict[str, Any]", value)
    header = cast("dict[str, Any]", document.get("header") or {})
    company = {
        "company": str(header.get("document_name") or ""),
        "document": str(header.get("document_id") or path.stem),
    }
    for sentence in cast("list[dict[str, Any]]", document["sentences"]):
        number = sentence.get("sentence_id")
        place = f"#{number}"
        text, opinions = sentence.get("sentence"), cast("list[dict[str, Any]]", sentence.get("opinions") or [])
        if not isinstance(text, str) or not text:
            yield place, InputError(Text("A sentence without text.", "文がありません。"), where=f"{path.name}{place}")
            continue
        if not opinions:
            yield place, DroppedError("no_opinion", "a sentence without opinions")
            continue
        common: Row = {**company, "sentence": text, "number": number}
        polarities: dict[str, set[str]] = {}
        for opinion in opinions:
            polarities.setdefault(str(opinion.get("target")), set()).add(str(opinion.get("polarity")))
        for order, opinion in enumerate(opinions):
            target, polarity = str(opinion.get("target")), str(opinion.get("polarity"))
            where = f"{place}.{order}"
            start, end = opinion.get("from"), opinion.get("to")
            if polarity not in _POLARITY:
                yield where, InputError(Text("Unknown polarity.", "極性が不明です。"), where=f"{path.name}{where}")
            elif not isinstance(start, int) or not isinstance(end, int) or text[start:end] != target:
                yield where, DroppedError("target_not_at_its_place", f"{target!r}")
            elif len(polarities[target]) > 1:
                # One target, two opinions: the question has no one answer.
                yield where, DroppedError("target_is_ambiguous", f"{target!r}")
            else:
                row = {"kind": "opinion", "target": target, "polarity": polarity, "category": opinion.get("category")}
                yield where, {**common, **row, "order": order}
        listed = "\n".join(f"{target}: {'/'.join(sorted(found))}" for target, found in polarities.items())
        sure = {polarity for found in polarities.values() for polarity in found}
        overall = sure.pop() if len(sure) == 1 else "mixed"
        yield place, {**common, "kind": "sentence", "listed": listed, "overall": overall, "order": "all"}


def published_readers() -> dict[str, Reader]:
    """Readers by name."""
    return {
        "alt": read_alt,
        "aozora": read_aozora,
        "chabsa": read_chabsa,
        "edinet": read_edinet,
        "explanations": read_explanations,
        "foodkb": read_foodkb,
        "jmrd": read_jmrd,
        "jqac": read_jqac,
        "nikkaji": read_nikkaji,
        "pairs": read_pairs,
        "parallel": read_parallel,
        "paranatcom": read_paranatcom,
        "squad": read_squad,
        "tanaka": read_tanaka,
        "wikiextractor": read_wikiextractor,
        "wikinews": read_wikinews,
        "wordnet": read_wordnet,
        "xlsx": read_xlsx,
    }
