"""Which texts of evaluation files are looked for, and what counts as finding them."""

import gzip
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realdata import need_real_data
from tekio.contamination.evaluation_items import items_of, read_records
from tekio.contamination.evidence import Document, common_pieces, covered
from tekio.contamination.index import load_index, write_index
from tekio.contamination.match_text import Shadow, ngrams, shadow
from tekio.errors import InputError, TekioError
from tekio.recipe.contamination import ContaminationConfig

SENTENCE = "当連結会計年度の売上高は、主力製品の販売が堅調に推移したことにより、前年同期比で一割増加いたしました。"
OPTIONS = [
    "信用取引の委託保証金率",
    "有価証券の募集と売出しの区分",
    "金融商品仲介業者の登録",
    "適格機関投資家の範囲と届出",
]


def config_for(folder, **values):
    return ContaminationConfig.model_validate({"items": ["."], **values}, context={"base": folder})


def screen_of(folder, **values):
    config = config_for(folder, **values)
    counts = write_index(config, folder / "screen", "corpus.decontaminate")
    return load_index(folder / "screen"), counts


def check(screen, *texts):
    return screen.check(texts)


def test_ngrams_are_those_of_the_shadow():
    plain = Shadow.of("売上高は、１２３億円（前期比５％増）。").codes
    assert shadow("売上高は、１２３億円（前期比５％増）。") == "売上高は123億円前期比5増"
    assert len(ngrams(plain, 5)) == len(plain) - 4
    assert (ngrams(plain, 5) == ngrams(Shadow.of(" 売上高は 123億円, 前期比5%増").codes, 5)).all()


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
    assert [record.name for record in found["a.json"]] == ["a.json:1.sentences[0]"]
    assert found["b.jsonl"][0].texts == {".question": SENTENCE} | {f".choices[{n}]": o for n, o in enumerate(OPTIONS)}
    assert len(found["lines.json"]) == 2
    assert found["c.csv"][1].texts == {".id": "1", ".text": SENTENCE}
    assert SENTENCE in found["d.xlsx"][0].texts.values()  # a table without a heading: its first row is not lost


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16"])
def test_records_are_the_same_in_every_encoding_and_form(tmp_path, encoding):
    rows = [
        {"question": SENTENCE, "A": OPTIONS[0], "B": OPTIONS[1]},
        {"question": SENTENCE[5:], "A": "株式", "B": "債券"},
    ]
    table = "".join(",".join(line) + "\n" for line in [["question", "A", "B"], *([*row.values()] for row in rows)])
    (tmp_path / "a.csv").write_text(table, encoding=encoding)
    (tmp_path / "b.tsv").write_text(table.replace(",", "\t"), encoding=encoding)
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "d.parquet")
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(table.encode(encoding)))
    wanted = [{f".{name}": value for name, value in row.items()} for row in rows]
    for path in sorted(tmp_path.iterdir()):
        assert [record.texts for record in read_records(path)][-2:] == wanted, path.name


def test_nothing_of_a_table_is_lost(tmp_path):
    (tmp_path / "a.csv").write_text(f"{OPTIONS[0]},{OPTIONS[0]}\n{SENTENCE},x,y,z\n", encoding="utf-8")
    first, second = read_records(tmp_path / "a.csv")
    assert list(first.texts.values()) == [OPTIONS[0]] * 2
    assert list(second.texts.values()) == [SENTENCE, "x", "y", "z"]


def test_short_texts_count_only_together(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"question": SENTENCE, "choices": OPTIONS}), encoding="utf-8")
    config = config_for(tmp_path, ngram=8)
    (record,) = read_records(tmp_path / "a.jsonl")
    names = [item.name for item in items_of(record, config)]
    assert names == ["a.jsonl:1.question", "a.jsonl:1 (short texts)", "a.jsonl:1 (all texts)"]
    screen, counts = screen_of(tmp_path, ngram=8)
    assert counts["items"] == 3
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
        write_index(config_for(tmp_path), tmp_path / "screen", "corpus.decontaminate")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(TekioError):
        write_index(config_for(tmp_path / "empty"), tmp_path / "screen", "corpus.decontaminate")


