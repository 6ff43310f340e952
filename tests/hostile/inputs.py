"""The hostile set: every input that attacks a reader, a model or a recipe, and the reason it must be refused with.

An entry is listed beside the test that gives it to the program: `READERS` and `RECIPES` here go through
`tests/hostile/test_inputs.py`; the others are the tables of the tests named in `TABLES`, which run each entry.
"""

# pyright: standard

from collections.abc import Mapping
from typing import Any

from corpus.readers.test_hostile import HOSTILE, XXE, zipped
from model.hostile import HEADERS, TENSORS
from recipe.test_reasons import WRONG
from test_doctor_is_run import CASES

# file name, its bytes, the reasons that are right
READERS: dict[str, tuple[bytes, set[str]]] = {
    "header_only.csv": (b"text,title\n", {"no_rows"}),
    "same_columns.csv": (b"text,text\na,b\n", {"duplicate_column"}),
    "list.json": (b"[]", {"no_rows"}),
    "blank.jsonl": (b"\n\n", {"no_rows"}),
    "cut.json": (b'[{"text": "a"', {"bad_json"}),
    "same_keys.jsonl": (b'{"text": "a", "text": "b"}\n', {"duplicate_key"}),
    "empty.zip": (zipped({}), {"empty"}),
    "empty.html": (b"<html><body></body></html>", {"no_text"}),
    "external_entity.xbrl": (XXE.encode(), {"doctype"}),
    "not.docx": (b"PK\x03\x04" + b"\0" * 500, {"broken_archive"}),
    "hollow.docx": (zipped({"a.xml": b"<a/>"}), {"not_word"}),
    "hollow.xlsx": (zipped({"a.xml": b"<a/>"}), {"bad_workbook"}),
    "hollow.pptx": (zipped({"a.xml": b"<a/>"}), {"not_slides"}),
    "hollow.epub": (zipped({"a.xml": b"<a/>"}), {"not_a_book"}),
    "cut.parquet": (b"PAR1", {"bad_parquet"}),
    "zeros.txt": (b"\0" * 5000, {"binary"}),
}

# what stands after `name: x`, words of the refusal
RECIPES: dict[str, tuple[str, str]] = {
    "variant escapes": ('variants: {"../../../../escaped": {tune: null}}', "escaped"),
    "number of 5,000 digits": ("seed: " + "9" * 5000, "seed"),
    "unknown user's folder": ("out: ~nosuchuser/x", "nosuchuser"),
    "endless epochs": ("corpus: {sources: [{name: s, path: x, epochs: .inf}]}", "epochs"),
    "endless learning rate": ("tune: {method: lora, optimizer: {learning_rate: .inf}}", "learning_rate"),
    "learning rate of NaN": ("tune: {method: lora, optimizer: {learning_rate: .nan}}", "learning_rate"),
    "name twice": ("name: y", "duplicate"),
    "python object": ("out: !!python/object/apply:os.system [ls]", "not allowed"),
    "nesting": ("out: " + "[" * 200 + "]" * 200, "nested too deeply"),
}

TABLES: Mapping[str, Mapping[str, Any]] = {
    "tests/hostile/test_inputs.py, readers": READERS,
    "tests/hostile/test_inputs.py, recipes": RECIPES,
    "tests/corpus/readers/test_hostile.py": HOSTILE,
    "tests/model/test_weights.py, tensors": TENSORS,
    "tests/model/test_weights.py, headers": HEADERS,
    "tests/test_doctor_is_run.py": CASES,
    "tests/recipe/test_reasons.py": dict.fromkeys(WRONG, ""),
}
