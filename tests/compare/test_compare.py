"""Answers side by side, with real (random) models."""

import json
from pathlib import Path

import pytest

import tekio.model.generate
from compare.tiny_models import tiny_model
from tekio.cli import main
from tekio.compare import compare_answers
from tekio.compare.prompts import choose_prompts
from tekio.errors import InputError, TekioError, UsageError
from tekio.evaluate.models import Endpoint
from tekio.recipe.paths import RecipePath
from tekio.recipe.report import CompareConfig
from tekio.records import InstructionMeta, new_record
from tekio.store import read_json, read_jsonl, write_jsonl

QUESTIONS = [
    "NISA とは何ですか。",
    "金利が上がると債券の価格はどうなりますか。",
    "預金保険制度の上限を教えてください。",
] * 4


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {"base": tiny_model(folder / "base", 1), "tuned": tiny_model(folder / "tuned", 2)}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "instruct"
    rows = [
        new_record(
            f"{number} 番目の質問です。", f"{number} 番目の答えです。", InstructionMeta("faq", "test", "PDL-1.0")
        )
        for number in range(30)
    ]
    write_jsonl(folder / "validation.jsonl", [row.as_dict() for row in rows])
    write_jsonl(folder / "train.jsonl", [row.as_dict() for row in rows])
    return folder


def prompts_file(folder: Path) -> RecipePath:
    path = folder / "prompts.jsonl"
    write_jsonl(path, [{"prompt": text, "id": f"q{number}"} for number, text in enumerate(QUESTIONS)])
    return RecipePath.of(path)


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("answers.jsonl", "summary.json")}


def test_every_model_answers_every_prompt_with_measures(tmp_path: Path, models: dict[str, Path]):
    config = CompareConfig(prompts=prompts_file(tmp_path), max_new_tokens=12)
    manifest = compare_answers(config, tmp_path / "compare", models=models, records=None, seed=17)
    rows = list(read_jsonl(tmp_path / "compare" / "answers.jsonl"))
    assert [row["prompt"] for row in rows] == QUESTIONS
    assert manifest.counts == {"prompts": 12, "models": 2}
    for row in rows:
        assert list(row["answers"]) == ["base", "tuned"]
        assert row["rendered"].startswith("以下はタスクを説明する指示です。")
        assert row["rendered"].endswith("### 返答:\n")
        for answer in row["answers"].values():
            assert answer["finish"] in ("eos", "length", "stop")
            assert 0 < answer["tokens"] <= 12
            assert answer["characters"] == len(answer["text"])
            assert 0 <= answer["japanese_share"] <= 1
            assert 0 <= answer["repetition"] <= 1
    summary = json.loads((tmp_path / "compare" / "summary.json").read_text())
    assert summary["models"]["tuned"]["n"] == 12
    mean = sum(row["answers"]["base"]["tokens"] for row in rows) / 12
    assert summary["models"]["base"]["tokens"] == pytest.approx(mean, abs=1e-4)


def test_without_prompts_a_seeded_sample_of_the_validation_records_is_asked(
    tmp_path: Path, models: dict[str, Path], records: Path
):
    config = CompareConfig(validation_prompts=3, max_new_tokens=4)
    asked: dict[int, list[str]] = {}
    for seed in (1, 2):
        out = tmp_path / f"compare-{seed}"
        compare_answers(config, out, models={"base": models["base"]}, records=records, seed=seed)
        rows = list(read_jsonl(out / "answers.jsonl"))
        asked[seed] = [row["id"] for row in rows]
        assert all(row["reference"] == row["prompt"].replace("質問", "答え") for row in rows)
        assert all("overlap" in answer for row in rows for answer in row["answers"].values())
    assert len(set(asked[1])) == 3
    assert asked[1] != asked[2]


