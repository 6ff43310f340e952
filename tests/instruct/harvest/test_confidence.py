"""A pair's confidence is how likely it is right; what reads like a mistake gets less of it, and nothing empty is written."""

import json

import pytest

from tekio.cli import main
from tekio.instruct.harvest.confidence import Sketch, confidences, features, fitted_weights
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
