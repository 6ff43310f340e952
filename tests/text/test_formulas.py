"""Formulas as text: what stands above, below or under a root never runs into the number beside it."""

import pytest

from tekio.text.formulas import formula_text
from tekio.text.html import block_text, parse_html_text
from tekio.text.xml import parse_xml


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<mfrac><mn>2</mn><mn>5</mn></mfrac>", "2/5"),
        ("<mi>V</mi><mo>=</mo><mfrac><mi>P</mi><mrow><mn>1</mn><mo>+</mo><mi>r</mi></mrow></mfrac>", "V=P/(1+r)"),
        ("<msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup>", "10^(-3)"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x_1^2"),
        ("<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>", "√(a+b)"),
        ("<semantics><mn>7</mn><annotation>seven</annotation></semantics>", "7"),
    ],
)
def test_a_formula_of_a_page_is_a_line_of_its_text(formula: str, text: str):
    assert block_text(parse_html_text(f"<p>割合は<math>{formula}</math>です。</p>")) == f"割合は{text}です。"


def test_what_a_script_drew_of_a_formula_is_not_said_twice():
    page = (
        '<p>件数は<span class="katex"><span class="katex-mathml"><math><msup><mn>10</mn><mn>6</mn></msup></math></span>'
        '<span class="katex-html" aria-hidden="true"><span>10</span><span>6</span></span></span>件</p>'
    )
    assert block_text(parse_html_text(page)) == "件数は10^6件"


def test_formulas_of_office_files_are_read_the_same():
    raw = (
        '<m:oMath xmlns:m="m"><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>'
        '<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e>'
        "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:e></m:d></m:oMath>"
    )
    assert formula_text(parse_xml(raw.encode())) == "(a+b)/2[x^2]"


def test_a_formula_nested_without_end_is_still_text():
    deep = "<mrow>" * 300 + "<mn>5</mn>" + "</mrow>" * 300
    assert block_text(parse_html_text(f"<p><math>{deep}</math></p>")) == "5"
