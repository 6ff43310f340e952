"""What style elements hide on a wide screen is no text; what they hide elsewhere is."""

import pytest

from tekio.text.hidden import drop_hidden
from tekio.text.html import block_text, parse_html_text


def shown(style: str, body: str) -> str:
    root = parse_html_text(f"<html><head><style>{style}</style></head><body>{body}</body></html>")
    drop_hidden(root)
    return block_text(root)


@pytest.mark.parametrize(
    "style",
    [
        "main > p.off, .unused { display: none }",
        ".wrap .off{display:none!important}",
        "div.wrap p.off.old { visibility: hidden }",
        "#top .off {display:none}",
        "/* .x{} */ .off{display:none} @media print{.off{display:block}}",
        "@media screen { .off { display:none } }",
        "@media (min-width: 641px) { .off { display:none } }",
        "@media screen and (min-width:40em) and (max-width: 2000px){.off{display:none}}",
        "@media print, screen { .off { display:none } }",
    ],
)
def test_a_rule_that_holds_for_a_wide_screen_hides(style: str):
    body = '<div class="wrap" id="top"><main><p class="off old">見えない文</p><p>見える文</p></main></div>'
    assert shown(style, body) == "見える文"


@pytest.mark.parametrize(
    "style",
    [
        "@media print { .off { display:none } }",
        "@media (max-width: 640px) { .off { display:none } }",
        "@media (prefers-color-scheme: dark) { .off { display:none } }",
        "@media not screen { .off { display:none } }",
        "@supports (display: grid) { .off { display:none } }",
        "aside .off { display:none }",
        "section > .off { display:none }",
        ".off:hover { display:none }",
        ".off::before { display:none }",
        ".off + .on { display:none }",
        ".off[data-x] { display:none }",
        ".off { opacity: 0 }",
    ],
)
def test_other_rules_hide_nothing(style: str):
    body = '<div class="wrap"><main><p class="off on">見える文</p></main></div>'
    assert shown(style, body) == "見える文"


def test_a_sheet_for_print_is_not_read():
    root = parse_html_text('<style media="print">.off{display:none}</style><p class="off">見える文</p>')
    drop_hidden(root)
    assert block_text(root) == "見える文"


def test_what_a_script_of_the_page_opens_is_text():
    script = "<script>$('.q').on('click', function(){ $('.box .kotae').slideToggle(); });</script>"
    body = '<div class="box"><p class="q">手数料は</p><p class="kotae">無料です。</p></div>'
    assert shown(".kotae{display:none}", body + script) == "手数料は\n無料です。"
    assert shown(".kotae{display:none}", body) == "手数料は"


def test_struck_text_beside_other_text_goes():
    assert shown("", "<p><s>旧の条文。</s>新の条文。</p>") == "新の条文。"
    assert shown(".old{text-decoration:line-through}", '<p><span class="old">旧の条文。</span>新。</p>') == "新。"
    assert shown("", "<p><s>条文の全部。</s></p>") == "条文の全部。"
