"""How fast rules tell documents again, and whether memory grows with the rows.

    python benchmarks/study_speed.py [--rows 100000]
    python benchmarks/study_speed.py --corpus RUN/corpus [--wordings 3]

Made documents (tables, statutes, Q&A pages with other figures each) are told by one process until so many rows are kept; or all documents of a
finished corpus. Prints seconds, rows a second, the memory while it works (ten times, at equal numbers of rows), and the peak.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tekio.artifacts.model import read_artifact
from tekio.artifacts.study import STUDY, Study
from tekio.documents import Document, document_id, to_table, write_table
from tekio.recipe.study import StudyConfig
from tekio.study import build_study
from tekio.study.write import Kept, Writer

ROWS_OF_DOCUMENT = 120
EVERY = 1000
SHARD = 500
ITEMS = ["売上高", "営業利益", "経常利益", "当期純利益", "総資産", "純資産", "貸出金", "預金", "有価証券", "現金預け金"]


def document(number: int) -> Document:
    """A filing, a statute or a Q&A page, no two alike."""
    company = f"第{number}銀行"
    kind = number % 3
    if kind == 0:
        rows = [
            f"{item} | 前連結会計年度: {number * 7 + place * 13 + 100:,} | 当連結会計年度: {number * 9 + place * 17 + 100:,}"
            for place, item in enumerate(ITEMS)
        ]
        text = "1．経営成績\n（単位：百万円）\n" + "\n".join(rows)
    elif kind == 1:
        articles = [
            f"（事項{place}）\n第{place}条　第{number}号金融機関は、事業年度の終了後{place + 1}月以内に、第{number + place}号の報告書を主務大臣に提出しなければならない。"
            for place in range(1, 15)
        ]
        text = f"第{number}号貯金保護法\n" + "\n".join(articles)
    else:
        text = "\n".join(
            f"【照会要旨】\n外貨預金{number}の{place}番の利子は課税されますか。\n【回答要旨】\n所得税法第{number + place}条により{place}％の税率で課税されます。"
            for place in range(1, 15)
        )
    uri = f"{number}.txt"
    meta = {"company": company}
    return Document(document_id("made", uri, text), text, "made", uri, "CC0-1.0", "finance", company, meta=meta)


def corpus_of(folder: Path, count: int) -> Path:
    """`count` documents as a document table."""
    for first in range(0, count, SHARD):
        rows = [document(number) for number in range(first, min(first + SHARD, count))]
        write_table(to_table(rows), folder / "train" / f"part-{first // SHARD:05d}.parquet")
    return folder


class Memory:
    """What the process holds, each time another so many rows are kept."""

    def __init__(self) -> None:
        self.rows = 0
        self.seen: list[tuple[int, float]] = []
        keep = Writer.keep

        def counted(writer: Writer, row: Kept) -> None:
            keep(writer, row)
            self.rows += 1
            if self.rows % EVERY == 0:
                pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
                self.seen.append((self.rows, pages * resource.getpagesize() / 2**20))

        setattr(Writer, "keep", counted)  # noqa: B010 (the type checker holds names of arguments against it)

    def line(self) -> str:
        """Ten of them."""
        step = max(1, len(self.seen) // 10)
        return (
            "memory: " + ", ".join(f"{rows:,} rows {held:,.0f}" for rows, held in self.seen[step - 1 :: step]) + " MiB"
        )


def measured(corpus: Path, out: Path, config: StudyConfig) -> Iterator[str]:
    """Tell all of a corpus."""
    memory = Memory()
    started, processor = time.monotonic(), time.process_time()
    build_study(config, out, corpus=corpus, seed=17)
    seconds, used = time.monotonic() - started, time.process_time() - processor
    study = read_artifact(Study, out / STUDY)
    kept = sum(item.texts + item.records for item in study.strategies.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield (
        f"{kept:,} rows of {study.documents:,} documents in {seconds:.1f} s ({used:.1f} CPU s), "
        f"{kept / used:,.0f} rows a CPU second, peak memory {peak:,.0f} MiB"
    )
    yield memory.line()
    for name, item in study.strategies.items():
        refused = ", ".join(f"{reason} {count:,}" for reason, count in item.rejected.items())
        yield f"  {name}: {item.texts + item.records:,} kept; {refused or 'none refused'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--wordings", type=int, default=StudyConfig().wordings)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = options.corpus or corpus_of(folder / "corpus", options.rows * 2 // ROWS_OF_DOCUMENT + 3)
        for line in measured(corpus.resolve(), folder / "study", StudyConfig(wordings=options.wordings)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
