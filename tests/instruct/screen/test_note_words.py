"""What a check noticed is told in both languages, whatever rule it was."""

import ast
import re
from pathlib import Path

import tekio.instruct
from tekio.instruct.review.page import render_page
from tekio.instruct.screen.editorial import RULES, suggestions
from tekio.instruct.screen.note_words import JAPANESE_REASONS, RULE_NAMES, page_words, reason_in_japanese, told
from tekio.instruct.screen.superseded import superseded_rules

JAPANESE = re.compile(r"[ぁ-んァ-ン一-龥]")


def test_every_rule_and_flag_has_a_name():
    source = Path(tekio.instruct.__file__).parent
    made: set[str] = set(RULES)
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                made |= {
                    value.value
                    for key, value in pairs
                    if isinstance(key, ast.Constant)
                    and key.value == "rule"
                    and isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                }
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("flags.append"):
                made |= {
                    word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)
                }
    assert "placeholder" in made
    assert made <= set(RULE_NAMES)
    assert all(JAPANESE.search(text.ja) and not JAPANESE.search(text.en) for text in RULE_NAMES.values())


def test_every_old_rule_says_in_japanese_what_holds_now():
    for rule in superseded_rules():
        reason = reason_in_japanese("superseded", f"{rule.id}: {rule.why}")
        assert JAPANESE.search(reason)


def test_reasons_that_are_always_the_same_are_in_japanese():
    assert set(JAPANESE_REASONS) >= {*RULES, "link_reference", "stale_date"}


def test_a_note_is_one_line_in_either_language():
    (note,) = suggestions("当座預金の開設に必要な書類は何ですか。", "印鑑証明書を窓口にお持ちください。", None)
    english, japanese = told(note, "en"), told(note, "ja")
    assert english.startswith("Procedure or form “")
    assert english.endswith(": about a procedure or a form; JaFIn leaves such pairs out")
    assert japanese.startswith("手続き・書類 「")
    assert japanese.endswith("：手続きの案内は JaFIn では除いています")
    assert told({"rule": "own_rule", "why": "mine"}, "ja") == "own_rule：mine"


def test_the_page_has_the_words_of_every_rule():
    page, _ = render_page("d", "ja", set_id="s")
    for language in ("en", "ja"):
        for text in page_words(language).values():
            assert text in page or text.encode("unicode_escape").decode() in page
