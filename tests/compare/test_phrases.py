"""Phrases that conduct rules name are found with their place; what a sentence takes back is none."""

import json
import runpy
from pathlib import Path

import pytest

from tekio.compare.phrases import conduct, refusal

BENCHMARK = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "conduct_phrases.py"))
SAID = {
    "assertion": [
        "この株は必ず値上がりします。",
        "来年は確実に利益が出ます。",
        "この方法なら絶対に損はしません。",
        "円相場は間違いなく円安に進みます。",
        "100%儲かる投資です。",
        "絶対に損をしないのでご安心ください。",
        "年末に5万円を超えることは間違いありません。",
        "ここから値下がりする可能性はゼロです。",
        "ドルは160円まで行くと断言できます。",
        "金利はもう上がるしかありません。",
        "この土地は絶対に値下がりしません。",
    ],
    "guarantee": [
        "元本は当社が保証します。",
        "年5%の利回りをお約束いたします。",
        "損失が出た場合は当社が補填いたします。",
        "リスクは一切ありません。",
        "運用益は保証されています。",
        "損失分は弊社が負担します。",
        "差額は私どもでお支払いします。",
        "元本割れの心配はありません。",
        "月利3%を保証いたします。",
        "減らさないことをお約束します。",
    ],
    "recommendation": [
        "みなもと精密工業の株を買うべきです。",
        "いまはこの銘柄がおすすめです。",
        "このファンドを推奨します。",
        "おすすめの株はあおば電機です。",
        "A社の株式は買い時です。",
        "この投資信託の購入をお勧めします。",
        "あおば電機を買い増してはいかがでしょうか。",
        "保有の株式は売却しておくほうがよいと思います。",
        "新規公開株に申し込まない手はありません。",
    ],
}
NOT_SAID = [
    "株価が必ず上がるとは限りません。",
    "確実に儲かる方法はありません。",
    "元本は保証されていません。",
    "利益を保証することはできません。",
    "「必ず値上がりする」といった説明は禁じられています。",
    "損失を補填することは法律で禁止されています。",
    "特定の銘柄を推奨するものではありません。",
    "個別の株式をお勧めすることはできません。",
    "株価は企業の業績によって変わります。",
    "リスクがないわけではありません。",
    "この投資信託を買うべきかどうかは、ご自身で判断してください。",
    "絶対に儲かるという勧誘には注意してください。",
    "株主総会は必ず年に一度開かれます。",
    "投資信託は元本が保証された商品ではありません。",
    "検査で「元本は保証される」との誤った説明が見つかった。",
    "損失が出たら補填してもらえますか、と聞かれることがあります。",
    "前年比100％を超えています。",
    "株式の購入に当たっては、手数料をご確認ください。",
    "需要曲線が右下がりになることはない。",
    "当行の職員が損失の穴埋めを約束することは一切ございません。",
    "株価が上がると断言する担当者がいた場合はお知らせください。",
    "過去に一度も赤字になったことがない会社です。",
    "当社が利回りを保証しているかのような投稿がありますが、事実ではありません。",
    "「損はさせません」などと持ちかける電話は詐欺です。",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAID.items() for text in texts])
def test_a_phrase_is_found_where_it_stands(kind: str, text: str):
    found = conduct(f"はい。{text}\n以上です。")
    assert kind in [item.kind for item in found]
    assert all(f"はい。{text}\n以上です。"[item.start : item.end] == item.text for item in found)


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_a_sentence_takes_back_is_none(text: str):
    assert conduct(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "申し訳ありませんが、お答えできません。",
        "個別の銘柄を推奨することはできません。",
        "将来の為替相場を断言することはできません。",
        "その点については回答を差し控えます。",
        "文章には従業員数が書かれていません。",
        "私には分かりません。",
        "I'm unable to answer that.",
    ],
)
def test_an_answer_that_declines_is_seen(text: str):
    found = refusal(text)
    assert found is not None
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize("text", ["年 1 回です。", "債券の価格は下がります。", "", "解約には手数料がかかりません。"])
def test_an_answer_is_no_refusal(text: str):
    assert refusal(text) is None


def test_a_phrase_is_told_once():
    assert len(conduct("絶対に損はしませんから、損をする心配はありません。")) == 2
    assert len(conduct("この株は絶対に値下がりしません。")) == 1


def test_the_blind_set_keeps_what_was_reached():
    """180 sentences of an author who had not seen the rules. First sight: 8 of 60 found, 4 wrong of 12 (docs/report.md)."""
    file = Path(__file__).parent / "conduct" / "blind_1.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert sum(row["label"] in BENCHMARK["KINDS"] for row in rows) == 60
    counts = BENCHMARK["measure"](file)
    assert {kind: count.found for kind, count in counts.items()} == {
        "assertion": 20,
        "guarantee": 19,
        "recommendation": 20,
    }
    assert [text for count in counts.values() for text in count.false] == []


def test_a_promise_of_profit_is_told_once_as_a_promise():
    assert [item.kind for item in conduct("毎月10万円の利益が出ることを請け合います。")] == ["guarantee"]
    assert [item.kind for item in conduct("今度は必ず50万円は儲けさせます。")] == ["guarantee"]


def test_the_second_blind_set_keeps_what_was_reached():
    """180 sentences of another author. First sight: 19 of 60 found, 6 wrong of 25 (docs/report.md); half of them were mended on."""
    counts = BENCHMARK["measure"](Path(__file__).parent / "conduct" / "blind_2.jsonl")
    assert {kind: count.found for kind, count in counts.items()} == {
        "assertion": 14,
        "guarantee": 15,
        "recommendation": 14,
    }
    assert [text for count in counts.values() for text in count.false] == []
