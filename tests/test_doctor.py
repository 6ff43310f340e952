"""The doctor says what would fail before anything runs."""

import zipfile
from pathlib import Path

import pytest

from tekio.doctor import Finding, examine
from tekio.errors import TekioError, say
from tekio.pipeline import run_recipe
from tekio.recipe import load_recipe


def findings(tmp_path: Path, text: str) -> dict[str, Finding]:
    path = tmp_path / "recipe.yaml"
    path.write_text("name: x\n" + text)
    return {say(item.subject, "en"): item for item in examine(load_recipe(path), tmp_path / "run")}


def words(finding: Finding) -> str:
    return say(finding.text, "en")


def test_files_are_counted_and_missing_ones_named(tmp_path):
    (tmp_path / "a.txt").write_text("文書")
    found = findings(
        tmp_path,
        "corpus: {sources: [{name: here, path: '*.txt', license: CC0-1.0}, {name: gone, path: b/*.txt, license: CC0-1.0}]}\n",
    )
    assert found["corpus.here"].level == "ok"
    assert words(found["corpus.here"]).startswith("1 file,")
    assert found["disk"].level == "ok"
    gone = [item for item in found.values() if item.level == "failure"]
    assert len(gone) == 1
    assert "b/*.txt" in words(gone[0])


def test_a_stage_without_its_input_is_a_failure(tmp_path):
    assert findings(tmp_path, "tune: {}\n")["stages"].level == "failure"


def test_pickled_weights_are_named_once(tmp_path):
    (tmp_path / "m").mkdir()
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / "m" / name).write_text("{}")
    (tmp_path / "m" / "pytorch_model.bin").write_bytes(b"x")
    found = findings(tmp_path, "base: {model: m}\n")
    assert "no safetensors weights" in words(found["base.model"])


def test_a_source_none_of_whose_first_rows_becomes_a_record_is_warned_about(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"docid": 1, "text": "見出しのない記事です。"}\n' * 3)
    text = "instruct: {expand: [{name: news, path: '*.jsonl', template: wikinews, license: CC-BY-2.5}]}\n"
    found = findings(tmp_path, text)["instruct.news"]
    assert found.level == "warning"
    assert words(found).startswith("none of the first rows (3) becomes a record")
    assert "'title' is undefined" in words(found)


def test_a_license_that_is_not_clear_is_a_warning(tmp_path):
    (tmp_path / "a.txt").write_text("文書")
    path = tmp_path / "recipe.yaml"
    path.write_text("name: x\ncorpus: {sources: [{name: here, path: '*.txt', license: contract}]}\n")
    levels = [item.level for item in examine(load_recipe(path), tmp_path / "run") if item.subject == "corpus.here"]
    assert levels == ["ok", "warning"]


def test_records_of_a_finished_study_that_are_longer_than_a_row_are_said(tmp_path):
    from model.tiny import save_tiny
    from tekio.records import InstructionMeta, new_record
    from tekio.store import write_jsonl

    save_tiny(tmp_path / "base")
    (tmp_path / "a.txt").write_text("文書")
    recipe = (
        "corpus: {sources: [{name: here, path: '*.txt', license: CC0-1.0}]}\nstudy: {}\nbase: {model: base}\n"
        "tune: {sequence_length: 64, template: alpaca-japanese, method: full}\n"
    )
    assert "tune.records.study" not in findings(tmp_path, recipe)  # nothing is known before it is made
    meta = InstructionMeta(task="study-cloze", origin="here", license="CC0-1.0")
    rows = [new_record("空欄を埋めてください。", "答え" * size, meta) for size in (1, 400)]
    (tmp_path / "run" / "study").mkdir(parents=True)
    write_jsonl(tmp_path / "run" / "study" / "train.jsonl", (row.as_dict() for row in rows))
    found = findings(tmp_path, recipe)["tune.records.study"]
    assert found.level == "warning"
    assert "of the first 2 records of study are longer than 64 tokens (dropped;" in words(found)


def test_tasks_are_built_and_their_data_counted(tmp_path):
    found = findings(tmp_path, "evaluate: {tasks: [{task: chabsa, data: nowhere}]}\n")
    assert found["evaluate.chabsa"].level == "failure"
    assert "nowhere" in words(found["evaluate.chabsa"])


