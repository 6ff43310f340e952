"""Public benchmarks in their published layouts: a stand-in that knows the answers scores 1.0, a constant one is marked."""

# pyright: standard

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score, mean_absolute_error

from realdata import need_real_data
from tekio.errors import TekioError
from tekio.evaluate.results.degenerate import baselines, why_degenerate
from tekio.evaluate.results.metrics import measures
from tekio.evaluate.scoring.requests import ChoiceRequest, ChoiceScore, GenerationScore, Score
from tekio.evaluate.tasks import Task, load_task
from tekio.evaluate.tasks.build import BuiltTask, prompt_text, request_text

GRADES = "◎○□▲×"
SHEETS = {"summary": "売上高 10", "bs": "-", "pl": "-", "cf": "-", "edinet_code": "E00001"}


def build(name: str, data: Path, **options: Any) -> BuiltTask:
    values: dict[str, Any] = {
        "template": "default",
        "protocol": "plain",
        "shots": 0,
        "limit": None,
        "seed": 1,
    } | options
    return load_task(name, base=Path()).build(data, **values)


def choosing(built: BuiltTask, positions: Sequence[int]) -> list[ChoiceScore]:
    return [
        ChoiceScore(item.id, tuple(float(n == chosen) - 1 for n in range(5)), (False,) * 5, (1,) * 5)
        for item, chosen in zip(built.items, positions, strict=True)
    ]


def write_month(folder: Path, month: str, grades: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "id": f"current-{month}-{number:04}",
            "year-month": month,
            "業種・職種": "商店街",
            "景気の現状判断": grade,
            "追加説明及び具体的状況の説明": f"{month}の来客数は{number}割ほど動いた。",
        }
        for number, grade in enumerate(grades)
    ]
    (folder / f"{month}.json").write_text(json.dumps(rows, ensure_ascii=False))


@pytest.fixture
def survey(tmp_path: Path) -> BuiltTask:
    write_month(tmp_path / "current", "202301", GRADES * 6)
    write_month(tmp_path / "current", "202302", "□▲×" * 7)
    write_month(tmp_path / "current", "202212", GRADES)
    return build("economy_watchers", tmp_path)


def test_demonstrations_are_of_an_earlier_year(survey: BuiltTask, tmp_path: Path):
    shown = build("economy_watchers", tmp_path, shots=2)
    assert survey.n == 51
    prompt = request_text(shown.requests[7]).split("\x1f")[0]
    assert "202212の来客数は0割" in prompt
    assert prompt.count("コメント：") == 3


def test_grades_are_judged_by_their_distance_as_scikit_learn_does(survey: BuiltTask):
    golds = [int(item.gold or 0) for item in survey.items]
    rng = np.random.default_rng(2)
    chosen = [int(np.clip(gold + rng.integers(-1, 2), 0, 4)) for gold in golds]
    found = {name: one.observed for name, one in measures(survey, choosing(survey, chosen)).items()}
    assert found["quadratic_kappa"] == pytest.approx(cohen_kappa_score(golds, chosen, weights="quadratic"))
    assert found["mae"] == pytest.approx(mean_absolute_error(golds, chosen))
    assert found["macro_f1"] == pytest.approx(f1_score(golds, chosen, average="macro"))
    assert not measures(survey, choosing(survey, chosen))["mae"].higher_is_better


def test_a_constant_grade_is_marked(survey: BuiltTask):
    constant = choosing(survey, [2] * survey.n)
    assert why_degenerate(survey, constant, baselines(survey)) is not None
    assert measures(survey, constant)["quadratic_kappa"].observed == 0.0


@pytest.mark.real
def test_the_survey_reads_as_published():
    built = build("economy_watchers", need_real_data("economy-watchers"))
    golds = [int(item.gold or 0) for item in built.items]
    assert built.n > 10_000
    found = measures(built, choosing(built, golds))
    assert {name: one.observed for name, one in found.items()} == {
        "macro_f1": 1.0,
        "acc": 1.0,
        "quadratic_kappa": pytest.approx(1.0),
        "mae": 0.0,
    }