def test_a_batch_is_checked_like_single_texts(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"text": SENTENCE}]), encoding="utf-8")
    screen, _ = screen_of(tmp_path)
    texts = ["短い。", f"前文。{SENTENCE}", "", "無関係の文章が続く。" * 20, SENTENCE.replace("、", " ")]
    found = check(screen, *texts)
    assert sorted(found) == [number for number, text in enumerate(texts) if check(screen, text)] == [1, 4]
    assert np.all([found[number]["item"] == "a.json#0.text" for number in found])


QUESTION = "証券取引所に上場されている株式の信用取引について、次の記述のうち最も適切なものはどれか。"


def exam(folder, **values):
    (folder / "a.jsonl").write_text(json.dumps({"question": QUESTION, "choices": OPTIONS}) + "\n", encoding="utf-8")
    return screen_of(folder, **values)[0]


def test_evidence_says_where_the_piece_stands_in_document_and_item(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"text": f"問一　{SENTENCE}"}]), encoding="utf-8")
    screen, _ = screen_of(tmp_path)
    text = f"前置きの文。\n「{SENTENCE.replace('、', '， ')}」とあった。"
    evidence = check(screen, text)[0]
    (span,) = evidence["spans"]
    start, end = span["document"]
    assert shadow(text[start:end]) == shadow(SENTENCE)
    start, end = span["item"]
    assert shadow(f"問一　{SENTENCE}"[start:end]) == shadow(SENTENCE)
    assert (evidence["item"], evidence["longest"], evidence["items"]) == ("a.json#0.text", len(shadow(SENTENCE)), 1)


@pytest.mark.parametrize(
    "planted",
    [
        f"問3 {QUESTION} 1. {OPTIONS[0]} 2. {OPTIONS[1]} 3. {OPTIONS[2]} 4. {OPTIONS[3]}",
        f"{QUESTION}ア　{OPTIONS[3]}　イ　{OPTIONS[1]}　ウ　{OPTIONS[0]}　エ　{OPTIONS[2]}　正解はイ",
        f"{QUESTION.replace('最も適切な', '正しい')}\n" + "\n解説は次のとおり。\n".join(reversed(OPTIONS)),
        f"{QUESTION.replace('上場されている', '上場している')}({OPTIONS[0]}/{OPTIONS[1]}/{OPTIONS[2]}/{OPTIONS[3]})",
    ],
)
def test_a_question_with_its_options_is_found_through_edits_and_in_any_order(tmp_path, planted):
    screen = exam(tmp_path)
    text = f"{'関係のない説明が続く。' * 30}{planted}{'さらに別の話題に移る。' * 30}"
    evidence = check(screen, text)[0]
    assert evidence["item"].startswith("a.jsonl:1")
    for span in evidence["spans"]:
        start, end = span["document"]
        part = {".question": QUESTION} | {f".choices[{n}]": option for n, option in enumerate(OPTIONS)}
        whole = part[span.get("part", ".question")]
        assert shadow(text[start:end]) == shadow(whole[slice(*span["item"])])


def test_a_short_question_is_found_by_its_options(tmp_path):
    """As in JCommonsenseQA: neither question nor options are long enough to be looked for alone."""
    row: dict[str, Any] = {
        "question": "電子機器で使用される最も主要な電子回路基板の事をなんと言う？",
        "choice0": "掲示板",
        "choice1": "パソコン",
        "choice2": "マザーボード",
        "choice3": "ハードディスク",
        "choice4": "まな板",
        "label": 2,
        "q_id": "v1.1-dev-12",
    }
    row["question"] = row["question"][4:24]
    (tmp_path / "a.json").write_text(json.dumps([row]), encoding="utf-8")
    screen, _ = screen_of(tmp_path)
    options = [row[f"choice{n}"] for n in (3, 1, 0, 4, 2)]
    evidence = check(screen, f"クイズ。{row['question']}\n{' / '.join(options)}")[0]
    assert (evidence["rule"], evidence["item"]) == ("set", "a.json#0 (short texts)")
    assert check(screen, f"{row['question']}という問いもある。{options[0]}の話。") == {}


