"""The stage: every row is accounted for, and two runs give the same bytes whatever the number of workers."""

import json
import shutil

import pytest

from instruct.harvest.faqpages import SHAPES, TOPICS, page
from realdata import need_real_data
from tekio.cli import main
from tekio.engine import LocalEngine
from tekio.errors import PolicyError
from tekio.instruct import build_instructions
from tekio.recipe.instruct import ExpandConfig, HarvestConfig, InstructConfig
from tekio.recipe.paths import RecipePath
from tekio.store import read_json, read_jsonl, verify_folder


def make_inputs(folder):
    (folder / "pages").mkdir()
    for number, name in enumerate(["dl", "details", "headings", "bold questions", "image marks"]):
        body = SHAPES[name]
        for question in [pair[0] for topic in TOPICS for pair in topic.pairs]:
            body = body.replace(question, f"第{number}版では、{question}")
        (folder / "pages" / f"{number}.html").write_bytes(page(body).encode("cp932", "ignore"))
    (folder / "pages" / "broken.html").write_bytes(b"\x00\xff\xfe\x01")
    rows = [
        {"question": f"{number}番目の用語とは何ですか。", "answer": f"用語{number}の説明です。"} for number in range(60)
    ]
    rows.append(rows[0])
    (folder / "pairs.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )


def config_of(folder, **screen):
    return InstructConfig.model_validate(
        {
            "harvest": [HarvestConfig(name="faq", path=RecipePath.of(folder / "pages"), license="PDL-1.0")],
            "expand": [ExpandConfig(name="qa", path=RecipePath.of(folder / "pairs.jsonl"), template="question-answer")],
            "screen": screen,
        }
    )


def test_rows_in_are_rows_out_plus_rejected(tmp_path):
    make_inputs(tmp_path)
    manifest = build_instructions(config_of(tmp_path), tmp_path / "out", seed=17, engine=LocalEngine(1))
    funnel = read_json(tmp_path / "out" / "funnel.json")
    for row in [*funnel["sources"], funnel["totals"]]:
        assert row["rows_in"] == row["rows_train"] + row["rows_validation"] + sum(row["rejected"].values())
    assert funnel["totals"] == manifest.counts
    counted = sum(1 for _ in read_jsonl(tmp_path / "out" / "rejected.jsonl"))
    assert counted == sum(funnel["totals"]["rejected"].values())
    qa = next(row for row in funnel["sources"] if row["name"] == "qa")
    assert qa["rejected"] == {"exact_duplicate": 1}
    faq = next(row for row in funnel["sources"] if row["name"] == "faq")
    assert faq["files"] == 6
    assert faq["rejected"]["binary"] == 1
    assert [item["pairs"] for item in funnel["pages"]] == [12, 12, 12, 12, 12, 0]
    assert verify_folder(tmp_path / "out") == []


def test_equal_runs_give_equal_bytes_whatever_the_workers(tmp_path):
    make_inputs(tmp_path)
    one = build_instructions(config_of(tmp_path), tmp_path / "one", seed=17, engine=LocalEngine(1))
    two = build_instructions(config_of(tmp_path), tmp_path / "two", seed=17, engine=LocalEngine(2))
    assert one.artifact == two.artifact
    other = build_instructions(config_of(tmp_path), tmp_path / "three", seed=18, engine=LocalEngine(1))
    assert other.artifact != one.artifact


def test_pages_are_never_cut_by_the_split(tmp_path):
    make_inputs(tmp_path)
    build_instructions(config_of(tmp_path), tmp_path / "out", seed=3, engine=LocalEngine(1))
    sides: dict[str, set[str]] = {}
    for split in ("train", "validation"):
        for row in read_jsonl(tmp_path / "out" / f"{split}.jsonl"):
            assert row["meta"]["split"] == split
            sides.setdefault(row["meta"]["group"], set()).add(split)
    assert all(len(side) == 1 for side in sides.values())


def test_no_machine_path_is_written(tmp_path):
    make_inputs(tmp_path)
    build_instructions(config_of(tmp_path), tmp_path / "out", seed=17, engine=LocalEngine(1))
    for name in ("train.jsonl", "validation.jsonl", "rejected.jsonl", "funnel.json"):
        assert str(tmp_path) not in (tmp_path / "out" / name).read_text(encoding="utf-8")


def test_the_stage_runs_from_a_recipe_on_the_command_line(tmp_path, capsys):
    make_inputs(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nfields: {question: question, answer: answer}\n"
        "tasks:\n  - name: answer\n    phrasings:\n      - {instruction: '{{ question }}', output: '{{ answer }}'}\n",
        encoding="utf-8",
    )
    (tmp_path / "recipe.yaml").write_text(
        "tekio: 1\nname: t\nengine: {workers: 1}\ninstruct:\n  expand:\n    - {name: qa, path: pairs.jsonl, template: mine.yaml, limit: 20}\n",
        encoding="utf-8",
    )
    assert main(["--lang", "en", "instruct", "build", str(tmp_path / "recipe.yaml"), "--out", str(tmp_path / "o")]) == 0
    assert "over the recipe's limit 41" in capsys.readouterr().err
    kept = [*read_jsonl(tmp_path / "o" / "train.jsonl"), *read_jsonl(tmp_path / "o" / "validation.jsonl")]
    assert 19 <= len(kept) <= 20


def test_an_alpaca_file_is_imported_beside_the_rest(tmp_path):
    rows = [
        {"instruction": f"用語{number}を説明してください。", "input": "", "output": f"用語{number}の説明。"}
        for number in range(8)
    ]
    (tmp_path / "a.json").write_text(json.dumps([*rows, {"instruction": "x"}], ensure_ascii=False), encoding="utf-8")
    config = InstructConfig.model_validate(
        {"import": [{"name": "a", "path": str(tmp_path / "a.json"), "license": "MIT"}]}
    )
    manifest = build_instructions(config, tmp_path / "out", seed=17, engine=LocalEngine(1))
    assert manifest.counts["rows_in"] == 9
    assert sum(manifest.counts["rejected"].values()) == 1
    assert {row["meta"]["license"] for row in read_jsonl(tmp_path / "out" / "train.jsonl")} == {"MIT"}


def imported(folder, records, **instruct):
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records), encoding="utf-8")
    source = {"name": "mine", "path": RecipePath.of(path), "format": "qa"}
    return InstructConfig.model_validate({"import": [source], **instruct})


