"""Templates turn rows of data sets into instructions, seeded and without losing a row."""

import json
from pathlib import Path

import pytest

from realdata import need_real_data
from tekio.cli import main
from tekio.engine import LocalEngine
from tekio.errors import RecipeError, TekioError
from tekio.instruct import build_instructions
from tekio.instruct.expand.expand import compile_template, expand_file
from tekio.instruct.expand.render import compile_text, sandbox
from tekio.instruct.expand.templates import read_template, shipped_templates
from tekio.recipe.instruct import ExpandConfig, InstructConfig
from tekio.recipe.paths import RecipePath
from tekio.store import read_jsonl

COMMENT = {
    "id": "current-202103-0001",
    "year-month": "202103",
    "地域": "東海",
    "関連": "家計動向",
    "業種・職種": "スーパー（店長）",
    "景気の現状判断": "▲",
    "判断の理由": "来客数の動き",
    "追加説明及び具体的状況の説明": "来客数が前年を下回り、客単価も伸びない。",
}


def rows_of(path: Path, template: str = "economy-watchers", seed: int = 17, **options):
    config = ExpandConfig(name="ew", path=RecipePath.of(path), template=template, **options)
    compiled = compile_template(read_template(template), config)
    return list(expand_file(path, path.name, compiled, config, seed))


def write_json(path: Path, value) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def test_every_shipped_template_is_well_formed():
    names = shipped_templates()
    assert {"economy-watchers", "question-answer"} <= set(names)
    for name in names:
        file = read_template(name)
        config = ExpandConfig(name="x", path=RecipePath.of("."), template=name, translation=True)
        assert compile_template(file, config).tasks, name
        assert file.name == name


def test_a_comment_becomes_judgement_direction_reason_and_writing(tmp_path):
    rows = rows_of(write_json(tmp_path / "a.json", [COMMENT]), phrasings="all")
    outputs = {row.record.output for row in rows}
    assert {
        "やや悪くなっている",
        "▲",
        "後ろ向き",
        "negative",
        "来客数の動き",
        COMMENT["追加説明及び具体的状況の説明"],
    } <= outputs
    judged = next(row.record for row in rows if row.record.output == "やや悪くなっている")
    assert judged.meta.input == "来客数が前年を下回り、客単価も伸びない。"
    assert judged.meta.as_of == "2021-03"
    assert judged.meta.parents == ["current-202103-0001"]
    assert judged.meta.license == "CC-BY-4.0"
    assert judged.meta.extra["template"].startswith("economy-watchers/judgement/")


def test_inverse_tasks_can_be_left_out(tmp_path):
    path = write_json(tmp_path / "a.json", [COMMENT])
    assert "generation" in {row.record.meta.task for row in rows_of(path)}
    assert "generation" not in {row.record.meta.task for row in rows_of(path, inverse=False)}
    assert {row.record.meta.extra["task"] for row in rows_of(path, tasks=["write"])} == {"write"}


def test_the_seed_chooses_the_phrasing_and_nothing_else_does(tmp_path):
    comments = [{**COMMENT, "id": f"x{number}"} for number in range(40)]
    path = write_json(tmp_path / "a.json", comments)
    first = [row.record.meta.extra["template"] for row in rows_of(path)]
    assert first == [row.record.meta.extra["template"] for row in rows_of(path)]
    assert first != [row.record.meta.extra["template"] for row in rows_of(path, seed=18)]
    assert len({name for name in first if "judgement" in name}) == 4
    # One comment alone gets the phrasing it gets among forty.
    alone = rows_of(write_json(tmp_path / "b.json", comments[7:8]))
    assert [row.record.meta.extra["template"] for row in alone] == first[7 * 4 : 8 * 4]


def test_a_row_that_cannot_be_used_is_rejected_with_its_reason(tmp_path):
    unknown = {**COMMENT, "景気の現状判断": "？"}
    missing = {name: value for name, value in COMMENT.items() if name != "判断の理由"}
    rows = rows_of(write_json(tmp_path / "a.json", [unknown, missing, "text"]))
    assert [row.rejected_by for row in rows] == ["unknown_value", "missing_field", "not_a_record"]
    assert rows[0].measured == {"grade": "？"}
    assert rows[1].record.meta.extra["place"] == "a.json#1"


def test_a_damaged_file_is_one_rejected_row(tmp_path):
    (tmp_path / "a.json").write_text('[{"id": 1},', encoding="utf-8")
    rows = rows_of(tmp_path / "a.json")
    assert [row.rejected_by for row in rows] == ["missing_field", "bad_json"]
    assert str(tmp_path) not in json.dumps(rows[0].as_dict(), ensure_ascii=False)


