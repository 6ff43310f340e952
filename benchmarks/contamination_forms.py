"""How many items of a task are found in training text, whatever form it is written in; and how many in innocent text.

    python benchmarks/contamination_forms.py ../shared/data

The question of every item (of chABSA 400 sampled) is written into a document of its own, in five forms, and looked for by the
three callers of the one rule: the corpus build, the screen of instruction records and the search of `evaluate`. Every form
must give the same figure. `innocent` counts the items that 11 M letters of filings, news, tax pages and laws seem to hold.
"""

# pyright: standard

import json
import re
import sys
import tempfile
import unicodedata
import zipfile
from pathlib import Path

from tekio.contamination.index import load_index, write_index
from tekio.evaluate.results.contamination import find_contamination, question_fields
from tekio.evaluate.tasks import load_task
from tekio.instruct.candidate import Row
from tekio.instruct.screen.whole import screen_whole
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.instruct import ScreenConfig
from tekio.records import InstructionMeta, new_record

TASKS = {
    "fp2": ("fin-harness", "jlm_fin_eval/datasets/fp2/data.json"),
    "cma_basics": ("fin-harness", "jlm_fin_eval/datasets/cma_basics/data.json"),
    "cpa_audit": ("fin-harness", "jlm_fin_eval/datasets/cpa/CPA_AUDIT.xlsx"),
    "security_sales_1": ("fin-harness", "jlm_fin_eval/datasets/security_sales_1/data.json"),
    "chabsa": ("chabsa", "*.json"),
    "jcommonsenseqa": ("jglue", "jcommonsenseqa-v1.3/valid-v1.3.json"),
}
FRAME = "市場は落ち着いた動きとなり、投資家は決算の発表を待っている。", "担当者は次の会議の日程を調整している。"
HALF = {ord(char): half for half in map(chr, range(0xFF61, 0xFFA0)) for char in unicodedata.normalize("NFKC", half)}


def half_width(text: str) -> str:
    """Katakana, punctuation, letters and digits in half width, voiced marks apart, as old systems write them."""
    decomposed = "".join(
        unicodedata.normalize("NFD", char) if "\u30a1" <= char <= "\u30fc" else char
        for char in unicodedata.normalize("NFKC", text)
    )
    return decomposed.translate({**HALF, 0x3099: "ﾞ", 0x309A: "ﾟ"})


def full_width(text: str) -> str:
    """Letters, digits and signs of ASCII in full width."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


FORMS = {
    "original": lambda text: text,
    "，．": lambda text: text.replace("、", "，").replace("。", "．"),
    "half": half_width,
    "full": full_width,
    "spaces": lambda text: " ".join(text),
}


def record_row(text: str) -> Row:
    """An instruction record that asks about a text."""
    meta = InstructionMeta(task="qa", origin="benchmark", license="internal", input=text)
    return Row(new_record("次の文書を要約してください。", FRAME[1], meta))


def innocent_texts(data: Path):
    """Text that holds no item: earnings reports, news, tax pages, laws."""
    for file in sorted((data / "tanshin").rglob("*.htm")):
        yield re.sub("<[^>]+>", "", file.read_bytes().decode("utf-8", "replace"))
    for line in (data / "jfinteb" / "wikinews.jsonl").open(encoding="utf-8"):
        yield json.loads(line).get("text") or ""
    for file in sorted((data / "nta" / "shitsugi").rglob("*.md")):
        yield file.read_text(encoding="utf-8", errors="replace")
    for archive, step, encoding in (
        (data / "nta" / "pages.zip", 8, "utf-8"),
        (data / "laws-2013" / "html.zip", 20, "cp932"),
    ):
        with zipfile.ZipFile(archive) as pages:
            for name in sorted(pages.namelist())[::step]:
                yield re.sub("<[^>]+>", "", pages.read(name).decode(encoding, "replace"))


def main(data: Path) -> None:
    """Print the table."""
    print(f"{'task':18} {'items':>6}  {'caller':9}", *(f"{form:>9}" for form in FORMS), f"{'innocent':>9}")
    innocent = list(innocent_texts(data))
    equal = True
    for name, (folder, pattern) in TASKS.items():
        built = load_task(name, base=Path()).build(
            data / folder,
            template="default",
            protocol="fin-harness-2025",
            shots=0,
            limit=400 if name == "chabsa" else None,
            seed=17,
        )
        files = [str(file) for file in sorted((data / folder).glob(pattern))]
        questions: list[str] = []
        for item in built.items:
            values = [item.fields[key] for key in question_fields(built, item) if item.fields.get(key)]
            questions.append("\n".join("\n".join(part) if isinstance(part, list) else str(part) for part in values))
        with tempfile.TemporaryDirectory() as scratch:
            config = ContaminationConfig.model_validate({"items": files}, context={"base": Path()})
            write_index(config, Path(scratch) / "index", "corpus.decontaminate")
            index = load_index(Path(scratch) / "index")
        figures: dict[str, list[int]] = {"corpus": [], "instruct": [], "evaluate": []}
        for form in FORMS.values():
            texts = [f"{FRAME[0]}\n{form(question)}\n{FRAME[1]}" for question in questions]
            figures["corpus"].append(len(index.check(texts)))
            rows = [record_row(text) for text in texts]
            screen_whole(
                rows,
                ScreenConfig(contamination=config, off=["exact_duplicate", "near_duplicate", "conflicting_answers"]),
            )
            figures["instruct"].append(sum(row.rejected_by == "contaminated" for row in rows))
            findings = find_contamination([built], [("f", str(n), text) for n, text in enumerate(texts)])[0]
            figures["evaluate"].append(sum(finding.question_seen for finding in findings))
        guilty = len({evidence["item"] for evidence in index.check(innocent).values()})
        for caller, found in figures.items():
            equal &= len(set(found)) == 1
            tail = f"{guilty:>9}" if caller == "corpus" else ""
            print(f"{name:18} {built.n:>6}  {caller:9}", *(f"{count:>9}" for count in found), tail)
    print("equal in every column" if equal else "NOT EQUAL")
    sys.exit(not equal)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
