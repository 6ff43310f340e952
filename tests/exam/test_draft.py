"""Questions drafted by a model server: what it gets wrong is no item, and no reply is lost in silence."""

# pyright: standard
# (JSON rows are untyped)

import json
import re
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from exam.corpus import write_documents
from stand_in import StandIn
from tekio.artifacts.exam import Exam, RejectedItem, UnreadDraft, read_items
from tekio.artifacts.model import read_artifact, read_lines
from tekio.cli import main
from tekio.errors import NothingError, TekioError
from tekio.exam import build_exam
from tekio.exam.draft import UnusableError, is_alike, read_draft
from tekio.exam.show import exam_lines
from tekio.offline import open_network
from tekio.recipe.exam import ExamConfig
from tekio.store import verify_folder

QUESTION = "届出書は、業務を開始した日から何日以内に提出しなければなりませんか。"


@pytest.fixture
def server():
    open_network()
    opened = StandIn()
    opened.answer = right
    threading.Thread(target=opened.serve_forever, args=(0.02,), daemon=True).start()
    yield opened
    opened.shutdown()
    opened.server_close()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_documents(tmp_path_factory.mktemp("corpus"))


def said(question: str, answer: str, wrong: list[str]) -> str:
    return json.dumps({"question": question, "answer": answer, "wrong": wrong}, ensure_ascii=False)


def passage(body: Any) -> str:
    return re.findall(r"<資料>\n(.*?)\n</資料>", body["messages"][-1]["content"], re.DOTALL)[0]


def right(body: Any) -> str:
    """A model that can do it: of a notice within days it asks how many, of an amount how much; of other passages it says nothing."""
    text = passage(body)
    days = re.search(r"日から(\d+)日以内", text)
    yen = re.search(r"、?(\w+)の機械を(\d+)万円", text)
    if days:
        value = int(days[1])
        return said(QUESTION, f"{value}日", [f"{value + step}日" for step in (1, 2, 3)])
    if yen:
        value = int(yen[2])
        wrong = [f"{value + step}万円" for step in (3, 5, 9)]
        return (
            "考えました。\n```json\n" + said(f"{yen[1]}の機械の修理はいくらでしたか。", f"{value}万円", wrong) + "\n```"
        )
    return json.dumps({"nothing": True})


def built(server: StandIn, out: Path, corpus: Path, **settings: Any) -> Exam:
    config = ExamConfig.model_validate(
        {
            "generator": "endpoint",
            "endpoint": {"url": server.url, "model": "local", "terms": "Apache-2.0", "timeout": 5, "parallel": 2},
            "seen": 20,
            "unseen": 8,
            "guessable": 1,
        }
        | settings
    )
    build_exam(config, out, corpus=corpus, seed=17)
    return accounted(out)


def accounted(out: Path) -> Exam:
    """Every passage asked about is an item, a line of rejected.jsonl or one of unread.jsonl."""
    exam = read_artifact(Exam, out / "exam.json")
    unread = list(read_lines(UnreadDraft, out / "unread.jsonl"))
    rejected = list(read_lines(RejectedItem, out / "rejected.jsonl"))
    assert exam.drafting is not None
    assert exam.drafting.unread == Counter(one.reason for one in unread)
    assert exam.rejected == Counter(one.rejected_by for one in rejected)
    assert exam.drafting.asked == exam.items + len(rejected) + len(unread)
    assert exam.considered == exam.items + len(rejected)
    assert verify_folder(out) == []
    return exam


def test_what_it_asks_rightly_is_asked(server: StandIn, tmp_path: Path, corpus: Path):
    exam = built(server, tmp_path / "exam", corpus)
    items = list(read_items(tmp_path / "exam"))
    assert exam.items > 10
    assert (
        exam.rejected["stands_in_training_text"] > 0
    )  # held-out notices that differ from training ones in a name alone
    for item in items:
        assert item.generator == "local"
        assert item.kind == "number"
        assert item.passage_text[item.start : item.end] == item.right
        assert item.title in item.question
        assert len(set(item.options)) == 4
        assert item.told == item.right
    assert exam.drafting is not None
    assert exam.drafting.answered_by == {"stand-in-1.0": exam.drafting.asked}
    assert exam.drafting.terms == "Apache-2.0"
    assert exam.drafting.unread["says_it_does_not_know"] > 0
    for language in ("en", "ja"):
        assert any(
            "local（Apache-2.0）" in line or "local (Apache-2.0)" in line
            for line in exam_lines(tmp_path / "exam", language)
        )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text[: len(text) // 2], "unreadable"),
        (lambda text: "I am sorry, I only speak English.", "unreadable"),
        (lambda text: said("How many days?", "10", ["11", "12", "13"]), "not_japanese"),
        (lambda text: json.dumps({"question": QUESTION, "answer": 10, "wrong": []}), "unreadable"),
    ],
)
def test_a_reply_that_is_no_question_is_kept_with_its_reason(
    server: StandIn, tmp_path: Path, corpus: Path, change: Any, reason: str
):
    turn = iter(range(10**6))
    server.answer = lambda body: change(right(body)) if next(turn) % 3 == 0 else right(body)
    exam = built(server, tmp_path / "exam", corpus)
    assert exam.drafting is not None
    assert exam.drafting.unread[reason] > 0
    assert all(one.reply for one in read_lines(UnreadDraft, tmp_path / "exam" / "unread.jsonl"))


