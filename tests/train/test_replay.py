"""Replay in tuning: general records, or the model's own answers, at the share asked for; kept, counted, the same after a kill."""

# pyright: standard

from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from tekio.errors import NothingError
from tekio.model.generate import generate
from tekio.model.load import load_model
from tekio.model.templates import render_question
from tekio.recipe.train import TuneConfig, TuneReplayConfig
from tekio.records import InstructionMeta, new_record, read_records
from tekio.store import read_json, read_jsonl, sha256_file, write_jsonl
from tekio.train import tune
from tekio.train.own_answers import Question, Reply, answered_rows, ask, question_of, the_model
from tekio.train.replay import repeated_words
from train import tiny_inputs
from train.tiny_inputs import make_answering, tune_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model many of whose tokens end an answer, and records of two sources: `made`, and `general` of another kind."""
    root = tmp_path_factory.mktemp("replay")
    make_answering(root)
    rows = list(read_jsonl(root / "instruct" / "train.jsonl"))
    source = tiny_inputs.random.Random(5)
    for number in range(24):
        meta = InstructionMeta("chat", "general", "CC0-1.0")
        question = f"{tiny_inputs.sentence('general', source, 3)}について教えてください。{number}"
        rows.append(new_record(question, tiny_inputs.sentence("general", source, 5), meta).as_dict())
    write_jsonl(root / "instruct" / "train.jsonl", rows)
    return root


def tuned(run: Path, place: Path, *, steps: int | None = None, **replay) -> dict:
    config = tune_config(replay=TuneReplayConfig(**replay), epochs=1, max_steps=steps)
    tune(config, place, model=run / "base", records=run / "instruct", seed=7)
    return read_json(place / "summary.json")


def test_general_records_are_replay_and_nothing_else(run: Path, tmp_path: Path):
    summary = tuned(run, tmp_path / "tune", share=0.25, sources=["general"], answers="given")
    learned = {name: item["learned"] for name, item in summary["sources"].items()}
    assert set(learned) == {"records:instruct", "replay:given"}
    assert summary["replay"]["tokens"] == learned["replay:given"]
    assert summary["replay"]["share"] == pytest.approx(learned["replay:given"] / sum(learned.values()), abs=1e-6)
    assert summary["replay"]["share"] == pytest.approx(0.25, abs=0.12)  # of rows of 256 tokens there are few
    assert summary["replay"]["records"] == 24
    assert summary["sources"]["records:instruct"]["epochs"] == 1.0


def test_own_answers_are_those_of_the_model_before_it_was_tuned(run: Path, tmp_path: Path):
    summary = tuned(run, tmp_path / "tune", share=0.25, max_tokens=40, steps=2)
    facts = summary["replay"]["own"]
    kept = list(read_records(tmp_path / "tune" / "replay.jsonl"))
    lost = list(read_jsonl(tmp_path / "tune" / "replay.rejected.jsonl"))
    assert facts["questions"] == facts["kept"] + sum(facts["rejected"].values()) == 74
    assert len(kept) == facts["kept"] >= 5
    assert len(lost) == facts["questions"] - facts["kept"]
    assert facts["sha256"] == sha256_file(tmp_path / "tune" / "replay.jsonl")
    loaded = load_model(run / "base", device="cpu")
    asked = {record.id: record for record in read_records(run / "instruct" / "train.jsonl")}
    for record in kept[:3]:
        before = asked[record.meta.extra["own_answer"]["from"]]
        messages = [{"role": "user", "content": before.instruction}]
        prompt = render_question("alpaca-japanese", messages, before.meta.input, tokenizer=loaded.tokenizer)
        stop = ("\n### 指示:",)
        assert record.output == generate(loaded, [prompt], max_new_tokens=40, stop=stop)[0].text.strip()
        assert record.meta.license == before.meta.license


def test_questions_that_were_answered_are_not_asked_again(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    questions = [question_of(record) for record in read_records(run / "instruct" / "train.jsonl")][-40:]

    def asked(place: str) -> list[Reply]:
        answerer = partial(the_model, run / "base", template="alpaca-japanese", max_tokens=12)
        return ask(questions, answerer, place=tmp_path / place, label="own")

    whole, done = asked("whole"), []

    def cut_off(*given, **named):
        if done:
            raise KeyboardInterrupt
        done.append(given)
        return generate(*given, **named)

    monkeypatch.setattr("tekio.train.own_answers.generate", cut_off)
    with pytest.raises(KeyboardInterrupt):
        asked("cut")
    sizes = []
    monkeypatch.setattr(
        "tekio.train.own_answers.generate", lambda *a, **b: sizes.append(len(a[1])) or generate(*a, **b)
    )
    assert asked("cut") == whole
    assert sizes == [8]  # the second group alone


def test_a_model_without_answers_is_said_so(run: Path, tmp_path: Path):
    with pytest.raises(NothingError, match="own answers") as caught:
        tuned(run, tmp_path / "tune", max_tokens=250, max_questions=8)
    assert "question leaves no room for an answer 8" in caught.value.explain("en")


def test_what_is_no_answer_is_rejected_by_name():
    record = new_record("金利とは何ですか。", "利子の割合です。", InstructionMeta("faq", "made", "CC0-1.0"))
    question = Question(record, record.messages[:1], None)
    replies = [
        Reply("割合です。", "eos"),
        Reply("割合", "length"),
        Reply("", "no_room"),
        Reply("  ", "eos"),
        Reply("<think>金利は", "eos"),
        Reply("<think>金利は</think>割合です。", "eos"),
        Reply("割", "nan"),
    ]
    rows = answered_rows([question] * len(replies), replies, {"model": "abc"})
    assert [row.rejected_by for row in rows] == [
        None, "cut_off", "no_room", "empty_answer", "reasoning_only", None, "nan",
    ]  # fmt: skip
    assert rows[5].record.output == "割合です。"
    assert rows[0].record.meta.extra["own_answer"] == {"from": record.id, "model": "abc"}


def test_own_answers_that_are_few_texts_are_said_with_counts():
    words = repeated_words(["わかりません。"] * 7 + [" わかりません。\n", "利子です。", "株です。"])
    assert words is not None
    assert "10 own answers are only 3 different texts, one of them 8 times" in words.en
    assert "10 件は 3 種類しかなく、同じ文が最多で 8 件" in words.ja
    assert repeated_words(["はい。", "はい。", "いいえ。", "利子です。"]) is None  # three of four differ
    assert repeated_words(["はい。"] * 3) is None  # too few to say


def test_a_run_whose_own_answers_repeat_says_so(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def same(questions, answerer, **more):
        return [Reply("預金は銀行に預けたお金です。", "eos") for _ in questions]

    monkeypatch.setattr("tekio.train.replay.ask", same)
    facts = tuned(run, tmp_path / "tune", share=0.25, steps=2)["replay"]["own"]
    assert facts["kept"] >= 4
    assert f"{facts['kept']} own answers are only 1 different text" in capsys.readouterr().err


def test_sources_that_are_not_there_are_refused(run: Path, tmp_path: Path):
    with pytest.raises(NothingError, match="dolly"):
        tuned(run, tmp_path / "tune", sources=["dolly"], answers="given")


def test_given_answers_need_records_of_their_own():
    with pytest.raises(ValidationError, match="sources"):
        TuneReplayConfig(answers="given")
    with pytest.raises(ValidationError, match="together are below 1"):
        TuneConfig(documents={"general": 0.5}, replay=TuneReplayConfig(share=0.5))
