"""Parts of installed packages: found by their entry points, named in messages, never taken from a working folder."""

import sys
from pathlib import Path

import pytest

from tekio.corpus import build_corpus
from tekio.documents import read_documents
from tekio.engine import make_engine
from tekio.errors import TekioError
from tekio.plugins import Reader, installed, load_part
from tekio.recipe import corpus as recipe_corpus
from tekio.recipe import readers as known
from tekio.recipe.corpus import CorpusConfig

LEDGER = """
from tekio.corpus.readers import Rejected, make_document
from tekio.plugins import Reader

def read(source, file):
    for number, line in enumerate(file.read(1000).decode().splitlines()):
        if line == "boom":
            raise KeyError("column")
        yield make_document(source, file, line, part=f"line={number}") if line != "-" else Rejected(file.uri, "blank_entry")

READER = Reader("ledger", "VERSION", read, suffixes=(".led",), sniff=lambda head: head.startswith(b"LEDGER"))
"""


def forget() -> None:
    """What one process remembers of the installed packages."""
    from tekio import plugins

    for cached in (plugins.installed, plugins._loaded, known.readers, known._by_suffix):
        cached.cache_clear()


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder on the import path, and a function that puts a package with entry points there."""
    folder = tmp_path / "site"
    monkeypatch.syspath_prepend(str(folder))

    def install(package: str, code: str, entries: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / f"{package}.py").write_text(code)
        about = folder / f"{package}-1.2.dist-info"
        about.mkdir(exist_ok=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (about / "entry_points.txt").write_text(entries)
        sys.modules.pop(package, None)
        forget()

    yield install
    monkeypatch.undo()
    forget()


def ledger(packages, version: str = "1") -> None:
    packages("ledgers", LEDGER.replace("VERSION", version), "[tekio.readers]\nledger = ledgers:READER\n")


def build(folder: Path, **source: object) -> Path:
    plain = {"name": "books", "path": "books", "domain": "general", **source}
    config = CorpusConfig.model_validate(
        {"sources": [plain], "filters": {"preset": "none"}, "held_out": {"share": 0}}, context={"base": folder}
    )
    build_corpus(config, folder / "corpus", seed=1, engine=make_engine("local", 1))
    return folder / "corpus"


def books(folder: Path) -> None:
    (folder / "books").mkdir()
    (folder / "books" / "a.led").write_text("売掛金の残高は百二十万円である。\n-\n買掛金の残高は八十万円である。\n")


def test_a_reader_is_found_by_suffix_and_by_content(tmp_path, packages):
    ledger(packages)
    books(tmp_path)
    (tmp_path / "books" / "noname").write_text("LEDGER 現金の残高は五万円である。\n")
    corpus = build(tmp_path)
    texts = sorted(row["text"] for row in read_documents(corpus / "train"))
    assert texts == [
        "LEDGER 現金の残高は五万円である。",
        "売掛金の残高は百二十万円である。",
        "買掛金の残高は八十万円である。",
    ]
    assert [row["rejected_by"] for row in read_documents(corpus / "rejected")] == ["blank_entry"]


def test_a_new_version_of_a_reader_reads_again(tmp_path, packages):
    ledger(packages)
    books(tmp_path)
    first = (build(tmp_path, reader="ledger") / "manifest.json").read_text()
    assert (build(tmp_path, reader="ledger") / "manifest.json").read_text() == first
    ledger(packages, "2")
    assert (build(tmp_path, reader="ledger") / "manifest.json").read_text() != first


def test_what_a_reader_raises_ends_its_file_and_no_other(tmp_path, packages):
    ledger(packages)
    books(tmp_path)
    (tmp_path / "books" / "b.led").write_text("未収金の残高は三万円である。\nboom\n")
    corpus = build(tmp_path)
    assert len(list(read_documents(corpus / "train"))) == 3
    (failed,) = [row for row in read_documents(corpus / "rejected") if row["rejected_by"] == "reader_failed"]
    assert failed["uri"] == "b.led"
    assert "KeyError" in failed["measured"]


def test_an_unknown_reader_is_refused_with_the_nearest_name(tmp_path, packages):
    ledger(packages)
    with pytest.raises(ValueError, match="did you mean `ledger`"):
        recipe_corpus.SourceConfig.model_validate({"name": "a", "path": "a", "reader": "ledgers"})
    assert known.reader_names()[-1] == "ledger"


def test_two_packages_with_one_name_are_refused(packages):
    ledger(packages)
    packages("others", LEDGER, "[tekio.readers]\nledger = others:READER\n")
    with pytest.raises(TekioError, match=r"others and ledgers|ledgers and others"):
        installed("tekio.readers")


@pytest.mark.parametrize(
    ("code", "why"),
    [("READER = 5", "no tekio.plugins.Reader"), ("import nothing_of_this_name", "ModuleNotFoundError")],
)
def test_a_broken_package_is_named(packages, code: str, why: str):
    packages("ledgers", code, "[tekio.readers]\nledger = ledgers:READER\n")
    with pytest.raises(TekioError) as refused:
        load_part(Reader, "ledger")
    assert "ledgers" in refused.value.explain("en")
    assert why in refused.value.explain("en")


def test_a_folder_of_documents_brings_no_code(tmp_path, packages, monkeypatch):
    ledger(packages)
    monkeypatch.chdir(tmp_path / "site")
    forget()
    assert installed("tekio.readers") == {}


def test_every_shipped_reader_can_be_imported_and_stands_in_the_docs():
    page = (Path(__file__).parent.parent / "docs" / "sources.md").read_text()
    for reader in known.SHIPPED:
        assert callable(reader.function())
        assert f"`{reader.name}`" in page, reader.name
