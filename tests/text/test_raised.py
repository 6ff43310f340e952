"""Superscripts and subscripts never change a figure."""

import pytest

from tekio.text.html import block_text, parse_html_text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("売上高は1,234<sup>1</sup>百万円", "売上高は1,234百万円（注1）"),
        ("利益率は12.5<sup>2)</sup>％", "利益率は12.5％(注2)"),
        ("配当性向<sup>※２</sup>35％", "配当性向（※２）35％"),
        ("3.2×10<sup>6</sup>トン", "3.2×10^6トン"),
        ("10<sup>-3</sup>", "10^-3"),
        ("1,500m<sup>2</sup>", "1,500m²"),
        ("CO<sub>2</sub>を100トン、H<sub>2</sub>O", "CO2を100トン、H2O"),
        ("CO<sub>2</sub>100トン", "CO2 100トン"),
        ("1<sup>st</sup>", "1st"),
        ("2<sup>n</sup>", "2^n"),
        ("1<sup>1</sup>/<sub>2</sub>", "1 1/2"),
        ("事業利益<sup>※１</sup>は", "事業利益※１は"),
        ('売上高1,000<span style="vertical-align: super;font-size:6pt">3</span>円', "売上高1,000円（注3）"),
        ("<sup>1</sup>1,234円", "（注1）1,234円"),
    ],
)
def test_a_mark_beside_a_figure_is_no_digit_of_it(page: str, text: str):
    assert block_text(parse_html_text(f"<p>{page}</p>")) == text