@pytest.mark.real
def test_jaquad_reads_as_published():
    built = build("jaquad", need_real_data("jaquad"), shots=1)
    scores = [GenerationScore(item.id, item.answers[0], 5, "eos") for item in built.items]
    assert {one.observed for one in measures(built, scores).values()} == {1.0}
    constant = [GenerationScore(item.id, "日本", 1, "eos") for item in built.items]
    assert why_degenerate(built, constant) is not None


def of_any_size(name: str, folder: Path) -> Task:
    """The task for a small file of its form: the number of published items is not asked for."""
    (folder / f"{name}.yaml").write_text(f"name: {name}\ninherit: {name}\ndata: {{items: []}}\n")
    return load_task(f"{name}.yaml", base=folder)


def knowing(built: BuiltTask) -> Sequence[Score]:
    """The scores of a stand-in that knows the answers."""
    if built.kind == "generation":
        return [GenerationScore(item.id, item.answers[0], 5, "eos") for item in built.items]
    return [
        ChoiceScore(item.id, tuple(-float(n != item.gold) for n in range(len(texts))), (False,), (1,))
        for item, texts in zip(built.items, built.choices, strict=True)
    ]


def always_the_same(built: BuiltTask) -> Sequence[Score]:
    """The scores of a stand-in that answers constantly."""
    if built.kind == "generation":
        return [GenerationScore(item.id, "増収", 1, "eos") for item in built.items]
    return [
        ChoiceScore(item.id, tuple(-float(n != 1) for n in range(len(texts))), (False,), (1,))
        for item, texts in zip(built.items, built.choices, strict=True)
    ]


def judged(built: BuiltTask) -> BuiltTask:
    """What every benchmark must hold: 1.0 for who knows the answers, a mark for who always gives the same."""
    perfect = {
        name: one.observed for name, one in measures(built, knowing(built)).items() if not name.endswith("_norm")
    }
    assert perfect == {name: pytest.approx(0.0 if name == "mae" else 1.0) for name in perfect}
    assert why_degenerate(built, knowing(built)) is None
    assert why_degenerate(built, always_the_same(built)) is not None
    assert built.spec.note
    assert built.spec.license != "unknown"
    return built


def finqa_rows() -> list[dict[str, Any]]:
    table = {"headers": ["項目", "金額"], "rows": [["売上高", "1,000"], ["営業利益", "120"]]}
    kinds = ("numerical_reasoning", "temporal_reasoning", "consistency_checking")
    return [
        {
            "id": f"q{number}",
            "subtask": kinds[number % 3],
            "edinet_code": f"E{number // 2:05}",
            "pre_text": ["概要です。"],
            "post_text": ["以上。"],
            "table": table,
            "qa": {"question": "いくらか。", "answer": f"{number}.5%", "program": []},
        }
        for number in range(6)
    ]


def test_jfinqa_in_finqas_layout_and_in_flat_rows(tmp_path: Path):
    (tmp_path / "jfinqa_v1.json").write_text(json.dumps(finqa_rows()))
    with pytest.raises(TekioError, match="1000"):  # not all of it
        build("jfinqa", tmp_path)
    task = of_any_size("jfinqa", tmp_path)
    nested = judged(task.build(tmp_path, template="default", protocol="plain", shots=0, limit=None, seed=1))
    assert "概要です。\n\n| 項目 | 金額 |\n| --- | --- |\n| 売上高 | 1,000 |" in prompt_text(nested.requests[0])
    assert nested.items[1].cluster == "E00000"
    rows: list[dict[str, Any]] = [
        {key: value for key, value in row.items() if key not in ("table", "qa")}
        | {"table_headers": ["項目", "金額"], "table_rows": row["table"]["rows"], **row["qa"]}
        for row in finqa_rows()
    ]
    flat = tmp_path / "flat.jsonl"
    flat.write_text("".join(json.dumps(row) + "\n" for row in rows))
    same = task.build(flat, template="default", protocol="plain", shots=0, limit=None, seed=1)
    assert same.prompt_hash == nested.prompt_hash
    numerical = of_any_size("jfinqa_numerical", tmp_path)
    part = numerical.build(tmp_path, template="default", protocol="plain", shots=0, limit=None, seed=1)
    assert [item.id for item in part.items] == ["q0", "q3"]


