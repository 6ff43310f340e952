"""A finished exam stage and the corpus it is about, of our own facts."""

# pyright: standard

from pathlib import Path

from tekio.artifacts.exam import Baseline, Exam, ExamItem
from tekio.artifacts.model import write_artifact, write_lines
from tekio.documents import Document, to_table, write_table
from tekio.evaluate.exam.tasks import HALVES, items_hash

COMPANIES = [
    "青空銀行",
    "朝日証券",
    "海山保険",
    "川辺信託",
    "北風商事",
    "東雲電機",
    "西浜製薬",
    "南野食品",
    "森川建設",
    "若葉運輸",
]


def document(number: int) -> str:
    name = COMPANIES[number % len(COMPANIES)]
    return (
        f"{name}の決算の概要を述べる。\n"
        f"{name}の売上高は{1200 + 37 * number}百万円であった。\n"
        f"{name}の従業員は{300 + 11 * number}人である。"
    )


def items(half: str, count: int) -> list[ExamItem]:
    first = 0 if half == "seen" else 100
    found: list[ExamItem] = []
    for number in range(first, first + count):
        text, name = document(number), COMPANIES[number % len(COMPANIES)]
        passage = text.split("\n")[1]
        value = f"{1200 + 37 * number}百万円"
        start = text.index(value)
        options = [f"{1200 + 37 * number + step}百万円" for step in (0, 40, 80, 120)]
        turn = number % 4
        found.append(
            ExamItem(
                id=f"{half}{number}",
                half="seen" if half == "seen" else "unseen",
                kind="number",
                topic=name,
                question=f"{name}の売上高({number})はいくらか。",
                options=options[turn:] + options[:turn],
                answer=(4 - turn) % 4,
                document=f"d{number}",
                group=f"d{number}",
                title=f"{name} 決算短信",
                passage=f"d{number}:p",
                passage_text=passage,
                start=passage.index(value),
                end=passage.index(value) + len(value),
                document_start=start,
                document_end=start + len(value),
                difficulty="hard",
                guess=0.25,
                generator="rules",
                license="CC0-1.0",
                review="rule",
            )
        )
    return found


def write_exam_stage(folder: Path, seen: int = 12, unseen: int = 6) -> Path:
    """The stage `exam`, without its manifest."""
    asked = {"seen": items("seen", seen), "unseen": items("unseen", unseen)}
    whole = [item for half in HALVES for item in asked[half]]
    for half in HALVES:
        write_lines(folder / f"{half}.jsonl", asked[half])
    exam = Exam(
        version=1,
        sha256=items_hash(whole),
        accepted_by="rule",
        items=len(whole),
        considered=len(whole),
        rejected={},
        counts={},
        difference=0.08,
        baseline=Baseline(n=0, right=0, share=None, low=None, high=None, chance=None),
        plan={},
        drafting=None,
    )
    write_artifact(folder / "exam.json", exam)
    return folder


def write_library(folder: Path, seen: int = 12, held_out: int = 3) -> Path:
    """A corpus whose training text has the facts of the seen half."""
    rows = [
        Document(
            f"d{n}", document(n), "own", f"u{n}", "CC0-1.0", domain="finance", title=f"{COMPANIES[n % 10]} 決算短信"
        )
        for n in range(seen)
    ]
    write_table(to_table(rows), folder / "train" / "part-00000.parquet")
    late = [Document(f"h{n}", document(200 + n), "own", f"h{n}", "CC0-1.0", domain="finance") for n in range(held_out)]
    write_table(to_table(late), folder / "held_out" / "part-00000.parquet")
    return folder
