"""Task files, readers, prompts and demonstrations, on small data written for these tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from tekio.errors import InputError, PolicyError, RecipeError, TekioError, UsageError
from tekio.evaluate.scoring.requests import ChoiceRequest
from tekio.evaluate.tasks import load_task, shipped_tasks
from tekio.evaluate.tasks.build import prompt_hash, request_text
from tekio.evaluate.tasks.suites import suite_tasks

EXAM = [
    {"id": "q1", "question": "金利が上がると債券価格は？", "choices": ["下がる", "上がる"], "answer": 0},
    {"id": "q2", "question": "自己資本比率は？", "choices": ["30％", "40％", "60％"], "answer": "40％"},
    {"id": "q3", "question": "PERとは？", "choices": ["株価÷利益", "株価÷資産"], "answer": 0},
    {"id": "q4", "question": "信託報酬は？", "choices": ["毎日かかる", "一度だけ"], "answer": 0},
    {"id": "q5", "question": "円安で輸出は？", "choices": ["有利", "不利"], "answer": 0},
]
TASK = """
name: exam
kind: choice
license: CC0
data:
  files: [exam.jsonl]
  fields: {id: id, options: choices, gold: answer}
templates:
  default:
    description: "答えてください。\\n\\n"
    prompt: "問題: {{ question }}\\n答え:"
    delimiter: " "
  letters:
    prompt: "{{ question }}{% for option in options %} {{ letters[loop.index0] }}:{{ option }}{% endfor %}\\n"
    choice: "{{ letter }}"
