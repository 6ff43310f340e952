"""Aozora markup: taken out entirely, counted, and every character accounted for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realdata import need_real_data
from tekio.text.aozora import looks_like_aozora, read_aozora
from tekio.text.encoding import decode

RULE = "-" * 55
WORK = f"""猫の話
作者　太郎

{RULE}
【テキスト中に現れる記号について】

《》：ルビ
（例）猫《ねこ》
{RULE}

［＃２字下げ］第一章［＃「第一章」は中見出し］

　大｜きな猫《ねこ》が※［＃「口＋奄」、第3水準1-15-6］と※［＃「特のへん＋廴＋聿」、第3水準1-87-71］いた。
　〔Cafe'〕で※［＃二の字点、1-2-22］いろ／＼［＃「いろ／＼」に傍点］見た※［＃「てへん＋丑」、176-3］。※［＃始め二重山括弧、1-1-52］山※［＃終わり二重山括弧、1-1-53］



底本：「全集　第一巻」出版社
　　　1967（昭和42）年11月10日第1刷発行
2006年4月26日作成
※この作品はクリエイティブ・コモンズ表示 4.0 国際ライセンスの下に提供されています。
"""


def test_markup_header_and_colophon_are_taken_out():
    work = read_aozora(WORK)
    assert (work.title, work.author) == ("猫の話", "作者　太郎")
    assert (work.published, work.license) == ("2006-04-26", "CC-BY-4.0")
    assert work.text.split("\n")[0] == "第一章"
    assert "大きな猫が唵と" in work.text
    assert "いろ〳〵見た〓。《山》" in work.text
    assert "Caféで〻" in work.text
    assert "底本" not in work.text
    assert "ルビ" not in work.text
    assert work.counts["missing_character"] == 1
    assert work.counts["ruby"] == 1


def test_notes_inside_notes_and_brackets_inside_notes_are_taken_out():
    text = "前※［＃「姉」の正字、「女＋※［＃第3水準1-85-57］のつくり」、256-下-16］後［＃「［中略］」は太字］。"
    assert read_aozora(text).text == "前〓後。"


def test_ordinary_brackets_are_not_accents():
    assert read_aozora("これは〔注記〕です").text == "これは〔注記〕です"


def test_code_points_in_notes_are_used():
    assert read_aozora("※［＃「麥＋丐」、U+9EBA、12-3］").text == "麺"


@given(
    st.lists(
        st.sampled_from(
            [
                "本文",
                "《るび》",
                "｜",
                "［＃改ページ］",
                "※［＃二の字点、1-2-22］",
                "\n",
                "底本：",
                "〔a`〕",
                "［＃",
                "》",
            ]
        )
    )
)
def test_every_character_is_accounted_for(pieces: list[str]):
    text = "".join(pieces)
    work = read_aozora(text)
    assert len(text) == len(work.text) + sum(work.removed.values()) - sum(work.added.values())
    assert not re.search(r"《[^《》\n]*》", work.text)


@pytest.mark.real
def test_all_works_decode_and_no_markup_remains():
    folder = need_real_data("aozora")
    files = sorted(folder.rglob("*.txt"))
    assert len(files) == 1350
    readings = notes = brackets = 0
    for file in files:
        decoded = decode(file.read_bytes())
        assert decoded.encoding == "cp932", file
        text, work = decoded.text, read_aozora(decoded.text)
        assert work.text, file
        assert len(text) == len(work.text) + sum(work.removed.values()) - sum(work.added.values()), file
        # Counted a second way: every opening mark of the file is a note that was taken out, in one of its parts.
        kinds = ("note", "character_note", "note_in_ruby", "note_in_header", "note_in_explanation", "note_in_colophon")
        found = sum(work.counts[kind] for kind in kinds)
        assert text.count("［＃") == found, file
        readings += work.counts["ruby"]
        notes += found
        brackets += work.text.count("《")
        assert "［＃" not in work.text, file
        assert "｜" not in work.text, file
        assert looks_like_aozora(text), file
        # The only 《 left are characters of the text that a note spelled out as a bracket.
        spelled = text.count("始め二重山括弧") + text.count("1-1-52")
        assert work.text.count("《") == 0 or spelled, file
    assert readings > 300_000
    assert notes > 50_000
    assert brackets < 100
