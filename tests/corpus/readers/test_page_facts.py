"""The days that a page tells beside its text: in meta elements, data for search engines, time elements, its foot."""

import pytest

from tekio.corpus.readers.page_facts import modified_date, page_date, stamped_day
from tekio.text.html import parse_html_text


@pytest.mark.parametrize(
    ("markup", "published", "changed"),
    [
        ('<meta name="last-modified" content="Tue, 04 Mar 2025 09:00:00 GMT">', None, "2025-03-04"),
        ('<meta name="last-modified" content="Tue, 31 Feb 2025 09:00:00 GMT">', None, None),
        (
            '<script type="application/ld+json">{"datePublished":"2024-05-01T09:00","dateModified": "2024-08-09"}</script>',
            "2024-05-01",
            "2024-08-09",
        ),
        ('<script>{"dateModified": "2024-08-09"}</script>', None, None),
        (
            '<time datetime="2024-03-15">3月15日</time><time itemprop="dateModified" datetime="2024-11-20">11月20日</time>',
            "2024-03-15",
            "2024-11-20",
        ),
        ('<time class="entry updated" datetime="2024-11-20">11月20日</time>', None, "2024-11-20"),
        (
            '<meta name="date" content="2023-06-05"><time datetime="2024-03-15">3月15日</time>',
            "2023-06-05",
            None,
        ),
    ],
)
def test_days_of_publication_and_change(markup: str, published: str | None, changed: str | None):
    root = parse_html_text(f"<html><head></head><body>{markup}<p>本文です。</p></body></html>")
    assert (page_date(root), modified_date(root)) == (published, changed)


def test_a_stamp_counts_wherever_it_stands_if_there_is_one():
    page = "<div id=foot>最終更新日：<b>2024年6月3日</b></div>"
    assert stamped_day(parse_html_text(f"<p>本文です。</p>{page}")) == "2024-06-03"
    assert stamped_day(parse_html_text(f"<p>本文です。</p>{page}<p>2025年1月8日更新</p>")) is None
    assert stamped_day(parse_html_text("<p>免許の更新は2024年6月3日までに済ませてください。</p>")) is None