def test_options_that_stand_far_apart_are_no_set(tmp_path):
    screen = exam(tmp_path, ngram=8)
    far = ("まったく別の話が長く続いている。" * 120).join(OPTIONS)
    assert check(screen, far) == {}
    assert check(screen, "、".join(OPTIONS))[0]["rule"] == "set"


def slow_longest(first, second):
    """Length of the longest common substring, by trying all."""
    return max(
        (
            end - start
            for start in range(len(first))
            for end in range(start + 1, len(first) + 1)
            if first[start:end] in second
        ),
        default=0,
    )


@settings(max_examples=150, deadline=None)
@given(st.text("あいう", max_size=25), st.text("あいう", max_size=25), st.integers(1, 6))
def test_the_longest_piece_is_the_longest_common_substring(first, second, length):
    pieces = common_pieces(Document.of(first), Shadow.of(second), length)
    longest = slow_longest(first, second)
    assert pieces["length"].max(initial=0) == (longest if longest >= length else 0)
    for place, other, size in pieces.tolist():
        assert first[place : place + size] == second[other : other + size]
    marks = [
        any(second[s : s + length] in first for s in range(max(0, p - length + 1), p + 1) if s + length <= len(second))
        for p in range(len(second))
    ]
    assert covered(pieces, len(second)) == sum(marks)


def planted(texts: list[str]) -> str:
    """The texts of an item as someone might have copied them: without commas, in another order, the longest altered."""
    longest = max(texts, key=len)
    others = [text.replace("、", "") for text in reversed(texts) if text is not longest]
    if len(longest) >= 60:  # one character changed in the middle
        half = len(longest) // 2
        altered = f"{longest[:half]}々{longest[half + 1 :]}"
    else:
        altered = f"{longest[:-2]}？"
    return f"{'関係のない文が続く。' * 20}{altered}　{'　'.join(others)}{'別の話題に移る。' * 20}"


SHIPPED = {  # evaluation files of the shipped tasks in the real data, and the fields that hold a test item
    "chabsa": ("chabsa", "*.json"),
    "cma_basics": ("fin-harness", "jlm_fin_eval/datasets/cma_basics/*.json"),
    "fp2": ("fin-harness", "jlm_fin_eval/datasets/fp2/*.json"),
    "security_sales_1": ("fin-harness", "jlm_fin_eval/datasets/security_sales_1/*.json"),
    "cpa_audit": ("fin-harness", "jlm_fin_eval/datasets/cpa/*.xlsx"),
    "jnli": ("jglue", "**/jnli*/valid*.json"),
    "jcommonsenseqa": ("jglue", "**/jcommonsenseqa*/valid*.json"),
    "jsquad": ("jglue", "**/jsquad*/valid*.json"),
}


@pytest.mark.real
@pytest.mark.parametrize("task", SHIPPED)
def test_planted_items_of_every_shipped_task_are_found_and_other_text_is_not(task, tmp_path):
    folder, pattern = SHIPPED[task]
    files = sorted(need_real_data(folder).glob(pattern))
    assert files
    config = ContaminationConfig.model_validate({"items": [str(file) for file in files]}, context={"base": tmp_path})
    write_index(config, tmp_path / "screen", "corpus.decontaminate")
    screen = load_index(tmp_path / "screen")
    records = [record for file in files for record in read_records(file)]
    eligible: list[list[str]] = []
    for record in records:
        texts = [
            text for text in record.texts.values() if len(shadow(text)) >= 2 and any("ぁ" <= c <= "龥" for c in text)
        ]
        if (
            texts and len(shadow("".join(texts))) >= 30 and len(shadow(max(texts, key=len))) >= 15
        ):  # an n-gram is left after the edit
            eligible.append(texts)
    assert len(eligible) >= 20
    chosen = eligible[:: max(1, len(eligible) // 60)]
    missed = [texts for texts in chosen if not check(screen, planted(texts))]
    assert len(missed) <= 0.05 * len(chosen), f"{len(missed)} of {len(chosen)}: {missed[:2]}"
    rows = need_real_data("jfinteb", "wikinews.jsonl").read_text(encoding="utf-8").splitlines()[:300]
    news = [json.loads(row)["text"] for row in rows]
    innocent = [text for text in news if text]
    assert len(check(screen, *innocent)) <= 1
