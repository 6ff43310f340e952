"""Office files and pages that were made, with what an editor would keep of them, without sight of the code.

First measurement: Office 62 of 62 pieces in order, pages 71 of 76, no unwanted line (`benchmarks/page_text.py`).
Now 62 of 62 and 76 of 76; of 20 cells 16 stand in one line with both labels: two tables of words only keep their heads in a line of
their own above the rows.
"""

import json
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read

HERE = Path(__file__).parent
HEADS_ABOVE = ("o06_sheets_empty", "o10_plans")
GOLD = sorted([*(HERE / "blind_office_2").glob("*.gold.json"), *(HERE / "blind_pages_2").glob("*.gold.json")])


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.name.removesuffix(".gold.json"))
def test_a_file_gives_what_an_editor_would_keep(gold: Path):
    truth = json.loads(gold.read_text(encoding="utf-8"))
    stem = gold.name.removesuffix(".gold.json")
    documents, _ = read(next(path for path in gold.parent.glob(f"{stem}.*") if path != gold))
    lines = [plain(line) for document in documents for line in document.text.split("\n")]
    text = "".join(lines)
    wanted = [plain(piece) for piece in truth["must_contain_in_order"]]
    assert [piece for piece in wanted if piece not in text] == []
    assert [piece for piece in truth.get("must_not_contain", []) if plain(piece) in text] == []
    for first, second in pairwise(wanted):  # a row of a table repeats the heads of its columns
        together = any(first in line and second in line for line in lines)
        assert together or text.find(first) < text.rfind(second), (first, second)
    for cell in truth.get("cells", []) if stem not in HEADS_ABOVE else []:
        labels = [plain(part) for part in (*str(cell["row"]).split(), *str(cell["column"]).split())]
        value = plain(str(cell["value"]))
        assert any(value in line and all(label in line for label in labels) for line in lines), cell


@pytest.mark.xfail(reason="a head over words only is not told from a row", strict=True)
@pytest.mark.parametrize("stem", HEADS_ABOVE)
def test_cells_of_tables_of_words_have_their_labels_in_one_line(stem: str):
    gold = HERE / "blind_office_2" / f"{stem}.gold.json"
    documents, _ = read(next(path for path in gold.parent.glob(f"{stem}.*") if path != gold))
    lines = [line for document in documents for line in document.text.split("\n")]
    for cell in json.loads(gold.read_text(encoding="utf-8"))["cells"]:
        assert any(all(str(cell[key]) in line for key in ("row", "column", "value")) for line in lines)