def test_a_reply_that_is_cut_off_is_no_question_even_where_it_could_be_read():
    with pytest.raises(UnusableError, match="cut_off"):
        read_draft(said(QUESTION, "10日", ["11日"]), "length")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda text: said(QUESTION, "99日", ["11日", "12日", "13日"]), "answer_not_in_passage"),
        (lambda text: said(QUESTION, "0日", ["1日", "2日", "3日"]), "answer_not_in_passage"),
        (lambda text: said(QUESTION, "届出書", ["報告書", "申請書", "計画書"]), "answer_stands_twice"),
        (
            lambda text: said(
                QUESTION.replace("業務", "令和3年に業務"), "主たる事務所", ["従たる事務所", "本店", "支店"]
            ),
            "question_not_in_passage",
        ),
        (
            lambda text: said(
                "主たる事務所とは何ですか。", "主たる事務所", ["従たる事務所", "主たる営業所", "主たる工場"]
            ),
            "answer_in_question",
        ),
        (lambda text: said("どこに備え置きますか。", "主たる事務所", ["従たる事務所"]), "too_few_rivals"),
    ],
)
def test_a_question_that_may_not_be_asked_is_rejected_with_its_reason(
    server: StandIn, tmp_path: Path, corpus: Path, wrong: Any, reason: str
):
    def answer(body: Any) -> str:
        text = passage(body)
        return wrong(text) if "備え置かなければ" in text else right(body)

    server.answer = answer
    exam = built(server, tmp_path / "exam", corpus)
    assert exam.rejected[reason] > 0


def test_a_model_that_only_repeats_itself_leaves_no_item_and_all_its_replies(
    server: StandIn, tmp_path: Path, corpus: Path
):
    server.answer = lambda body: said("何日以内ですか。", "8日", ["11日", "12日", "13日"])
    for _ in range(2):  # the stage is done, and says so each time
        with pytest.raises(NothingError, match="No question") as caught:
            built(server, tmp_path / "exam", corpus, unseen=0)
        assert caught.value.exit_code == 3
        exam = accounted(tmp_path / "exam")
        assert exam.items == 0
        assert sum(exam.rejected.values()) == exam.considered > 10


def test_what_is_not_asked_is_shown_by_reason(
    server: StandIn, tmp_path: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
):
    turn = iter(range(10**6))
    server.answer = lambda body: right(body) if next(turn) % 2 else "申し訳ありません。"
    built(server, tmp_path / "exam", corpus)
    for table, words in (("unread", "応答の形式が不正"), ("rejected", "学習用文書にも同じ文がある")):
        assert main(["--lang", "ja", "exam", "show", str(tmp_path), "--table", table, "--limit", "1"]) == 0
        assert words in capsys.readouterr().out


def test_an_interrupted_exam_asks_nothing_twice_and_is_the_same(
    server: StandIn, tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tekio.model_server.TRIES", 1)
    server.fail_after = 7
    with pytest.raises(TekioError, match="did not answer"):
        built(server, tmp_path / "exam", corpus)
    server.fail_after, server.failures = 10**9, []
    exam = built(server, tmp_path / "exam", corpus)
    assert exam.drafting is not None
    assert len(server.requests) == exam.drafting.asked
    assert built(server, tmp_path / "again", corpus).sha256 == exam.sha256


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("10日", "12日", True),
        ("10日", "12か月", False),
        ("令和3年", "令和5年", True),
        ("令和3年", "2021年", False),
        ("主たる事務所", "従たる事務所", True),
        ("主たる事務所", "法人の本店の所在地を管轄する登記所", False),
    ],
)
def test_a_wrong_answer_has_the_form_of_the_right_one(one: str, other: str, alike: bool):
    assert is_alike(one, other) is alike
