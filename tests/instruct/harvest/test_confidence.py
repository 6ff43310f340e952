"""A pair's confidence is how likely it is right; what reads like a mistake gets less of it, and nothing empty is written."""

import json

import pytest

from tekio.cli import main
from tekio.instruct.harvest.confidence import Sketch, confidences, ends_with_rows, features, fitted_weights
from tekio.instruct.harvest.files import harvest_bytes

PAIRS = [
    Sketch("口座の開設に手数料はかかりますか。", "手数料はかかりません。維持費も無料です。", "marks"),
    Sketch("届出印をなくしました。どうすればよいですか。", "お取引店で改印の手続きをお願いします。", "marks"),
    Sketch("通帳は再発行できますか。", "本人確認書類をお持ちになれば、再発行できます。", "marks"),
]


def judged(*changed: Sketch, evidence: bool = True) -> list[float]:
    return confidences([*PAIRS, *changed], evidence=evidence, coverage=0.9)


def test_every_weight_belongs_to_a_feature():
    (row, *_) = features(PAIRS, evidence=True, coverage=1.0)
    assert set(row) == set(fitted_weights())
    assert features([], evidence=True, coverage=0.0) == []


def test_sound_pairs_of_a_page_of_questions_are_nearly_sure():
    assert min(judged()) >= 0.8


@pytest.mark.parametrize(
    "doubtful",
    [
        Sketch("お知らせ", "一覧", "strong"),
        Sketch("通帳の再発行", "できます。\nほかの質問：印鑑はどこで買えますか。\nお問い合わせ", "h3"),
        Sketch("金利はいくらですか。", "はい", "typographic"),
    ],
)
def test_what_reads_like_a_mistake_is_doubted(doubtful: Sketch):
    assert judged(doubtful)[-1] < min(0.75, *judged()[:3])


LIST = "次の書類をご用意ください。\n・運転免許証\n・健康保険証\n・印鑑"
TABLE = "次のとおりです。\n区分 | 手数料\n当行あて | 無料\n他行あて | 154円"


@pytest.mark.parametrize(
    "answer",
    [
        LIST,
        TABLE,
        LIST.replace("・", "● "),
        "次の順です。\n1. 申し込む\n2. 待つ",
        "次のどちらかです。\n（１）窓口\n（２）郵送",
    ],
)
def test_a_list_or_a_table_is_an_end_as_good_as_a_sentence(answer: str):
    asked = "住所を変えるには何が必要ですか。"
    ending = judged(Sketch(asked, answer, "marks"))[-1]
    assert ends_with_rows(answer)
    assert ending > judged(Sketch(asked, answer.rsplit("\n", 1)[0] + "\n各種のお手続き", "marks"))[-1] + 0.1
    assert ending >= 0.9


@pytest.mark.parametrize(
    "answer",
    [
        "できます。",
        "・印鑑",  # one line
        "入金します。\n2. お手続きについて",  # the next heading
        "無料です。\n2023年12月1日 10:00 | 個別ページ",  # a line of the page
        "かかりません。\n- - - - - - - - -",
        "・- - -\n・- - -",
        "区分 | 手数料\n更新 | 10:00 | 個別ページ",
    ],
)
def test_one_line_with_a_mark_is_no_list(answer: str):
    assert not ends_with_rows(answer)


@pytest.mark.parametrize("marks", ["【】", "〔〕", "［］", "〈〉", "《》"])
def test_laws_behind_an_answer_are_not_its_end(marks: str):
    page = harvest_bytes(
        f"# 税\n\n## 【照会要旨】\n\n適用できますか。\n\n## 【回答要旨】\n\n適用できます。\n\n## {marks[0]}関係法令通達{marks[1]}\n\n所得税法第64条\n".encode(),
        ".md",
    )
    assert [pair.answer for pair in page.pairs] == ["適用できます。"]


def test_an_answer_of_signs_alone_is_no_pair():
    page = harvest_bytes(
        "<html><title>よくある質問</title><h1>よくある質問</h1><dl><dt>手数料はかかりますか。<dd>かかりません。"
        "<dt>いつ届きますか。<dd>…<dt>解約できますか。<dd>いつでもできます。</dl></html>".encode()
    )
    assert [pair.question for pair in page.pairs] == ["手数料はかかりますか。", "解約できますか。"]
    assert "いつ届きますか。" in [item.text for item in page.remainder]


def test_the_least_confidence_of_the_command_is_the_share_it_names(tmp_path, capsys):
    (tmp_path / "a.html").write_text(
        "<html><title>よくある質問</title><h1>よくある質問</h1><dl><dt>手数料はかかりますか。<dd>手数料はかかりません。"
        "<dt>解約できますか。<dd>いつでもできます。手数料はかかりません。<dt>残高は<dd>秘密</dl></html>",
        encoding="utf-8",
    )
    out = tmp_path / "pairs.jsonl"
    assert main(["harvest", str(tmp_path / "a.html"), "--out", str(out)]) in (0, 3)
    every = [json.loads(line)["confidence"] for line in out.open(encoding="utf-8")]
    least = sorted(every)[1]
    out.unlink()
    assert "left out" not in capsys.readouterr().err
    assert main(["harvest", str(tmp_path / "a.html"), "--out", str(out), "--min-confidence", str(least)]) in (0, 3)
    assert [json.loads(line)["confidence"] for line in out.open(encoding="utf-8")] == [
        one for one in every if one >= least
    ]
    below = sum(one < least for one in every)
    assert f"{below} left out below --min-confidence {least}: " in capsys.readouterr().err