def test_jf_icr_takes_the_majority_of_the_annotators(tmp_path: Path):
    labels = [
        ["+1 weak"],
        ["+1 weak", "0 neutral"],
        ["-2 strong", "-2 strong", "0 neutral"],
        ["+2 s"],
        ["0 n"],
        ["-1 w"],
    ]
    tasks = [
        {
            "id": 9 + number,
            "annotations": [
                {"result": [{"value": {"choices": [label]}}, {"value": {"text": ["note"]}}]} for label in chosen
            ],
            "data": {"id": number, "question": "配当は？", "answer": f"検討します {number}"},
        }
        for number, chosen in enumerate(labels)
    ]
    (tmp_path / "project-27-x.json").write_text(json.dumps(tasks))
    built = build("jf_icr", tmp_path)
    assert [item.answers[0] for item in built.items] == ["+1", "divided", "-2", "+2", "0", "-1"]
    assert measures(built, knowing(built))["acc"].observed == pytest.approx(5 / 6)
    rows = [
        {
            "id": n,
            "query": f"You are ...\n\nFinancial Question: 配当は？\nCompany Response: 増やす\n方針 {n}\n\nDirectly output the label.\nAnswer:\n",
            "answer": answer,
        }
        for n, answer in enumerate(["+1", "0", "-1", "-2", "+2"])
    ]
    (tmp_path / "JF-ICR.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = judged(build("jf_icr", tmp_path))
    assert prompt_text(asked.requests[3]).endswith("質問：配当は？\n回答：増やす\n方針 3\n記号：")


def test_jmmlu_is_parted_by_subject_and_may_show_an_option_twice(tmp_path: Path):
    for subject in ("marketing", "astronomy"):
        rows = [f"「問{n}」は,ア{n},イ,イ,エ,{'ABCD'[n % 4]}" for n in range(6)]
        (tmp_path / f"{subject}.csv").write_text("\ufeff" + "\r\n".join(rows), encoding="utf-8")
    near, general = judged(build("jmmlu_finance", tmp_path)), judged(build("jmmlu_general", tmp_path))
    assert {item.fields["subject"] for item in near.items} == {"marketing"}
    assert {item.fields["subject"] for item in general.items} == {"astronomy"}
    assert (near.group, general.group) == ("finance", "general")
    first = near.requests[0]
    assert isinstance(first, ChoiceRequest)
    assert first.continuations == ("A", "B", "C", "D")
    # イ stands twice, so that it names no option; its letter does
    assert first.names[0][:2] == ("A", "ア0")
    assert [names[:1] for names in first.names[1:3]] == [("B",), ("C",)]
    assert not set(first.names[1]) & set(first.names[2])


def test_niilc_takes_any_of_the_accepted_answers(tmp_path: Path):
    (tmp_path / "NIILC-ECQA2015_test.xml").write_text(
        "<questions>"
        + "".join(
            f"<question id='q{n}'><text>県は？</text><answers><answer>愛知{n}</answer><answer>岐阜</answer></answers>"
            "<meta><B1>どこ</B1></meta></question>"
            for n in range(5)
        )
        + "</questions>"
    )
    built = judged(build("niilc", tmp_path))
    second = [GenerationScore(item.id, "岐阜", 1, "eos") for item in built.items]
    assert measures(built, second)["exact_match"].observed == 1.0


def test_mgsm_is_a_table_without_a_header(tmp_path: Path):
    task = of_any_size("mgsm_ja", tmp_path)
    (tmp_path / "mgsm_ja.tsv").write_text("".join(f'"卵"が{n}個と 2 個で？\t{n + 2},000\n' for n in range(5)))
    built = judged(task.build(tmp_path, template="default", protocol="plain", shots=0, limit=None, seed=1))
    reply = [
        GenerationScore(item.id, f"{item.id}+2 を計算すると、答えは {item.answers[0]} です。", 1, "eos")
        for item in built.items
    ]
    assert measures(built, reply)["acc"].observed == 1.0
    assert '"卵"が0個' in prompt_text(built.requests[0])


def report(number: int) -> dict[str, object]:
    opinions = [{"target": f"売上{number}", "polarity": "positive"}, {"target": "利益", "polarity": "negative"}]
    sentences = [
        {"sentence_id": 0, "sentence": f"売上{number}は伸び、利益は減った。", "opinions": opinions},
        {"sentence_id": 1, "sentence": "以上。", "opinions": []},
    ]
    return {"header": {"document_id": f"E{number}"}, "sentences": sentences}


def test_chabsa_as_extraction_counts_the_lines_that_are_shared(tmp_path: Path):
    for number in range(5):
        (tmp_path / f"e{number}_ann.json").write_text(json.dumps(report(number)))
    task = of_any_size("chabsa_entities", tmp_path)
    built = judged(task.build(tmp_path, template="default", protocol="plain", shots=0, limit=None, seed=1))
    assert built.n == 5  # sentences without an opinion are not asked
    half = [GenerationScore(item.id, "利益 negative\n利益率 negative\n費用 positive", 1, "eos") for item in built.items]
    # 1 of 3 lines is right, 1 of 2 found: 2 * (1/3 * 1/2) / (1/3 + 1/2)
    assert measures(built, half)["set_f1"].observed == pytest.approx(0.4)


def test_a_file_of_llm_jp_eval_is_asked_in_its_prompt(tmp_path: Path):
    samples = [{"input": f"入力{n}", "output": f"出力{n}"} for n in range(5)]
    (tmp_path / "chabsa.json").write_text(
        json.dumps({"instruction": "抜き出す。", "metrics": ["set_f1"], "samples": samples})
    )
    built = judged(build("llm_jp_eval", tmp_path))
    assert prompt_text(built.requests[2]).endswith("### 指示:\n抜き出す。\n\n### 入力:\n入力2\n\n### 応答:\n")


@pytest.mark.parametrize(
    ("name", "folder", "split", "label"),
    [
        ("edinet_fraud", "fraud_detection", "test", "label"),
        ("edinet_earnings", "earnings_forecast", "test", "label"),
        ("edinet_industry", "industry_prediction", "train", "industry"),
    ],
)
def test_edinet_bench_reads_its_parquet_files(tmp_path: Path, name: str, folder: str, split: str, label: str):
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = tmp_path / folder
    place.mkdir()
    industries = load_task("edinet_industry", base=tmp_path).spec.options
    rows = [
        SHEETS | {"doc_id": f"S{n}", "edinet_code": f"E{n}", label: n % 2 if label == "label" else industries[n]}
        for n in range(8 if label == "label" else 16)
    ]
    pq.write_table(pa.Table.from_pylist(rows), place / f"{split}-00000-of-00001.parquet")
    built = judged(build(name, tmp_path))
    assert "売上高 10" in prompt_text(built.requests[0])
    for version in built.spec.templates:
        build(name, tmp_path, template=version)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "folder", "count"),
    [
        ("jfinqa", "jfinqa", 1000),
        ("jfinqa_numerical", "jfinqa", 550),
        ("jfinqa_temporal", "jfinqa", 250),
        ("jfinqa_consistency", "jfinqa", 200),
        ("jmmlu_finance", "jmmlu", 898),
        ("jmmlu_general", "jmmlu", 6199),
        ("chabsa_entities", "chabsa", 3215),
    ],
)
def test_the_published_files_read_whole(name: str, folder: str, count: int):
    assert judged(build(name, need_real_data(folder))).n == count
