"""The document table is made without pandas, and is the table that Arrow makes of the same rows."""

# pyright: standard

import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.documents import DOCUMENT_SCHEMA, Document, strings, to_table
from tekio.store import canonical_json

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
DOCUMENTS = st.lists(
    st.builds(
        Document, id=TEXT, text=TEXT, source=TEXT, uri=TEXT, license=TEXT, domain=TEXT, group=TEXT,
        title=st.none() | TEXT, as_of=st.none() | TEXT, meta=st.dictionaries(TEXT, TEXT, max_size=2),
    ),
    max_size=20,
)  # fmt: skip


@given(DOCUMENTS)
def test_the_table_is_the_one_arrow_makes(documents: list[Document]):
    rows = [
        {name: getattr(item, name) for name in DOCUMENT_SCHEMA.names if name not in ("group", "meta")}
        | {"group": item.group or item.id, "meta": canonical_json(item.meta)}
        for item in documents
    ]
    made = to_table(documents)
    made.validate(full=True)
    assert made.equals(pa.Table.from_pylist(rows, schema=DOCUMENT_SCHEMA))


def test_what_is_no_unicode_is_refused():
    with pytest.raises(UnicodeEncodeError):
        strings(["\ud800"])


def test_a_table_is_made_without_pandas():
    code = (
        "import sys\nfrom tekio.documents import Document, to_table\n"
        "to_table([Document('a', 'b', 's', 'u', 'l')])\nassert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