"""


def write_task(folder: Path, rows=EXAM, text=TASK) -> Path:
    (folder / "exam.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (folder / "exam.yaml").write_text(text)
    return folder


def build(folder: Path, **options):
    values: dict[str, Any] = {"template": "default", "protocol": "plain", "shots": 0, "limit": None, "seed": 1}
    values |= options
    return load_task("exam.yaml", base=folder).build(values.pop("data", None), **values)


def test_a_users_task_asks_what_its_file_says(tmp_path):
    built = build(write_task(tmp_path))
    assert built.requests[0] == ChoiceRequest(
        "q1", "答えてください。\n\n問題: 金利が上がると債券価格は？\n答え:", (" 下がる", " 上がる")
    )
    assert built.golds == (0, 1, 0, 0, 0)
    assert (built.n, built.headline, built.labels, built.protocol) == (5, "acc", None, "plain")


def test_letters_are_scored_where_the_template_says_so(tmp_path):
    request = build(write_task(tmp_path), template="letters").requests[1]
    assert isinstance(request, ChoiceRequest)
    assert request.prompt == "自己資本比率は？ A:30％ B:40％ C:60％\n"
    assert request.continuations == ("A", "B", "C")


def test_the_prompt_hash_follows_every_byte_that_is_sent(tmp_path):
    first = build(write_task(tmp_path))
    again = build(write_task(tmp_path))
    other = build(write_task(tmp_path, text=TASK.replace('delimiter: " "', 'delimiter: ""')))
    assert first.prompt_hash == again.prompt_hash == prompt_hash(first.requests)
    assert first.prompt_hash != other.prompt_hash


def test_a_limit_takes_a_seeded_sample_in_file_order(tmp_path):
    folder = write_task(tmp_path)
    samples = {tuple(item.id for item in build(folder, limit=3, seed=seed).items) for seed in range(8)}
    assert all(list(ids) == sorted(ids) and len(ids) == 3 for ids in samples)
    assert len(samples) > 1
    assert build(folder, limit=3, seed=4).items == build(folder, limit=3, seed=4).items
    assert build(folder, limit=3).total == 5


def test_demonstrations_without_a_pool_are_refused(tmp_path):
    with pytest.raises(PolicyError) as caught:
        build(write_task(tmp_path), shots=2)
    assert "test items" in caught.value.explain()


def test_demonstrations_from_the_test_items_never_show_the_item_itself(tmp_path):
    built = build(write_task(tmp_path), shots=2, pool="test")
    for item, request in zip(built.items, built.requests, strict=True):
        assert isinstance(request, ChoiceRequest)
        assert request.prompt.count(item.fields["question"]) == 1
        assert request.prompt.count("答え:") == 3


def test_demonstrations_come_from_the_pool_without_items_that_are_tested(tmp_path):
    pool = [*EXAM[:3], {"id": "p1", "question": "例題", "choices": ["甲", "乙"], "answer": 1}]
    (tmp_path / "pool.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in pool))
    text = TASK.replace("  fields:", "  demonstrations: [pool.jsonl]\n  fields:")
    folder = write_task(tmp_path, text=text)
    request = build(folder, shots=1).requests[0]
    assert isinstance(request, ChoiceRequest)
    assert request.prompt == ("答えてください。\n\n問題: 例題\n答え: 乙\n\n問題: 金利が上がると債券価格は？\n答え:")
    with pytest.raises(InputError, match="2 demonstrations are needed, 1 are available"):
        build(folder, shots=2)


def test_a_pool_that_is_the_test_file_is_refused(tmp_path):
    text = TASK.replace("  fields:", "  demonstrations: [exam.jsonl]\n  fields:")
    with pytest.raises(PolicyError):
        build(write_task(tmp_path, text=text), shots=1)


def with_answer(**changes):
    return [{**EXAM[0], **changes}, *EXAM[1:]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (with_answer(choices=["下がる", ""]), "Choice 2 is empty"),
        (with_answer(choices=["下がる", "上がる", "下がる"]), "Two of its choices are the same: '下がる'"),
        (with_answer(answer=2), "not one of the choices"),
        (with_answer(answer="なし"), "not one of the choices"),
        (with_answer(answer=None), "`answer` is missing"),
        (with_answer(choices=None), "`choices` is missing"),
        (with_answer(id="q2"), "Duplicate id"),
        (with_answer(answer="C"), "not one of the choices"),
        (with_answer(choices=["1", "2", "3"], answer=2), "write the right choice's text"),
    ],
)
def test_a_bad_item_is_named_with_its_task_and_place(tmp_path, rows, said):
    with pytest.raises(InputError) as caught:
        build(write_task(tmp_path, rows))
    message = caught.value.explain()
    assert said in message
    assert "of task exam" in message
    assert "exam.jsonl:" in message


def test_an_answer_may_be_a_letter(tmp_path):
    assert build(write_task(tmp_path, with_answer(answer="B"))).golds[0] == 1
    named = with_answer(choices=["B", "A"], answer="B")  # a choice of that name goes before
    assert build(write_task(tmp_path, named)).golds[0] == 0
    assert build(write_task(tmp_path, with_answer(choices=["0", "1"], answer=1))).golds[0] == 1


def test_published_data_says_which_number_is_meant(tmp_path):
    text = TASK.replace("  fields:", "  source: a published set\n  fields:")
    assert build(write_task(tmp_path, with_answer(choices=["1", "2", "3"], answer=2), text)).golds[0] == 2


def test_a_letter_is_no_label_of_a_task(tmp_path):
    text = TASK.replace("options: choices, ", "").replace("templates:", "options: [positive, negative]\ntemplates:")
    with pytest.raises(InputError, match="of task exam"):
        build(write_task(tmp_path, [{**EXAM[0], "answer": "A"}], text))


@pytest.mark.parametrize("said", ["", " \n", 12, None])
def test_an_empty_text_is_no_document(tmp_path, said):
    """It would count for n and pull the interval to 0 bits."""
    task = "name: exam\nkind: perplexity\nlicense: CC0\ndata: {reader: text, files: [exam.jsonl]}\n"
    with pytest.raises(InputError) as caught:
        build(write_task(tmp_path, [{"text": "株価が上がった。"}, {"text": said}], task))
    assert "exam.jsonl:2" in caught.value.explain()


def test_a_damaged_row_is_told_in_words_with_its_line(tmp_path):
    folder = write_task(tmp_path)
    with (folder / "exam.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"id": "q6", "question": NaN}\n')
    with pytest.raises(InputError) as caught:
        build(folder)
    assert "exam.jsonl:6" in caught.value.explain("ja")
    assert "壊れた JSON" in caught.value.explain("ja")
    assert "{'" not in caught.value.explain("ja")


def test_a_wrong_number_of_items_is_refused(tmp_path):
    text = TASK.replace("  fields:", "  items: [6]\n  fields:")
    with pytest.raises(TekioError, match="should have 6 items, but the data has 5"):
        build(write_task(tmp_path, text=text))


def test_a_missing_folder_names_the_task(tmp_path):
    with pytest.raises(TekioError) as caught:
        load_task("fp2", base=tmp_path).build(
            tmp_path / "absent", template="default", protocol="fin-harness-2025", shots=0, limit=None, seed=1
        )
    assert "task fp2" in caught.value.explain()
    assert "absent" in caught.value.explain()


def write_chabsa(folder: Path) -> Path:
    opinions = [{"target": "売上", "polarity": "positive", "from": 0, "to": 2}] * 7723
    report = {
        "header": {"document_id": "E1"},
        "sentences": [{"sentence_id": 0, "sentence": "売上増", "opinions": opinions}],
    }
    (folder / "e1_ann.json").write_text(json.dumps(report, ensure_ascii=False))
    return folder


def test_unknown_names_get_a_suggestion(tmp_path):
    with pytest.raises(UsageError, match="Did you mean `chabsa`"):
        load_task("chabas", base=tmp_path)
    with pytest.raises(UsageError, match="It has: fin-harness-2024, fin-harness-2025"):
        load_task("chabsa", base=tmp_path).build(
            write_chabsa(tmp_path), template="default", protocol="fin-harness-2023", shots=0, limit=None, seed=1
        )
    with pytest.raises(UsageError, match="It has: default, letters"):
        build(write_task(tmp_path), template="0.1")


def test_a_misspelled_key_is_refused_with_its_line(tmp_path):
    with pytest.raises(RecipeError) as caught:
        build(write_task(tmp_path, text=TASK.replace("delimiter", "delimeter")))
    assert "exam.yaml:12:5" in caught.value.explain()
    assert "`delimiter`" in caught.value.explain()


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ options.append('x') }}",
        "{{ absent }}",
        "{% for i in range(10000000) %}x{% endfor %}",
        "{{ 1 // 0 }}",
    ],
)
def test_templates_run_in_a_sandbox(tmp_path, hostile):
    text = TASK.replace("問題: {{ question }}\\n答え:", hostile)
    with pytest.raises(UsageError) as caught:
        build(write_task(tmp_path, text=text))
    assert "task exam, prompt of item q1" in caught.value.explain()


def test_every_shipped_task_reads():
    assert {"chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1", "jnli"} <= set(shipped_tasks())
    for name in shipped_tasks():
        spec = load_task(name, base=Path()).spec
        assert spec.name == name
        assert spec.license != "unknown"
        assert spec.title_ja
        assert all(target in spec.templates for target in spec.aliases.values())


def test_the_2024_protocol_drops_one_newline_of_the_description(tmp_path):
    row = {
        "id": 0,
        "question": "問",
        "context": "",
        "choices": [{"id": 0, "text": "甲"}, {"id": 1, "text": "乙"}],
        "answer": 1,
    }
    rows = [{**row, "id": number} for number in range(38)]
    (tmp_path / "data.json").write_text(json.dumps({"data": rows}, ensure_ascii=False))
    prompts = {}
    for protocol in ("fin-harness-2024", "fin-harness-2025"):
        built = load_task("cma_basics", base=tmp_path).build(
            tmp_path / "data.json", template="default", protocol=protocol, shots=0, limit=None, seed=1
        )
        prompts[protocol] = request_text(built.requests[0]).split("\x1f")[0]
        assert built.protocol == protocol
    body = "【問題】\n問\n\n【選択肢】\nA: 甲\nB: 乙\n\n【答え】\n"
    head = "以下の問題の適切な答えを選択肢から選んでアルファベットで答えなさい。"
    assert prompts["fin-harness-2024"] == head + "\n\n" + body
    assert prompts["fin-harness-2025"] == head + "\n\n\n" + body


def test_rows_that_are_no_objects_are_refused_with_their_line(tmp_path):
    write_task(tmp_path)
    (tmp_path / "exam.jsonl").write_text('{"id": 1}\n[1, 2]\n')
    with pytest.raises(InputError) as caught:
        build(tmp_path)
    assert "q" not in caught.value.explain() or "exam.jsonl" in caught.value.explain()


def test_a_task_file_may_name_its_data_by_a_whole_path(tmp_path: Path):
    place = write_task(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "exam.yaml").write_text(TASK.replace("exam.jsonl", str(place / "exam.jsonl")))
    assert build(elsewhere).prompt_hash == build(place).prompt_hash


def test_options_of_a_task_differ(tmp_path: Path):
    (tmp_path / "exam.yaml").write_text(
        "name: exam\nlicense: CC0\noptions: [はい, いいえ, はい]\ntemplates: {default: {prompt: '?'}}\n"
    )
    with pytest.raises(RecipeError, match="options") as error:
        load_task("exam.yaml", base=tmp_path)
    assert "exam.yaml:3:10" in str(error.value.where)


def test_a_text_task_without_a_template_is_a_suite_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "text.jsonl").write_text('{"id": "a", "text": "景気は緩やかに回復している。"}\n')
    (tmp_path / "text.yaml").write_text(
        "name: text\nkind: perplexity\nlicense: CC0\ndata: {reader: text, files: [text.jsonl]}\n"
    )
    monkeypatch.chdir(tmp_path)
    [task] = suite_tasks(["text.yaml"], [], template="default", templates=[], options={})
    assert task.template == "default"
