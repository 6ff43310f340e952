"""Records' answers in the model's own words: trained where they say what the record says, else the record as it was."""

# pyright: standard

import shutil
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from stand_in import StandIn
from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import TrainingSummary
from tekio.errors import NothingError, PolicyError, TekioError
from tekio.lineage import explain_id
from tekio.offline import open_network
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.train import RewriteConfig
from tekio.records import InstructionMeta, InstructionRecord, new_record, read_records
from tekio.report.training_facts import special_facts
from tekio.store import read_json, read_jsonl, sha256_file
from tekio.train import tune
from tekio.train.own_answers import Answerer, Asking, Question, Reply, the_server
from tekio.train.rewriting import reason_to_stay, rewriting_question, rewritten_rows
from train.tiny_inputs import make_answering, tune_config

META = InstructionMeta("faq", "made", "CC0-1.0")
QUESTION = "当社の2024年3月期の売上高はいくらですか。"
ANSWER = "2024年3月期の売上高は12億円で、前期より5.2%増加しました。"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("rewriting")
    make_answering(root, context=1024)
    return root


@pytest.fixture
def rewording(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that rewords one answer in two and speaks of something else in the others."""

    def ask(questions: list[Question], _answerer: Answerer, **_: object) -> list[Reply]:
        told = [
            f"それは{one.record.output}" if place % 2 else "読む人は静かです。" for place, one in enumerate(questions)
        ]
        return [Reply(text, "eos") for text in told]

    monkeypatch.setattr("tekio.train.rewriting.ask", ask)


def asking(off: list[str] | None = None) -> Asking:
    return Asking(Path("m"), ScreenConfig(off=off or ["personal_data"]), None, {"model": "abc"})


def judged(record: InstructionRecord, told: str, finish: str = "eos"):
    return rewritten_rows([rewriting_question(record)], [Reply(told, finish)], asking())[0]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("売上高は12億円となり、2024年3月期は前の期に比べて5.2%の増加でした。", None),
        ("令和6年3月期の売上高は1,200百万円で、前の期に比べて5.2%増加しています。", None),
        ("売上高は13億円となり、2024年3月期は前の期に比べて5.2%の増加でした。", "ungrounded"),
        ("売上高は12億円となり、2024年3月期は前の期に比べて5.2%の減少でした。", "ungrounded"),
        ("売上高は12億円となり、2023年3月期は前の期に比べて5.2%の増加でした。", "ungrounded"),
        ("2024年3月期の売上高は12億円で、日本銀行によると前の期より5.2%増加しました。", "ungrounded"),
        ("2024年3月期の売上高は12億円でした。", "left_out"),
        ("参考回答によると、2024年3月期の売上高は12億円で、前期より5.2%増加しました。", "speaks_of_the_task"),
        ("2024年3月期の売上高は12億円で、前期より5.2%増加しました。\n\n### 指示:\n次の質問", "template_leftover"),
        ("Revenue of the year that ended in March was up by a good deal, as we said before.", "other_language"),
        ("", "empty_answer"),
        ("2024年3月期は12億円、5.2%。", "drifted"),
    ],
)
def test_a_wording_that_says_something_else_is_rejected_by_name(told: str, reason: str | None):
    assert judged(new_record(QUESTION, ANSWER, META), told).rejected_by == reason


def test_an_answer_that_was_cut_off_is_not_used():
    assert judged(new_record(QUESTION, ANSWER, META), "売上高は12億円", "length").rejected_by == "cut_off"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("預金保険は、金融機関が破綻した際に預金者を守るための制度といえます。", None),
        ("山の朝を歩いて本を読むと、友人は静かになります。", "drifted"),
        ("友人", "ungrounded"),
        ("読む人は静かです。", "drifted"),
        (
            "預金者を保護する制度である預金保険は、金融機関の破綻に備えます。あわてずに落ち着いて窓口で聞いてみるとよいと思います。"
            "わからないことはそのままにしないでください。家に帰ってからゆっくり考えるのもよいことです。急ぐことはありません。",
            "length",
        ),
    ],
)
def test_an_answer_without_figures_must_be_about_the_same(told: str, reason: str | None):
    record = new_record("預金保険とは何ですか。", "金融機関が破綻したときに預金者を保護する制度です。", META)
    assert judged(record, told).rejected_by == reason


def test_facts_of_the_question_and_its_input_may_be_said():
    meta = InstructionMeta("faq", "made", "CC0-1.0", input="2024年3月期の売上高は12億円です。")
    record = new_record("次の文を説明してください。", "この文は当社の業績について述べたものです。", meta)
    assert judged(record, "この文は、12億円という業績を述べたものといえます。").rejected_by is None
    assert judged(record, "この文は、15億円という業績を述べたものといえます。").rejected_by == "ungrounded"


def test_a_rewritten_record_bears_the_name_of_the_one_it_was():
    record = new_record(QUESTION, ANSWER, META)
    row = judged(record, "売上高は12億円となり、2024年3月期は前の期に比べて5.2%の増加でした。")
    assert row.record.meta.extra["own_answer"] == {"from": record.id, "model": "abc", "rewritten": True}
    assert row.record.id != record.id
    assert row.record.instruction == QUESTION  # not what the model was asked
    assert row.record.meta.license == "CC0-1.0"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("やや良い", "short"),
        ('{"sentiment": "positive", "target": "当社の売上高"}', "form"),
        ("| 年度 | 売上高 |\n|---|---|\n| 2024 | 12億円 |", "form"),
        ("[注] 2024年3月期の売上高は12億円でした。", None),
        (ANSWER, None),
    ],
)
def test_labels_and_forms_stay_as_they_are(answer: str, reason: str | None):
    assert reason_to_stay(new_record(QUESTION, answer, META), RewriteConfig()) == reason


def test_a_text_that_answers_nothing_is_not_asked_for():
    record = new_record(QUESTION, ANSWER, META)
    record.messages[:1] = [{"role": "system", "content": "行員です。"}]
    assert reason_to_stay(record, RewriteConfig()) == "no_question"


def test_what_was_said_before_stays_and_data_cannot_end_its_mark():
    record = new_record(QUESTION, "答えは</参考回答>です。質問に答えました。", META)
    record.messages[:0] = [{"role": "system", "content": "行員です。"}]
    asked = rewriting_question(record).messages
    assert asked[0] == {"role": "system", "content": "行員です。"}
    assert [turn["role"] for turn in asked] == ["system", "user"]
    assert asked[1]["content"].count("</参考回答>") == 1
    assert asked[1]["content"].endswith("</参考回答>")
    english = rewriting_question(new_record("What is a bond?", "A bond is a loan to a company.", META))
    assert "<reference>\nA bond is a loan to a company.\n</reference>" in english.messages[0]["content"]


@pytest.mark.usefixtures("rewording")
def test_records_are_trained_in_the_model_s_words_or_as_they_were(run: Path, tmp_path: Path):
    config = tune_config(rewrite=RewriteConfig(max_tokens=40, shortest=14), max_steps=2)
    tune(config, tmp_path / "tune", model=run / "base", records=run / "instruct", seed=7)
    summary = read_artifact(TrainingSummary, tmp_path / "tune" / "summary.json")
    made = summary.rewritten
    assert made is not None
    before = list(read_records(run / "instruct" / "train.jsonl"))
    trained = list(read_records(tmp_path / "tune" / "rewritten.jsonl"))
    lost = list(read_jsonl(tmp_path / "tune" / "rewritten.rejected.jsonl"))
    assert made.records == len(before) == len(trained) == (summary.texts or 0) + (summary.texts_dropped or 0)
    assert made.rewritten + sum(made.stayed.values()) == made.records
    assert made.sha256 == sha256_file(tmp_path / "tune" / "rewritten.jsonl")
    own = [(old, new) for old, new in zip(before, trained, strict=True) if "own_answer" in new.meta.extra]
    assert len(own) == made.rewritten > 0
    for old, new in own:
        assert new.meta.extra["own_answer"]["from"] == old.id
        assert new.messages[:-1] == old.messages[:-1]
    stayed = [(old, new) for old, new in zip(before, trained, strict=True) if "not_rewritten" in new.meta.extra]
    assert len(stayed) == sum(made.stayed.values()) > 0
    assert all(old.id == new.id and old.messages == new.messages for old, new in stayed)
    assert len(lost) == sum(number for name, number in made.stayed.items() if name not in ("short", "form"))
    shown = {words.en: value for words, value in special_facts(summary)}
    shutil.copytree(run / "instruct", tmp_path / "instruct")
    back = [str(line) for line in explain_id(tmp_path, own[0][1].id)]
    assert any(f"record {own[0][0].id} in instruct/train" in line for line in back)
    onward = [str(line) for line in explain_id(tmp_path, own[0][0].id)]
    assert any(f"tune/rewritten {own[0][1].id}" in line for line in onward)
    assert explain_id(tmp_path, stayed[0][0].id)  # it stands in both, under one id
    assert str(made.rewritten) in str(shown["Answers rewritten by the model itself, before the tuning"])


@pytest.mark.usefixtures("rewording")
def test_what_is_learned_are_the_rewritten_answers(run: Path, tmp_path: Path):
    """Tokens of the loss are those of the kept file: tuning on it as it stands takes the same rows."""
    rewrite = tune_config(rewrite=RewriteConfig(max_tokens=40, shortest=14), max_steps=2)
    tune(rewrite, tmp_path / "one", model=run / "base", records=run / "instruct", seed=7)
    (tmp_path / "instruct").mkdir()
    (tmp_path / "instruct" / "train.jsonl").write_bytes((tmp_path / "one" / "rewritten.jsonl").read_bytes())
    (tmp_path / "instruct" / "validation.jsonl").write_bytes((run / "instruct" / "validation.jsonl").read_bytes())
    tune(tune_config(max_steps=2), tmp_path / "two", model=run / "base", records=tmp_path / "instruct", seed=7)
    names = ("metrics.jsonl", "adapter/adapter_model.safetensors")
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in names)
    tune(tune_config(max_steps=2), tmp_path / "plain", model=run / "base", records=run / "instruct", seed=7)
    assert (
        read_json(tmp_path / "plain" / "summary.json")["tokens"]
        != read_json(tmp_path / "one" / "summary.json")["tokens"]
    )


@pytest.fixture
def server() -> Generator[StandIn]:
    """A model server that says what it is shown in its own words, but for one question that it refuses."""
    open_network()
    opened = StandIn()
    opened.answer = lambda body: "それは" + body["messages"][-1]["content"].split("<参考回答>\n")[1].split("\n</")[0]
    opened.failures.append(400)
    threading.Thread(target=opened.serve_forever, args=(0.02,), daemon=True).start()
    yield opened
    opened.shutdown()
    opened.server_close()


def rewriting_server(server: StandIn, **more: object) -> RewriteConfig:
    endpoint = {"url": server.url, "model": "local", "terms": "Apache-2.0", "timeout": 5, "parallel": 1}
    return RewriteConfig.model_validate({"max_tokens": 40, "shortest": 14, "endpoint": endpoint, **more})


def test_a_the_server_rewrites_and_its_terms_stay_with_every_record(server: StandIn, run: Path, tmp_path: Path):
    config = tune_config(rewrite=rewriting_server(server), max_steps=2)
    tune(config, tmp_path / "tune", model=run / "base", records=run / "instruct", seed=7)
    summary = read_artifact(TrainingSummary, tmp_path / "tune" / "summary.json")
    made = summary.rewritten
    assert made is not None
    assert made.server == "local"
    assert made.stayed["refused"] == 1
    assert made.rewritten + sum(made.stayed.values()) == made.records
    own = [
        row.meta.extra["own_answer"]
        for row in read_records(tmp_path / "tune" / "rewritten.jsonl")
        if "own_answer" in row.meta.extra
    ]
    assert len(own) == made.rewritten > 0
    assert all((one["model"], one["terms"], one["rewritten"]) == ("local", "Apache-2.0", True) for one in own)
    assert {body["temperature"] for body in server.requests} == {0.0}
    assert any("(local)" in words.en for words, _ in special_facts(summary))


def test_what_a_server_said_before_it_failed_is_not_asked_again(
    server: StandIn, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tekio.model_server.TRIES", 1)
    server.fail_after = 5
    config = tune_config(rewrite=rewriting_server(server), max_steps=2)
    with pytest.raises(TekioError, match="did not answer"):
        tune(config, tmp_path / "tune", model=run / "base", records=run / "instruct", seed=7)
    server.fail_after, before = 10**9, [body["messages"] for body in server.requests]
    tune(config, tmp_path / "tune", model=run / "base", records=run / "instruct", seed=7)
    after = [body["messages"] for body in server.requests[len(before) :]]
    assert len(before) == 5
    assert after
    assert not [messages for messages in after if messages in before]


def test_a_server_outside_the_own_network_is_refused_before_anything_is_asked():
    outside = RewriteConfig.model_validate({"endpoint": {"url": "http://198.51.100.1/v1", "model": "m", "terms": "t"}})
    assert outside.endpoint is not None
    with pytest.raises(PolicyError):
        the_server(outside.endpoint, Path("replies"), max_tokens=8)


def test_a_model_that_cannot_rewrite_is_refused_with_counts(run: Path, tmp_path: Path):
    """The small model itself, many of whose answers end: none is about what the record is about."""
    config = tune_config(rewrite=RewriteConfig(max_tokens=40, shortest=0), max_records=8)
    with pytest.raises(NothingError, match="rewrote none") as caught:
        tune(config, tmp_path / "tune", model=run / "base", records=run / "instruct", seed=7)
    assert "0 of 8" in caught.value.explain("en")
