"""A page of a document table holds the right rows, whatever the shards and row groups are, and says where to go on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.documents import DOCUMENT_SCHEMA, REJECTED_SCHEMA
from tekio.view.documents import EXCERPT, DocumentTable
from view.view_fixture import ROWS, document, write_documents


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents") / "train"
    write_documents(folder, [document(number) for number in range(ROWS)], DOCUMENT_SCHEMA)
    return DocumentTable(folder)


def walk(table, size, **asked):
    at, places = 0, []
    while at is not None:
        found = table.page(at, size, **asked)
        assert found.complete
        assert [row["id"] for row in found.rows] == [f"{place:016x}" for place in found.places]
        places += found.places
        at = found.following
    return places


@given(size=st.integers(1, ROWS + 5))
def test_pages_of_any_size_show_every_row_once(table, size):
    assert walk(table, size) == list(range(ROWS))


@given(size=st.integers(1, 30), digit=st.integers(0, 9))
def test_a_search_finds_what_a_plain_look_finds(table, size, digit):
    words = f"第{digit}"
    expected = [number for number in range(ROWS) if words in document(number)["text"]]
    assert walk(table, size, words=words) == expected


@given(size=st.integers(1, 30))
def test_a_source_is_shown_alone(table, size):
    assert walk(table, size, where={"source": "circulars"}) == list(range(1, ROWS, 2))
    assert walk(table, size, where={"source": "reports"}, words="年8.5%") == [8]


def test_capital_letters_do_not_matter_for_latin_words(tmp_path):
    write_documents(
        tmp_path / "t", [document(0, text="The Bank of Nowhere"), document(1, title="bank")], DOCUMENT_SCHEMA
    )
    assert walk(DocumentTable(tmp_path / "t"), 10, words="BANK") == [0, 1]


def test_a_search_that_has_no_time_says_where_to_go_on(table):
    at, places, pages = 0, [], 0
    while at is not None:
        found = table.page(at, 50, words="第119号", seconds=0)
        at, pages = found.following, pages + 1
        places += found.places
        assert found.complete == (at is None)
    assert places == [119]
    assert pages > 2


def test_a_list_holds_beginnings_and_a_row_is_whole(tmp_path):
    text = "長い文章です。" * 100
    write_documents(tmp_path / "t", [document(0, text=text), document(1)], DOCUMENT_SCHEMA)
    table = DocumentTable(tmp_path / "t")
    shown = table.page(0, 1).rows[0]
    assert (shown["text"], shown["characters"]) == (text[:EXCERPT], len(text))
    found = table.find(f"{0:016x}")
    assert found is not None
    assert found["text"] == text
    assert table.find("absent") is None


def test_reasons_of_rejected_rows(tmp_path):
    rows = [
        document(number, rejected_by="a" if number % 4 else "b", measured=None, duplicate_of=None)
        for number in range(40)
    ]
    write_documents(tmp_path / "t", rows, REJECTED_SCHEMA)
    assert walk(DocumentTable(tmp_path / "t"), 7, where={"rejected_by": "b"}) == list(range(0, 40, 4))
