"""Chat: the model's own template, demonstrations as turns, BOS once, likelihoods as a naive computation gives them."""

# pyright: standard

from pathlib import Path

import pytest
import torch

from evaluate.exam import exam_config, write_exam
from tekio.evaluate import evaluate
from tekio.evaluate.scoring.asked import as_asked
from tekio.evaluate.scoring.encode import encode_choices, make_encoder
from tekio.evaluate.scoring.requests import ChoiceRequest
from tekio.evaluate.tasks import BuiltTask, load_task
from tekio.model.load import LoadedModel, load_model
from tekio.recipe.evaluate import ChatConfig, EvaluateConfig, ThinkingConfig
from tekio.store import read_json, read_jsonl

CHAT = (
    "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}"
    "{% if m['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% if enable_thinking is defined and not enable_thinking %}"
    "<think></think>{% endif %}{% endif %}"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from model.tiny import save_tiny

    folder = tmp_path_factory.mktemp("chat")
    save_tiny(folder / "base")
    save_tiny(folder / "tuned", seed=1)
    (folder / "tuned" / "chat_template.jinja").write_text(CHAT)
    write_exam(folder / "exam")
    return folder


@pytest.fixture(scope="module")
def tuned(place: Path) -> LoadedModel:
    return load_model(place / "tuned", device="cpu")


def built(place: Path, template: str, shots: int = 0):
    return load_task("own_exam.yaml", base=place / "exam").build(
        None, template=template, protocol="fin-harness-2025", shots=shots, limit=5, seed=17, pool="test"
    )


def choices(task: BuiltTask) -> list[ChoiceRequest]:
    return [request for request in task.requests if isinstance(request, ChoiceRequest)]


def asked(task: BuiltTask, loaded: LoadedModel, config: EvaluateConfig | None = None) -> list[ChoiceRequest]:
    found = as_asked(task.requests, loaded.tokenizer, config or EvaluateConfig())
    return [request for request in found if isinstance(request, ChoiceRequest)]


def test_the_prompt_is_what_the_chat_template_makes_of_the_turns(place: Path, tuned: LoadedModel):
    task = built(place, "chat", shots=2)
    for request in asked(task, tuned, EvaluateConfig(chat=ChatConfig(system="監査人として。"))):
        head, *turns = request.prompt.removeprefix("<s>").split("\n[")
        assert head == "[system]監査人として。"
        roles = [turn.split("]")[0] for turn in turns]
        assert roles == ["user", "assistant", "user", "assistant", "user", "assistant"]
        assert turns[0].startswith("user]次の設問に答えてください。\n\n設問:")
        assert all(turn.endswith("は増える。</s>") for turn in turns[1:4:2])
        assert turns[4].endswith("答え:")
        assert turns[5] == "assistant]"
        assert request.prompt.count("次の設問に") == 1


def test_likelihoods_of_choices_are_those_of_a_naive_computation(place: Path, tuned: LoadedModel, tmp_path: Path):
    config = exam_config(place / "exam" / "own_exam.yaml", other_templates=[], template="chat", limit=4)
    evaluate(config, tmp_path / "out", models={"tuned": place / "tuned"}, corpus=None, seed=17)
    rows = list(read_jsonl(tmp_path / "out" / "items" / "tuned" / "own_exam.chat.jsonl"))
    task = load_task("own_exam.yaml", base=place / "exam").build(
        None, template="default", protocol="fin-harness-2025", shots=0, limit=4, seed=17
    )
    for row, item, plain in zip(rows, task.items, choices(task), strict=True):
        text = tuned.tokenizer.apply_chat_template(
            [{"role": "user", "content": plain.prompt}], tokenize=False, add_generation_prompt=True
        )
        assert text.startswith("<s>[user]")
        for choice, seen in zip(item.options, row["loglikelihoods"], strict=True):
            context = tuned.tokenizer(text, add_special_tokens=False)["input_ids"]
            ids = tuned.tokenizer(text + choice, add_special_tokens=False)["input_ids"]
            assert ids[: len(context)] == context
            assert ids.count(1) == 1  # BOS once
            with torch.inference_mode():
                logits = tuned.model(torch.tensor([ids])).logits[0].double().log_softmax(-1)
            wanted = sum(float(logits[place - 1, ids[place]]) for place in range(len(context), len(ids)))
            assert seen == pytest.approx(wanted, abs=1e-4)


def test_whether_to_reason_and_other_variables_reach_the_template(place: Path, tuned: LoadedModel):
    [off, *_] = asked(built(place, "chat"), tuned, EvaluateConfig(thinking=ThinkingConfig(enable=False)))
    assert off.prompt.endswith("[assistant]<think></think>")
    same = ChatConfig(template_arguments={"enable_thinking": False})
    assert asked(built(place, "chat"), tuned, EvaluateConfig(chat=same))[0] == off


def test_bos_is_there_once_whatever_the_policy(place: Path, tuned: LoadedModel):
    requests = asked(built(place, "chat", shots=1), tuned)
    for policy in ("tokenizer", "always"):
        encoded = encode_choices(requests, make_encoder(tuned.tokenizer, 4096, bos=policy))
        assert all(one.candidates[0].ids.count(1) == 1 for one in encoded)


def test_a_named_template_is_the_one_of_training(place: Path, tuned: LoadedModel):
    from tekio.model.templates import render_prompt

    task, plain = built(place, "alpaca-japanese"), built(place, "default")
    for request, question in zip(asked(task, tuned), choices(plain), strict=True):
        assert request.prompt == render_prompt("alpaca-japanese", question.prompt)
    shown = asked(built(place, "alpaca-japanese", shots=1), tuned)[0].prompt
    assert shown.count("### 返答:\n") == 2
    assert "は増える。</s>\n\n### 指示:\n設問:" in shown


def test_a_wording_is_named_behind_the_template(place: Path):
    task = built(place, "chat-letters")
    assert task.template == "chat-letters"
    [first, *_] = choices(task)
    assert first.continuations == ("A", "B", "C")
    assert first.conversation is not None
    assert "A:" in first.conversation.turns[0][1]


def test_another_system_or_form_has_another_hash(place: Path):
    assert len({built(place, name).prompt_hash for name in ("default", "chat", "chat-letters", "alpaca-japanese")}) == 4


def test_both_forms_stand_side_by_side_and_a_base_without_template_is_asked_plainly(place: Path, tmp_path: Path):
    config = exam_config(place / "exam" / "own_exam.yaml", other_templates=["default"], template="chat")
    models = {"base": place / "base", "tuned": place / "tuned"}
    evaluate(config, tmp_path / "out", models=models, corpus=None, seed=17)
    results = read_json(tmp_path / "out" / "results.json")
    [task] = results["tasks"]
    assert task["template"] == "chat"
    assert set(task["templates"]) == {"chat", "default"}
    assert results["models"]["base"]["chat_template_sha256"] is None
    assert results["models"]["tuned"]["chat_template_sha256"]
    files = {name: list(read_jsonl(tmp_path / "out" / "items" / name / "own_exam.chat.jsonl")) for name in models}
    plain = list(read_jsonl(tmp_path / "out" / "items" / "base" / "own_exam.default.jsonl"))
    assert [row["loglikelihoods"] for row in files["base"]] == [row["loglikelihoods"] for row in plain]


def test_choices_can_be_read_from_what_a_model_writes(place: Path, tmp_path: Path):
    config = exam_config(
        place / "exam" / "own_exam.yaml", other_templates=[], template="chat", choices="reply", max_new_tokens=8
    )
    evaluate(config, tmp_path / "out", models={"tuned": place / "tuned"}, corpus=None, seed=17)
    rows = list(read_jsonl(tmp_path / "out" / "items" / "tuned" / "own_exam.chat.jsonl"))
    assert all(isinstance(row["reply"], str) for row in rows)
    results = read_json(tmp_path / "out" / "results.json")
    assert results["models"]["tuned"]["choices"] == "reply"
    assert results["tasks"][0]["scores"]["tuned"]["unparsed"] == sum(row["unparsed"] for row in rows) > 0
