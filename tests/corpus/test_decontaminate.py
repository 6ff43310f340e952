"""Which texts of evaluation files are looked for, and what counts as finding them."""

import json

import numpy as np
import pytest

from tekio.corpus.decontaminate import items_of, load_screen, ngrams, read_records, shadow, write_screen
from tekio.errors import InputError, TekioError
from tekio.recipe.corpus import DecontaminationConfig
from tekio.text.codepoints import code_points

SENTENCE = "当連結会計年度の売上高は、主力製品の販売が堅調に推移したことにより、前年同期比で一割増加いたしました。"
OPTIONS = [
    "信用取引の委託保証金率",
    "有価証券の募集と売出しの区分",
    "金融商品仲介業者の登録",
    "適格機関投資家の範囲と届出",
]


def config_for(folder, **values):
    return DecontaminationConfig.model_validate({"items": ["."], **values}, context={"base": folder})


def screen_of(folder, **values):
    config = config_for(folder, **values)
    counts = write_screen(config, folder / "screen")
    return load_screen(folder / "screen"), counts


def check(screen, *texts):
    return screen.check(texts, code_points(texts))


def test_ngrams_are_those_of_the_shadow():
    plain = "売上高は、１２３億円（前期比５％増）。"
    kept = shadow(plain)
    assert kept == "売上高は123億円前期比5増"
    assert len(ngrams(plain, 5)) == len(kept) - 4
    assert (ngrams(plain, 5) == ngrams(" 売上高は 123億円, 前期比5%増", 5)).all()


def test_texts_come_from_all_formats(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    (tmp_path / "a.json").write_text(json.dumps({"sentences": [{"sentence": SENTENCE, "n": 1}]}), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({"question": SENTENCE, "choices": OPTIONS}) + "\n", encoding="utf-8")
    (tmp_path / "lines.json").write_text('{"q": "一"}\n{"q": "二"}\n', encoding="utf-8")
    (tmp_path / "c.csv").write_text(f"id,text\n1,{SENTENCE}\n", encoding="utf-8-sig")
    book = openpyxl.Workbook()
    book.active.append(["q1", SENTENCE, 3])
    book.save(tmp_path / "d.xlsx")
    found = {path.name: list(read_records(path)) for path in sorted(tmp_path.iterdir())}
    assert [record.name for record in found["a.json"]] == ["a.json.sentences[0]"]
    assert found["b.jsonl"][0].texts == {".question": SENTENCE} | {f".choices[{n}]": o for n, o in enumerate(OPTIONS)}
    assert len(found["lines.json"]) == 2
    assert found["c.csv"][1].texts["[1]"] == SENTENCE
    assert found["d.xlsx"][0].texts["[1]"] == SENTENCE


def test_short_texts_count_only_together(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"question": SENTENCE, "choices": OPTIONS}), encoding="utf-8")
    config = config_for(tmp_path, ngram=8)
    (record,) = read_records(tmp_path / "a.jsonl")
    names = [name for name, _ in items_of(record, config)]
    assert names == ["a.jsonl:1.question", "a.jsonl:1 (short texts together)"]
    screen, counts = screen_of(tmp_path, ngram=8)
    assert counts["items"] == 2
    found = check(screen, f"選択肢:{'、'.join(OPTIONS)}", f"{OPTIONS[0]}とは何か。", "関係のない文章です。")
    assert list(found) == [0]


def test_half_of_an_item_is_not_enough_but_a_long_piece_is(tmp_path):
    other = "営業利益は原材料価格の高騰と円安の影響を受けたものの、価格転嫁と経費の削減に努めた結果、前年並みを確保しました。"
    (tmp_path / "a.json").write_text(json.dumps([{"text": SENTENCE + other}]), encoding="utf-8")
    screen, _ = screen_of(tmp_path, longest=40)
    assert list(check(screen, SENTENCE[:20], f"ところで、{SENTENCE}という。", SENTENCE + other)) == [1, 2]
    strict = check(screen, SENTENCE + other)[0]
    assert strict["containment"] == 1
    assert strict["longest"] == len(shadow(SENTENCE + other))


def test_what_many_items_share_is_no_evidence(tmp_path):
    rows = [
        {"q": "次の文章を読み、記載された内容として最も適切なものを選択肢の中から一つ選びなさい。" + str(n) * 40}
        for n in range(9)
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    screen, _ = screen_of(tmp_path)
    assert check(screen, "次の文章を読み、記載された内容として最も適切なものを選択肢の中から一つ選びなさい。") == {}


def test_a_broken_file_and_no_file_are_told(tmp_path):
    (tmp_path / "a.json").write_text("{broken", encoding="utf-8")
    with pytest.raises(InputError):
        write_screen(config_for(tmp_path), tmp_path / "screen")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(TekioError):
        write_screen(config_for(tmp_path / "empty"), tmp_path / "screen")


def test_a_batch_is_checked_like_single_texts(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"text": SENTENCE}]), encoding="utf-8")
    screen, _ = screen_of(tmp_path)
    texts = ["短い。", f"前文。{SENTENCE}", "", "無関係の文章が続く。" * 20, SENTENCE.replace("、", " ")]
    found = check(screen, *texts)
    assert sorted(found) == [number for number, text in enumerate(texts) if check(screen, text)] == [1, 4]
    assert np.all([found[number]["item"] == "a.json[0].text" for number in found])
