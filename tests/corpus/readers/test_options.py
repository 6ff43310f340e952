"""Options of readers: the table holds what the readers ask for, and what a source cannot have is refused by name."""

import pickle
import re
from pathlib import Path

import pytest

import tekio.corpus.readers
from tekio.corpus.readers import plan_units, read_unit
from tekio.corpus.readers.options import OF_ARCHIVES, OPTIONS, option_problems
from tekio.errors import RecipeError
from tekio.recipe import RecipePath
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import SHIPPED


def problems(folder: Path, files: list[str], reader: str = "auto", **options: object) -> list[str]:
    for name in files:
        (folder / name).write_bytes(b"x")
    source = SourceConfig(name="s", path=RecipePath("d", folder), reader=reader, options=options)
    return [error.explain("en") for error in option_problems(source)]


SAMPLES = {"mail": ("a.eml", b"Subject: a\n\ntext\n"), "csv": ("a.csv", b"text\na\n"), "text": ("a.txt", b"text")}


@pytest.mark.parametrize(
    ("reader", "name", "value", "wanted"),
    [
        ("mail", "quotes", "drop", "次のいずれか: keep, cut"),
        ("mail", "max_file_bytes", "10MB", "整数"),
        ("mail", "tables", "pretty", "次のいずれか"),
        ("csv", "delimiter", ";;", "一文字"),
        ("csv", "encoding", 932, "文字列"),
        ("text", "encoding", ["utf-8"], "文字列"),
    ],
)
def test_a_reader_that_is_asked_itself_refuses_in_both_languages_as_the_table_does(
    tmp_path: Path, reader: str, name: str, value: object, wanted: str
):
    file, raw = SAMPLES[reader]
    (tmp_path / file).write_bytes(raw)
    source = SourceConfig(name="s", path=RecipePath("d", tmp_path), reader=reader, options={name: value})
    (before,) = option_problems(source)
    (unit,) = plan_units(source, 1_000_000)
    with pytest.raises(RecipeError) as raised:
        list(read_unit(source, unit))
    assert raised.value.explain("ja") == before.explain("ja")
    assert raised.value.explain("en") == before.explain("en")
    assert wanted in raised.value.explain("ja")
    assert raised.value.exit_code == 2
    # it comes from the process that reads, too
    assert pickle.loads(pickle.dumps(raised.value)).explain("ja") == before.explain("ja")


def test_every_reader_has_its_options_in_the_table():
    assert set(OPTIONS) == {reader.name for reader in SHIPPED}


def test_the_table_holds_what_the_readers_ask_for_and_nothing_else():
    room = Path(tekio.corpus.readers.__file__).parent
    text = "\n".join(file.read_text(encoding="utf-8") for file in room.glob("*.py"))
    asked = set(re.findall(r'option_(?:int|text|list)\(\s*source,\s*"(\w+)"', text)) | {"tables"}
    assert asked == {name for options in (*OPTIONS.values(), OF_ARCHIVES) for name in options}


@pytest.mark.parametrize(
    ("files", "options"),
    [
        (["a.pdf"], {"by": "page", "ocr": "tesseract", "max_pages": 3}),
        (["a.epub"], {"by": "chapter"}),
        (["a.zip"], {"by": "chapter", "max_members": 5, "delimiter": ";"}),
        (["a.eml"], {"quotes": "cut", "ocr": "none"}),  # an attachment may be a PDF
        (["a.xml"], {"by": "article", "categories": "銀行"}),  # its name does not tell
        (["a.csv", "b.pdf"], {"delimiter": ";", "ocr": "none"}),
    ],
)
def test_options_that_a_reader_of_the_files_has_are_taken(tmp_path, files, options):
    assert problems(tmp_path, files, **options) == []


@pytest.mark.parametrize(
    ("files", "reader", "options", "words"),
    [
        (["a.pdf"], "auto", {"by": "chapter"}, "one of file, page"),
        (["a.pdf"], "auto", {"delimiter": ";"}, "There is no option `delimiter`"),
        (["a.pdf"], "csv", {"delimiter": ";;"}, "one character"),
        (["a.html"], "auto", {"tabels": "lines"}, "Did you mean `tables`?"),
        (["a.html"], "auto", {"max_file_bytes": True}, "a whole number"),
        (["a.html"], "auto", {"max_file_bytes": -1}, "a whole number"),
        (["a.xbrl"], "auto", {"parts": ["public", "private"]}, "one of public, audit"),
    ],
)
def test_an_option_or_value_that_no_reader_of_the_files_has_is_refused(tmp_path, files, reader, options, words):
    [said] = problems(tmp_path, files, reader, **options)
    assert words in said
