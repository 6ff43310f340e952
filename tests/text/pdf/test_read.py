"""PDF files are read by processes that one process forks, so that what one file costs or breaks is no other file's."""

import io
import os
import signal

import pytest
from reportlab.pdfgen import canvas

from tekio.text.pdf import read
from tekio.text.pdf.read import PdfLimits, read_pdf_pages
from tekio.text.pdf.sample import sample
from tekio.text.unreadable import UnreadableError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


def pdf(text: str, pages: int = 1) -> bytes:
    made = io.BytesIO()
    drawn = canvas.Canvas(made)
    for _ in range(pages):
        drawn.drawString(72, 700, text)
        drawn.showPage()
    drawn.save()
    return made.getvalue()


def texts(raw: bytes, limits: PdfLimits = PdfLimits()) -> list[str]:  # noqa: B008 (frozen)
    return [str(page["pdfium"]) for page in read_pdf_pages(raw, limits).pages]


def process() -> int:
    return read._nursery()._process.pid  # pyright: ignore


def test_files_are_read_one_after_the_other_by_forks_of_one_process():
    assert texts(pdf("first")) == ["first"]
    begun = process()
    assert texts(pdf("second", 2)) == ["second", "second"]
    assert process() == begun


def test_a_file_that_is_none_and_one_that_is_too_costly_leave_the_next_alone():
    with pytest.raises(UnreadableError) as refused:
        read_pdf_pages(b"%PDF-1.7 nothing", PdfLimits())
    assert refused.value.reason == "bad_pdf"
    begun = process()
    # Three million characters: no machine places them all in a second.
    slow = read_pdf_pages(pdf("many " * 400, 1_500), PdfLimits(seconds=1))
    assert slow.stopped == "too_slow"
    assert len(slow.pages) < 1_500
    assert texts(pdf("next")) == ["next"]
    assert process() == begun


def test_a_process_that_was_ended_is_started_again():
    assert texts(pdf("before")) == ["before"]
    os.kill(process(), signal.SIGKILL)
    assert texts(pdf("after")) == ["after"]


def test_a_forked_process_has_one_of_its_own():
    assert texts(pdf("parent")) == ["parent"]
    begun = process()
    if (child := os.fork()) == 0:
        same = texts(pdf("child")) == ["child"] and process() != begun
        read._nursery().end()
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert texts(pdf("parent again")) == ["parent again"]
    assert process() == begun


def test_the_page_that_is_read_before_any_file_holds_all_that_pages_hold():
    (page,) = read_pdf_pages(sample(), PdfLimits()).pages
    assert page["pdfium"].startswith("Heading\r\nRunning text")
    ruled, aligned = page["layout"]["tables"]
    assert (bool(ruled["edges"]), bool(aligned["edges"])) == (True, False)
    assert (
        [row[1][0] for row in ruled["rows"]]
        == ["Before", "1,234", "2,234", "3,234"]
        == [row[1][0] for row in aligned["rows"]]
    )