def test_a_killed_comparison_goes_on_where_it_was_and_ends_in_the_same_bytes(
    tmp_path: Path, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    config = CompareConfig(prompts=prompts_file(tmp_path), max_new_tokens=6)
    compare_answers(config, tmp_path / "whole", models=models, records=None, seed=17)
    real, asked = tekio.model.generate.generate, 0

    def dies(*positional, **named):
        nonlocal asked
        asked += 1
        if asked == 3:
            raise KeyboardInterrupt
        return real(*positional, **named)

    monkeypatch.setattr("tekio.model.generate.generate", dies)
    with pytest.raises(KeyboardInterrupt):
        compare_answers(config, tmp_path / "killed", models=models, records=None, seed=17)
    assert not (tmp_path / "killed").exists()
    monkeypatch.setattr("tekio.model.generate.generate", lambda *a, **k: counted(real, a, k))
    again: list[int] = []

    def counted(function, positional, named):
        again.append(len(positional[1]))
        return function(*positional, **named)

    compare_answers(config, tmp_path / "killed", models=models, records=None, seed=17)
    assert again == [8, 4]  # the two finished batches of the first model were not generated again
    assert files(tmp_path / "killed") == files(tmp_path / "whole")


def test_a_finished_comparison_is_not_repeated(
    tmp_path: Path, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    config = CompareConfig(prompts=prompts_file(tmp_path), max_new_tokens=3)
    first = compare_answers(config, tmp_path / "compare", models=models, records=None, seed=17)
    monkeypatch.setattr("tekio.model.generate.generate", None)
    assert compare_answers(config, tmp_path / "compare", models=models, records=None, seed=17).key == first.key


def test_a_row_that_is_not_a_prompt_is_named_with_its_line(tmp_path: Path, models: dict[str, Path]):
    path = tmp_path / "prompts.jsonl"
    write_jsonl(path, [{"prompt": "よい質問"}, {"question": "名前が違う"}])
    config = CompareConfig(prompts=RecipePath.of(path))
    with pytest.raises(InputError, match=r"prompts\.jsonl:2"):
        compare_answers(config, tmp_path / "compare", models=models, records=None, seed=17)


def test_two_prompts_of_one_id_are_refused_as_answers_are_told_apart_by_it(tmp_path: Path):
    path = tmp_path / "prompts.jsonl"
    write_jsonl(path, [{"id": "a", "prompt": "預金とは"}, {"id": "a", "prompt": "国債とは"}, {"prompt": "預金とは"}])
    with pytest.raises(InputError, match=r"(?s)the id 'a'.*預金とは / 国債とは"):
        choose_prompts(CompareConfig(prompts=RecipePath.of(path)), None, 17)


def test_nothing_to_ask_is_said(tmp_path: Path, models: dict[str, Path]):
    with pytest.raises(TekioError, match="nothing to ask"):
        compare_answers(CompareConfig(), tmp_path / "compare", models=models, records=None, seed=17)


def test_the_verb_compares_folders_under_their_labels(tmp_path: Path, models: dict[str, Path], capsys):
    prompts = prompts_file(tmp_path)
    words = ["--lang", "en", "compare", f"before={models['base']}", str(models["tuned"])]
    words += ["--prompts", prompts.written, "--out", str(tmp_path / "out"), "--max-new-tokens", "2"]
    assert main(words) == 0
    row = next(read_jsonl(tmp_path / "out" / "answers.jsonl"))
    assert list(row["answers"]) == ["before", "tuned"]
    words.insert(3, f"before={models['tuned']}")
    assert main(words) == 2
    assert "Two models are called 'before'" in capsys.readouterr().err


def test_a_server_answers_beside_a_folder(tmp_path: Path, models: dict[str, Path]):
    from evaluate.scoring.test_endpoint import completion, server

    config = CompareConfig(prompts=prompts_file(tmp_path), max_new_tokens=2)
    with server(lambda *_: completion("年 1 回です。")) as (url, asked):
        both = {"base": models["base"], "server": Endpoint(url)}
        compare_answers(config, tmp_path / "out", models=both, records=None, seed=17)
        rows = list(read_jsonl(tmp_path / "out" / "answers.jsonl"))
        compare_answers(config, tmp_path / "alone", models={"server": Endpoint(url)}, records=None, seed=17)
    assert {row["answers"]["server"]["text"] for row in rows} == {"年 1 回です。"}
    assert sorted(body["messages"][-1]["content"] for body in asked) == sorted([*QUESTIONS, *QUESTIONS])
    assert read_json(tmp_path / "alone" / "summary.json")["models"]["server"]["n"] == len(QUESTIONS)


def test_drawn_answers_are_the_same_with_the_same_seed_and_others_with_another(tmp_path: Path, models: dict[str, Path]):
    config = CompareConfig(prompts=prompts_file(tmp_path), max_new_tokens=6, temperature=1.0, samples=2)

    def texts(name: str, seed: int) -> list[str]:
        compare_answers(config, tmp_path / name, models={"base": models["base"]}, records=None, seed=seed)
        return [row["answers"]["base"]["text"] for row in read_jsonl(tmp_path / name / "answers.jsonl")]

    first = texts("first", 17)
    assert first == texts("again", 17)
    assert first != texts("other", 18)
    rows = list(read_jsonl(tmp_path / "first" / "answers.jsonl"))
    assert [row["sample"] for row in rows] == [0] * 12 + [1] * 12
    assert [row["answers"]["base"]["text"] for row in rows[:12]] != [
        row["answers"]["base"]["text"] for row in rows[12:]
    ]
    summary = read_json(tmp_path / "first" / "summary.json")
    assert summary["decoding"] == "drawn"
    assert summary["drawn"] == {"temperature": 1.0, "top_p": 1.0, "samples": 2, "seed": 17}


def test_answers_that_leave_no_room_for_the_prompt_are_refused(tmp_path: Path, models: dict[str, Path]):
    config = CompareConfig(prompts=prompts_file(tmp_path), max_new_tokens=60_000)
    with pytest.raises(UsageError, match="leaves no room for the prompt") as raised:
        compare_answers(config, tmp_path / "out", models=models, records=None, seed=17)
    assert "プロンプトの入る余地がありません" in raised.value.explain("ja")
    assert "対処: `max_new_tokens` を" in raised.value.explain("ja")


def test_several_greedy_answers_are_refused():
    with pytest.raises(ValueError, match="greedy answers are all the same"):
        CompareConfig(samples=2)


def test_a_server_gets_the_seed_of_each_answer(tmp_path: Path):
    from evaluate.scoring.test_endpoint import completion, server

    config = CompareConfig(prompts=prompts_file(tmp_path), max_new_tokens=2, temperature=0.7, samples=2)
    with server(lambda *_: completion("年 1 回です。")) as (url, asked):
        compare_answers(config, tmp_path / "out", models={"server": Endpoint(url)}, records=None, seed=17)
    assert {body["temperature"] for body in asked} == {0.7}
    assert len({body["seed"] for body in asked}) == 2 * len(QUESTIONS)


def test_the_shipped_questions_are_sixty_of_several_topics_and_each_its_own():
    from tekio.compare.prompts import choose_prompts

    found = choose_prompts(CompareConfig(questions="finance"), None, 17)
    assert len({prompt.prompt for prompt in found}) == len({prompt.id for prompt in found}) == 60
    assert len({prompt.topic for prompt in found}) >= 10
    assert sum(prompt.input is not None for prompt in found) >= 8


def test_what_stands_in_the_training_text_is_measured_and_models_are_compared(
    tmp_path: Path, models: dict[str, Path], records: Path
):
    from evaluate.scoring.test_endpoint import completion, server

    recited = "3 番目の質問です。\n3 番目の答えです。"
    config = CompareConfig(validation_prompts=8, max_new_tokens=4)
    with server(lambda *_: completion(recited)) as (url, _):
        both = {"base": models["base"], "server": Endpoint(url)}
        compare_answers(config, tmp_path / "out", models=both, records=records, seed=17)
    rows = list(read_jsonl(tmp_path / "out" / "answers.jsonl"))
    assert {row["answers"]["server"]["copied"] for row in rows} == {len("".join(recited.split()))}
    tests = {item["measure"]: item for item in read_json(tmp_path / "out" / "summary.json")["tests"]}
    assert set(tests) == {"characters", "ungrounded", "copied", "refused", "conduct"}
    assert tests["copied"]["word"] == "more"
    assert tests["conduct"]["word"] == "cannot tell"