def licensed():
    licenses = ["CC-BY-4.0"] * 5 + ["CC-BY-SA-4.0"] * 3 + ["unknown"] * 2
    return [
        {"question": f"用語{number}とは何ですか。", "answer": f"説明{number}です。", "license": name}
        for number, name in enumerate(licenses)
    ]


def test_a_promised_license_stops_records_that_may_not_follow_it(tmp_path):
    config = imported(tmp_path, licensed(), release="CC-BY-4.0")
    with pytest.raises(PolicyError) as stopped:
        build_instructions(config, tmp_path / "out", seed=17, engine=LocalEngine(1))
    told = stopped.value.explain("en")
    assert stopped.value.exit_code == 4
    assert "mine: 3 x CC-BY-SA-4.0" in told
    assert "mine: 2 x unknown" in told
    assert "release_blocked: drop" in told
    assert not (tmp_path / "out").exists()


def test_records_that_may_not_leave_are_left_out_where_the_recipe_says_so(tmp_path):
    config = imported(tmp_path, licensed(), release="CC-BY-4.0", release_blocked="drop")
    counts = build_instructions(config, tmp_path / "out", seed=17, engine=LocalEngine(1)).counts
    assert counts["rejected"] == {"release": 5}
    assert (counts["release"], counts["licenses"]) == ("CC-BY-4.0", {"CC-BY-4.0": 5})


def test_without_a_promise_everything_stays_in_the_house_and_is_counted(tmp_path):
    counts = build_instructions(imported(tmp_path, licensed()), tmp_path / "out", seed=17, engine=LocalEngine(1)).counts
    assert counts["release"] == "internal"
    assert counts["licenses"] == {"CC-BY-4.0": 5, "CC-BY-SA-4.0": 3, "unknown": 2}


def contacts():
    return [
        {"question": "担当者の連絡先は。", "answer": "yamada@example.co.jp に連絡してください。"},
        {"question": "窓口の電話番号は。", "answer": "電話03-1234-5678、〒100-8914 東京都千代田区です。"},
        {"question": "手数料はいくらですか。", "answer": "無料です。"},
    ]


@pytest.mark.parametrize(
    ("modes", "kept", "shown"),
    [
        ({}, 2, "03-1234-5678"),
        ({"mode": "report"}, 3, "yamada@example.co.jp"),
        ({"mode": "mask"}, 3, "[メール:"),
        ({"mode": "report", "offices": "mask"}, 3, "[郵便番号:"),
        ({"mode": "drop", "offices": "drop"}, 1, "無料です。"),
    ],
)
def test_personal_data_is_counted_and_treated_as_the_recipe_says(tmp_path, modes, kept, shown):
    config = imported(tmp_path, contacts(), screen={"personal_data": modes}, validation_share=0)
    counts = build_instructions(config, tmp_path / "out", seed=17, engine=LocalEngine(1)).counts
    assert counts["personal_data"] == {"email": 1, "office_phone": 1, "postal_code": 1}
    assert counts["rows_train"] == kept
    text = (tmp_path / "out" / "train.jsonl").read_text(encoding="utf-8")
    assert shown in text
    if modes.get("mode") == "mask":
        assert "yamada" not in text
        assert '"masked": {"email": 1}' in text


@pytest.mark.real
def test_the_finance_recipe_gives_equal_bytes_twice(tmp_path):
    """A cut of the real sources: one file of the survey, six reports, one filing."""
    survey = sorted(need_real_data("economy-watchers", "current").glob("*.json"))[:1]
    reports = sorted(need_real_data("chabsa").rglob("*.json"))[:6]
    filings = sorted(need_real_data("edinet-samples").glob("*.zip"))[:1]
    sources = [("economy-watchers", survey), ("chabsa", reports), ("edinet-facts", filings)]
    for name, files in sources:
        (tmp_path / name).mkdir()
        for file in files:
            shutil.copy(file, tmp_path / name / file.name)
    expand = [
        ExpandConfig(name=name, path=RecipePath.of(tmp_path / name), template=name, limit=100) for name, _ in sources
    ]
    config = InstructConfig(expand=expand)
    runs = [
        build_instructions(config, tmp_path / f"out{workers}", seed=17, engine=LocalEngine(workers))
        for workers in (1, 2)
    ]
    first, second = ([(item.path, item.sha256) for item in run.outputs] for run in runs)
    assert first == second
    rows = {row["name"]: row for row in read_json(tmp_path / "out1" / "funnel.json")["sources"]}
    assert all(rows[name]["rows_train"] + rows[name]["rows_validation"] > 50 for name, _ in sources)
    for row in rows.values():
        assert row["rows_in"] == row["rows_train"] + row["rows_validation"] + sum(row["rejected"].values())