def test_question_answer_files_in_any_table_form(tmp_path):
    pair = {"question": "投資信託とは何ですか。", "answer": "多くの人から集めた資金を専門家が運用する商品です。"}
    (tmp_path / "a.jsonl").write_text(json.dumps(pair, ensure_ascii=False) + "\n{broken\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("question,answer\r\n" + ",".join(pair.values()) + "\r\n", encoding="cp932")
    write_json(tmp_path / "c.json", [pair])
    for name in ("a.jsonl", "b.csv", "c.json"):
        record = rows_of(tmp_path / name, "question-answer")[0].record
        assert (record.instruction, record.output) == tuple(pair.values())
    assert rows_of(tmp_path / "a.jsonl", "question-answer")[1].rejected_by == "bad_json"


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ _.update({'a': 1}) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}",
    ],
)
def test_a_hostile_template_cannot_leave_the_sandbox(attack):
    render = compile_text(sandbox(), attack, "test")
    with pytest.raises(Exception, match=r"(?i)unsafe|undefined|not allowed|access|restricted|immutable|no attribute"):
        render({"_": {}})


def test_a_malformed_template_is_refused_with_its_place(tmp_path):
    (tmp_path / "t.yaml").write_text("name: t\ntasks:\n  - name: a\n    phrasing: []\n", encoding="utf-8")
    with pytest.raises(RecipeError, match="phrasings"):
        read_template("t.yaml", tmp_path)
    with pytest.raises(TekioError, match="economy-watchers"):
        read_template("nothing-of-this-name")
    with pytest.raises(TekioError, match="malformed"):
        compile_text(sandbox(), "{{ a", "t: a 0 input")


@pytest.mark.real
def test_real_economy_watchers_comments_become_instructions_with_a_funnel(tmp_path):
    path = need_real_data("economy-watchers", "current", "202101.json")
    source = ExpandConfig(name="ew", path=RecipePath.of(path), template="economy-watchers", limit=500)
    manifest = build_instructions(InstructConfig(expand=[source]), tmp_path / "i", seed=17, engine=LocalEngine(1))
    totals = manifest.counts
    assert totals["rows_in"] == totals["rows_train"] + totals["rows_validation"] + sum(totals["rejected"].values())
    assert 480 <= totals["rows_train"] + totals["rows_validation"] <= 500
    grades = {row["messages"][-1]["content"] for row in read_jsonl(tmp_path / "i" / "train.jsonl")}
    assert {"やや良くなっている", "変わらない", "悪くなっている"} <= grades


DOCS = Path(__file__).parents[3] / "docs" / "instruct.md"
POLARITY = "番号,文章,極性\n1,営業利益は増加した。,1\n2,売上高は減少した。,-1\n3,異常値です。,9\n"


def test_the_template_of_the_docs_makes_records_of_its_table(tmp_path):
    (text,) = [part for part in DOCS.read_text("utf-8").split("```yaml\n") if part.startswith("name: polarity")]
    (tmp_path / "mine.yaml").write_text(text.partition("```")[0], encoding="utf-8")
    (tmp_path / "rows.csv").write_text(POLARITY, encoding="utf-8")
    words = ["expand", str(tmp_path / "rows.csv"), "--template", str(tmp_path / "mine.yaml"), "--license", "internal"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    rows = [row for name in ("train", "validation") for row in read_jsonl(tmp_path / "out" / f"{name}.jsonl")]
    assert sorted(row["messages"][-1]["content"] for row in rows) == ["悪い", "良い"]
    assert [row["rejected_by"] for row in read_jsonl(tmp_path / "out" / "rejected.jsonl")] == ["unknown_value"]


def test_words_that_no_expression_uses_are_refused_and_nothing_left_is_no_success(tmp_path, capsys):
    template = "name: mine\nfields: {text: 文章, label: 極性}\nvalues: {label: {'1': 良い}}\ntasks:\n  - name: judge\n"
    template += "    phrasings: [{instruction: どちらですか。, input: '{{ text }}', output: '%s'}]\n"
    (tmp_path / "rows.csv").write_text(POLARITY.replace(",1\n", ",8\n"), encoding="utf-8")
    words = ["expand", str(tmp_path / "rows.csv"), "--template", str(tmp_path / "mine.yaml")]
    for output, code in (("{{ label }}", 2), ("{{ label_word }}", 3)):
        (tmp_path / "mine.yaml").write_text(template % output, encoding="utf-8")
        assert main([*words, "--out", str(tmp_path / "out")]) == code
    assert "{{ label_word }}" in capsys.readouterr().err
    assert len(list(read_jsonl(tmp_path / "out" / "rejected.jsonl"))) == 3
