"""What stands beside the texts: rows of one file that have nothing of their own are masked like each alone."""

from tekio.corpus.units.clean import clean_beside, clean_texts
from tekio.documents import Document
from tekio.recipe.corpus import CorpusConfig
from tekio.text.personal_data.pseudonyms import PseudonymKey

KEY = PseudonymKey(b"k" * 32)
CONFIG = CorpusConfig.model_validate(
    {"sources": [{"name": "s", "path": "rows.jsonl", "license": "CC0-1.0"}], "personal_data": {"mode": "mask"}}
)


def row(number: int, text: str, **own: object) -> Document:
    uri = f"hanako@example.co.jp.jsonl#row={number}"
    return Document(f"{number:016x}", text, "s", uri, "CC0-1.0", "finance", group=f"{number:016x}", **own)  # pyright: ignore[reportArgumentType]


ROWS = [
    row(1, "売上高は増加しました。"),
    row(2, "電話は03-5812-7364です。"),
    row(3, "営業利益は減少しました。", title="連絡先 03-5812-7364"),
    row(4, "経常利益は横ばいでした。", meta={"note": "hanako@example.co.jp"}),
    row(5, "純利益は増加しました。"),
]
MEASURED = [None, None, None, {"found": "03-5812-7364"}, {}]


def test_rows_of_a_file_are_masked_together_as_they_are_alone():
    def beside(rows: list[Document], measured: list[object]) -> list[tuple[Document, object]]:
        cleaned = clean_texts([item.text for item in rows], CONFIG, KEY)
        documents, about = clean_beside(rows, measured, cleaned, (CONFIG.personal_data, KEY))
        return list(zip(documents, about, strict=True))

    alone = [pair for item, about in zip(ROWS, MEASURED, strict=True) for pair in beside([item], [about])]
    assert beside(ROWS, list(MEASURED)) == alone
    assert not any(
        "hanako" in str(pair) or "5812" in str(pair) for pair in ((d.uri, d.title, d.meta, m) for d, m in alone)
    )
    assert [about for _, about in alone][:3] == [None, None, None]
    assert alone[4][1] == {}
    assert [item.uri.rpartition("#")[2] for item, _ in alone] == [f"row={number}" for number in range(1, 6)]