def test_what_is_not_installed_is_named_with_its_extra(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ray" else object())
    found = findings(tmp_path, "engine: {kind: ray}\n")
    assert "tekio[ray]" in words(found["ray"])


def test_texts_longer_than_the_base_s_context_are_a_failure(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text('{"model_type": "llama", "max_position_embeddings": 256}')
    found = findings(tmp_path, "base: {model: m}\ntune: {sequence_length: 1024}\n")
    assert found["tune.sequence_length"].level == "failure"
    assert "256" in words(found["tune.sequence_length"])
    assert "tune.sequence_length" not in findings(tmp_path, "base: {model: m}\ntune: {sequence_length: 256}\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("compare: {prompts: p.jsonl, max_new_tokens: %d}\n", "compare.max_new_tokens"),
        ("evaluate: {max_new_tokens: %d}\n", "evaluate.max_new_tokens"),
        ("evaluate: {thinking: {enable: true, max_tokens: %d}}\n", "evaluate.thinking.max_tokens"),
        ("tune: {sequence_length: 64, replay: {max_tokens: %d}}\n", "tune.replay.max_tokens"),
        ("tune: {sequence_length: 64, rewrite: {max_tokens: %d}}\n", "tune.rewrite.max_tokens"),
    ],
)
@pytest.mark.parametrize(
    "config",
    ['{"max_position_embeddings": 256}', '{"n_positions": 256}', '{"text_config": {"max_position_embeddings": 256}}'],
)
def test_an_answer_that_leaves_no_room_for_its_prompt_is_a_failure(tmp_path: Path, text: str, place: str, config: str):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text(config)
    base = "base: {model: m}\n"
    found = findings(tmp_path, base + text % 256)[place]
    assert found.level == "failure"
    assert "leaves no room for the prompt: the model sees 256 tokens" in words(found)
    assert "プロンプトの入る余地がありません" in say(found.text, "ja")
    half = findings(tmp_path, base + text % 200)[place]
    assert half.level == "warning"
    assert "of a prompt longer than 56 tokens only the end is read" in words(half)
    assert place not in findings(tmp_path, base + text % 128)


def test_a_context_that_says_nothing_is_no_complaint(tmp_path: Path):
    (tmp_path / "m").mkdir()
    for config in ("{}", "[]", "{"):
        (tmp_path / "m" / "config.json").write_text(config)
        found = findings(tmp_path, "base: {model: m}\ncompare: {prompts: p.jsonl, max_new_tokens: 60000}\n")
        assert "compare.max_new_tokens" not in found


def test_a_context_that_is_never_trained_is_warned_of(tmp_path: Path):
    (tmp_path / "a.txt").write_text("文書")
    text = (
        "corpus: {sources: [{name: s, domain: finance, path: a.txt, license: CC0-1.0}]}\n"
        "base: {scratch: {domains: [finance], sequence_length: 128, architecture: {context_length: %d}}}\n"
    )
    place = "base.scratch.architecture.context_length"
    found = findings(tmp_path, text % 100_000)[place]
    assert found.level == "warning"
    assert "no row of the training is longer than 128" in words(found)
    assert place not in findings(tmp_path, text % 1024)
    assert place not in findings(tmp_path, text % 8192 + "pretrain: {sequence_length: 4096}\n")


def refused(tmp_path: Path, text: str) -> set[str]:
    """What doctor calls a failure; `run` must refuse it too, and write nothing."""
    path = tmp_path / "recipe.yaml"
    path.write_text("name: x\n" + text)
    recipe = load_recipe(path)
    found = {say(item.subject, "en") for item in examine(recipe, tmp_path / "run") if item.level == "failure"}
    with pytest.raises(TekioError):
        run_recipe(recipe, tmp_path / "run")
    assert not (tmp_path / "run").exists()
    return found


SOURCE = "corpus: {sources: [{name: s, domain: %s, path: '*.jsonl', columns: {text: %s}, license: CC0-1.0}]}\n"
SCRATCH = "base: {scratch: {domains: [finance]}}\n"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (SOURCE % ("finance", "問い合わせ+回答内要"), "corpus"),
        (SOURCE % ("finance", "a") + SCRATCH + "pretrain: {replay: {share: 0.1}}\n", "pretrain.replay"),
        (SOURCE % ("finance", "a") + SCRATCH + "evaluate: {models: [base, tuned]}\n", "evaluate.models"),
        (SOURCE % ("law", "a") + SCRATCH, "base.scratch.domains"),
        (SOURCE % ("law", "a") + "base: {scratch: {domains: [general, law]}}\npretrain: {}\n", "pretrain.domains"),
        (SOURCE % ("finance", "a") + SCRATCH + "compare: {}\n", "compare.prompts"),
        ("corpus: {sources: [{name: s, path: '*.jsonl'}, {name: s, path: '*.jsonl'}]}\n", "corpus"),
        ("corpus: {sources: [{name: s, path: '*.bin', license: CC0-1.0}]}\n", "corpus.s"),
        ("corpus: {sources: [{name: s, path: a.zip, options: {max_members: 2}, license: CC0-1.0}]}\n", "corpus.s"),
        ("instruct: {import: [{name: a, path: '*.jsonl'}], harvest: [{name: a, path: '*.jsonl'}]}\n", "instruct"),
    ],
)
def test_what_run_would_refuse_the_doctor_refuses_and_the_other_way_round(tmp_path, text, subject):
    (tmp_path / "a.jsonl").write_text('{"a": "本文です。", "問い合わせ": "はい。"}\n')
    (tmp_path / "a.bin").write_bytes(b"\x00\x01\x02\xff" * 50)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        for number in range(3):
            pack.writestr(f"{number}.txt", "本文です。")
    assert subject in refused(tmp_path, text)


def test_all_that_is_wrong_is_said_in_one_call(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"a": "本文です。"}\n')
    found = refused(tmp_path, SOURCE % ("law", "b") + SCRATCH + "pretrain: {replay: {share: 0.1}}\ncompare: {}\n")
    assert {"corpus", "base.scratch.domains", "pretrain.domains", "pretrain.replay", "compare.prompts"} <= found


def test_modules_for_lora_that_the_base_has_not_are_named(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text('{"model_type": "llama", "num_hidden_layers": 1}')
    found = findings(tmp_path, "base: {model: m}\ntune: {lora: {targets: [query]}}\n")
    assert "q_proj" in words(found["tune.lora.targets"])


@pytest.mark.parametrize("asked", ["rewrite: {}", "replay: {}", "replay: {answers: given, sources: [a]}"])
def test_a_base_that_was_never_taught_to_answer_is_warned_about(tmp_path, asked):
    (tmp_path / "a.jsonl").write_text('{"a": "本文です。"}\n')
    found = findings(tmp_path, SOURCE % ("finance", "a") + SCRATCH + f"tune: {{{asked}}}\n")
    warned = {name for name in found if name in ("tune.rewrite", "tune.replay.answers")}
    assert warned == {"rewrite: {}": {"tune.rewrite"}, "replay: {}": {"tune.replay.answers"}}.get(asked, set())
    assert all(found[name].level == "warning" for name in warned)
