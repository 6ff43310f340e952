"""Scanned pages are read by the real Tesseract, where it is installed; without the option they stay refused."""

import io
import sys
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from tekio.corpus.readers import pdf as reader
from tekio.text.pdf import ocr
from tekio.text.pdf.order import compare
from text.pdf.test_layout import STORY, lines_of, page_of

pypdfium2 = pytest.importorskip("pypdfium2")
pytest.importorskip("pdfplumber")
pytest.importorskip("PIL")
needs_tesseract = pytest.mark.skipif(bool(ocr.tesseract_problem()), reason=f"missing: {ocr.tesseract_problem()}")
OCR = {"ocr": "tesseract"}


def scanned(tmp_path: Path, *, coarse: int = 1, rows: int = 8) -> Path:
    """A PDF of one page that is only a picture; coarse: so many dots become one."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    def place(page) -> None:
        page.setFont("HeiseiMin-W3", 12)
        for row, line in enumerate(lines_of(STORY, 36)[:rows]):
            page.drawString(70, 760 - 20 * row, line)

    page = pypdfium2.PdfDocument(page_of(place))[0]
    picture = page.render(scale=200 / 72, grayscale=True).to_pil()
    small = picture.resize((picture.width // coarse, picture.height // coarse))
    buffer = io.BytesIO()
    sheet = Canvas(buffer, pagesize=page.get_size(), invariant=True)
    sheet.drawImage(ImageReader(small), 0, 0, *page.get_size())
    sheet.showPage()
    sheet.save()
    path = tmp_path / "scan.pdf"
    path.write_bytes(buffer.getvalue())
    return path


def test_without_the_option_a_scan_is_refused(tmp_path: Path):
    documents, rejected = read(scanned(tmp_path))
    assert not documents
    assert [row.reason for row in rejected] == ["no_text_layer"]


@needs_tesseract
def test_a_scan_is_read_and_says_how_sure_it_is(tmp_path: Path):
    (document,), rejected = read(scanned(tmp_path), options=OCR)
    assert rejected == []
    wanted = "".join(lines_of(STORY, 36)[:8])
    got = "".join(document.text.split())
    assert compare(wanted, got)[0] > 0.95
    assert document.meta["ocr"].startswith("tesseract")
    assert document.meta["ocr_confidence"] == document.meta["ocr_pages"]["1"] > 75


@needs_tesseract
def test_what_it_is_not_sure_of_is_refused_with_its_text(tmp_path: Path):
    documents, rejected = read(scanned(tmp_path), options=OCR | {"ocr_confidence": 99})
    assert not documents
    assert [row.reason for row in rejected] == ["low_ocr_confidence"]
    assert rejected[0].measured["confidence"] < 99
    assert rejected[0].document is not None


def test_a_child_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch):
    output, failed = ocr._run([sys.executable, "-c", "import time; time.sleep(60)"], b"", 1)
    assert (output, failed) == (b"", "too_slow")


def test_the_program_and_its_data_are_part_of_the_key(monkeypatch: pytest.MonkeyPatch):
    from tekio.recipe.corpus import SourceConfig

    source = SourceConfig.model_construct(name="a", options=OCR)
    monkeypatch.setattr(reader, "tesseract_identity", lambda: "tesseract 9")
    assert reader.programs_of(source) == {"tesseract": "tesseract 9"}
    assert reader.programs_of(SourceConfig.model_construct(name="a", options={})) == {}


def test_words_become_lines_without_blanks_between_kanji():
    table = "level\n" + "\n".join(
        "\t".join(["5", "1", *place, "1", "0", "0", "1", "1", conf, word])
        for place, conf, word in [
            (("1", "1", "1"), "90", "日本"),
            (("1", "1", "1"), "80", "銀行"),
            (("1", "1", "2"), "70", "ABC"),
            (("1", "1", "2"), "70", "DEF"),
            (("2", "1", "1"), "-1", "注"),
        ]
    )
    scan = ocr._read_words(table, "jpn")
    assert scan.text == "日本銀行\nABC DEF\n\n注"
    assert scan.confidence == round((2 * 90 + 2 * 80 + 6 * 70 + 0) / 11, 1)


def words(*lines: list[tuple[str, float]]) -> str:
    """Tesseract's table of words."""
    rows = [
        "\t".join(["5", "1", "1", "1", str(number), "1", "0", "0", "0", "0", str(sure), word])
        for number, line in enumerate(lines, 1)
        for word, sure in line
    ]
    return "\n".join(["head", *rows])


def test_rows_of_figures_and_unsure_lines_are_no_text():
    table = words(
        [("残高は1,234円です。", 95.0)],
        [("国内勘定3号", 95.0), ("|", 90.0), ("6,111", 90.0), ("633", 90.0), ("ムハ", 80.0), ("9.3", 92.0)],
        [("協貞", 10.0), ("氷", 20.0)],
    )
    scan = ocr._read_words(table, "jpn", 75)
    assert scan.text == "残高は1,234円です。"
    assert scan.figures == ("国内勘定3号| 6,111 633ムハ9.3",)
    assert scan.unsure == ("協貞氷",)


def test_the_tiers_of_a_picture_are_parts_of_it():
    import numpy as np

    page = np.full((1000, 400), 255, np.uint8)
    page[50:450, 40:360:10] = 0
    page[520:950, 40:360:10] = 0
    page[700, 200] = 255
    parts = ocr.bands(b"P5 400 1000 255\n" + page.tobytes())
    assert [part.split(b"\n", 1)[0] for part in parts] == [b"P5 400 485 255", b"P5 400 515 255"]
    page[430:530, 200] = 0  # a column that goes on
    assert len(ocr.bands(b"P5 400 1000 255\n" + page.tobytes())) == 1
    assert ocr.bands(b"no picture") == [b"no picture"]
