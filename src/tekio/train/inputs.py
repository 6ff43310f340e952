"""What the stages read: documents by domain, instruction records, and the model folder of an earlier stage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tekio.documents import read_documents
from tekio.errors import NothingError, Text
from tekio.records import InstructionRecord, read_records
from tekio.store import sha256_json
from tekio.train.seeds import permutation


def texts_of(corpus: Path, part: str, domains: Sequence[str]) -> Iterator[str]:
    """The texts of the chosen domains in `corpus/<part>` (`train` or `held_out`), in table order."""
    return (text for _, text in sourced_texts(corpus, part, domains))


def sourced_texts(
    corpus: Path, part: str, domains: Sequence[str], source: str | None = None, *, share: float = 1.0
) -> Iterator[tuple[str, str]]:
    """Like `texts_of`, as (name of the source, text); source: only this one; share: of the documents (`in_share`)."""
    wanted = set(domains)
    for row in read_documents(corpus / part, ["text", "domain", "source"]):
        if row["domain"] in wanted and source in (None, row["source"]) and in_share(row["text"], share):
            yield row["source"], row["text"]


def in_share(text: str, share: float) -> bool:
    """Whether a text is in a sample of this share. The choice hangs on the text alone, and a larger share holds the smaller."""
    return share >= 1 or int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") < share * 2**64


def named_texts(folders: Iterable[Path], sources: Sequence[str], domains: Sequence[str]) -> Iterator[tuple[str, str]]:
    """As (source, text), the documents of tables that are of one of the sources or of one of the domains."""
    for folder in folders:
        for row in read_documents(folder, ["text", "domain", "source"]):
            if row["source"] in sources or row["domain"] in domains:
                yield row["source"], row["text"]


def require_named(folders: Sequence[Path], sources: Sequence[str], domains: Sequence[str]) -> None:
    """Raise `NothingError` naming a source or domain of which the tables have no document."""
    rows = [row for folder in folders for row in read_documents(folder, ["domain", "source"])]
    for column, names in (("source", sources), ("domain", domains)):
        there = {str(row[column]) for row in rows}
        if missing := sorted(set(names) - there):
            raise NothingError(
                Text(
                    f"There are no documents of the {column} {', '.join(missing)} to anneal with.",
                    f"アニーリングに使う{'情報源' if column == 'source' else '分野'} {', '.join(missing)} の文書がありません。",
                ),
                where=folders[0],
                why=f"{column}: {', '.join(sorted(there))}",
            )


def require_texts(corpus: Path, domains: Sequence[str]) -> None:
    """Raise `NothingError` with the domains there are when none of `domains` is in the training table."""
    found = sorted({row["domain"] for row in read_documents(corpus / "train", ["domain"])})
    if not set(domains) & set(found):
        raise NothingError(
            Text(
                f"The corpus has no documents of {', '.join(domains)}.",
                f"コーパスに {', '.join(domains)} の文書がありません。",
            ),
            where=corpus,
            why=f"domains: {', '.join(found)}",
        )


def held_out_texts(corpus: Path, seed: int, limit: int) -> dict[str, list[str]]:
    """Held-out texts by domain, at most `limit` characters each: whole documents in a seeded order."""
    if not any((corpus / "held_out").glob("*.parquet")):
        return {}
    found: dict[str, list[str]] = {}
    for row in read_documents(corpus / "held_out", ["text", "domain"]):
        if row["text"]:
            found.setdefault(str(row["domain"]), []).append(str(row["text"]))
    return {domain: _sample(texts, limit, seed, domain) for domain, texts in sorted(found.items())}


def _sample(texts: list[str], limit: int, seed: int, domain: str) -> list[str]:
    order: list[int] = permutation(len(texts), seed, "held-out", domain).tolist()
    count, total = 0, 0
    while count < len(order) and (not count or total + len(texts[order[count]]) <= limit):
        total += len(texts[order[count]])
        count += 1
    return [texts[number] for number in sorted(order[:count])]


def sampled(records: list[InstructionRecord], most: int | None) -> list[InstructionRecord]:
    """At most `most` records in their order: those with the smallest hashes, so that a larger sample holds a smaller."""
    if most is None or most >= len(records):
        return records
    ranked = sorted(range(len(records)), key=lambda place: (sha256_json(records[place].id), place))
    return [records[place] for place in sorted(ranked[:most])]


def records_of(folder: Path, name: str) -> list[InstructionRecord]:
    """The records of `instruct/<name>.jsonl`; empty if the file is not there."""
    path = folder / f"{name}.jsonl"
    return list(read_records(path)) if path.is_file() else []
