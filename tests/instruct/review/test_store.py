"""A decision that was acknowledged is kept, whatever happens; taking back is an action; several people, one log."""

# pyright: standard
# (statsmodels and sklearn are untyped)

import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as reference_fleiss

from tekio.desk.decisions import _without_password
from tekio.errors import InputError, TekioError, Text
from tekio.instruct.review.actions import Action, read_action
from tekio.instruct.review.agreement import agreements, cohen_kappa, fleiss_kappa, sentence
from tekio.instruct.review.finish import finish
from tekio.instruct.review.items import ReviewItem
from tekio.instruct.review.store import open_store
from tekio.records import InstructionMeta, new_record

keys = itertools.count()


def act(item, decision: Any = "accept", reviewer="山田", **values):
    return Action(f"k{next(keys)}", item, reviewer, decision, **values)


def item(number=1):
    record = new_record(f"問い{number}", f"答え{number}", InstructionMeta("faq", "fsa", "PDL-1.0"))
    return ReviewItem(record.id, record)


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "review.sqlite", "set")
    yield opened
    opened.close()


def counting(store, reviewer="山田"):
    return [(action.item, action.decision) for action in store.decisions(reviewer)]


def test_the_last_decision_of_a_reviewer_counts(store):
    store.add_all([act("a"), act("b", "reject", reason="wrong"), act("a", "reject")])
    assert counting(store) == [("b", "reject"), ("a", "reject")]
    assert len(store.log()) == 3


def test_records_and_decisions_are_their_owner_s_only(tmp_path):
    before = os.umask(0o022)
    try:
        opened = open_store(tmp_path / "review" / "own.sqlite", "set")
        opened.add_all([act("a")])
        files = sorted(tmp_path.glob("review/own.sqlite*"))
        assert (tmp_path / "review").stat().st_mode & 0o777 == 0o700
        assert len(files) == 3
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    finally:
        os.umask(before)


def test_undo_takes_back_one_action_after_the_other(store):
    store.add_all([act("a"), act("b"), act("a", "reject")])
    assert store.undo("山田", "u1").item == "a"
    assert counting(store) == [("a", "accept"), ("b", "accept")]
    assert store.undo("山田", "u1").decision == "reject"  # sent again: the same answer, nothing more undone
    assert store.undo("山田", "u2").item == "b"
    assert store.undo("山田", "u3").item == "a"
    assert store.undo("山田", "u4") is None
    assert counting(store) == []


def test_undo_touches_only_ones_own(store):
    store.add_all([act("a", reviewer="A"), act("a", reviewer="B")])
    assert store.undo("C", "u1") is None
    store.undo("A", "u2")
    assert store.reviewers() == ["B"]


def test_an_action_sent_twice_counts_once(store):
    action = act("a")
    assert [store.add(action), store.add(action)] == [True, False]
    assert len(store.log()) == 1


def test_data_sets_do_not_mix(tmp_path):
    first, second = (open_store(tmp_path / "r.sqlite", name) for name in ("one", "two"))
    first.add(act("a"))
    assert second.decisions() == []


def test_edits_come_back_word_for_word(store):
    messages = [{"role": "user", "content": "問い\u0000'\"; DROP"}, {"role": "assistant", "content": "答え\n🙂"}]
    store.add(act("a", "edit", messages=messages, input="入力", note="直した"))
    (found,) = store.decisions()
    assert (found.messages, found.input, found.note) == (messages, "入力", "直した")


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "x").write_text("no database at all, only text" * 50)
    with pytest.raises(TekioError, match="cannot be opened"):
        open_store(tmp_path / "x", "set")


def test_a_password_is_never_shown():
    assert _without_password("postgresql://me:secret@host:5432/db") == "postgresql://me@host:5432/db"


WRITER = """
import sys
from tekio.instruct.review.actions import Action
from tekio.instruct.review.store import open_store
store = open_store(sys.argv[1], "set")
for number in range(100000):
    store.add(Action(f"{sys.argv[2]}{number}", f"item{number}", "writer", "accept"))
    print(number, flush=True)
"""


def test_killing_the_process_loses_nothing_that_was_acknowledged(tmp_path):
    place = tmp_path / "review.sqlite"
    for attempt, wait in enumerate((5, 17, 42)):
        writer: Any = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(place), f"a{attempt}-"],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
            text=True,
        )
        acknowledged = -1
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged == wait:
                writer.send_signal(signal.SIGKILL)
                break
        rest = writer.stdout.read().split()  # what it said before the signal reached it
        writer.wait()
        acknowledged = max([acknowledged, *(int(word) for word in rest if word.isdigit())])
        kept = {key for _, _, _, key in open_store(place, "set").log()}
        assert {f"a{attempt}-{number}" for number in range(acknowledged + 1)} <= kept


def together(store_of, people=4, each=15):
    """Several people decide at the same time, each with a connection of their own."""
    problems = []

    def work(number):
        try:
            mine = store_of()
            for step in range(each):
                mine.add(Action(f"{number}-{step}", f"item{step}", f"R{number}", ("accept", "reject")[step % 2]))
                if step % 5 == 4:
                    mine.undo(f"R{number}", f"{number}-undo{step}")
            mine.close()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    return store_of()


def test_several_people_at_the_same_time(tmp_path):
    store = together(lambda: open_store(tmp_path / "review.sqlite", "set"))
    assert len(store.log()) == 4 * (15 + 3)
    for number in range(4):
        assert len(store.decisions(f"R{number}")) == 15 - 3


def test_a_new_file_may_be_opened_by_several_at_the_same_moment(tmp_path):
    """Without waiting, about one opening in two hundred met "database is locked"."""
    problems = []

    def work(path, start):
        start.wait()
        try:
            open_store(path, "set").close()
        except Exception as error:
            problems.append(error)

    for number in range(60):
        start = threading.Barrier(6)
        threads = [threading.Thread(target=work, args=(tmp_path / f"{number}.sqlite", start)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """A real PostgreSQL of its own, in a temporary folder, on a Unix socket."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        pytest.skip("PostgreSQL is not installed (/usr/lib/postgresql/*/bin)")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = versions[-1].parent
    home = Path("/tmp") / f"tekio-pg-{os.getpid()}"  # a socket's path may have 107 bytes at most
    home.mkdir(mode=0o755)
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        shutil.chown(home, "nobody")
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        if not shutil.which("setpriv"):
            pytest.skip("running as root without setpriv")
    run = lambda *words: subprocess.run([*as_user, *words], check=True, capture_output=True, cwd=home)  # noqa: E731
    try:
        run(str(programs / "initdb"), "-D", f"{home}/data", "-U", "tekio", "-A", "trust", "-E", "UTF8", "--no-locale")
        run(
            str(programs / "pg_ctl"), "-D", f"{home}/data", "-w", "-l", f"{home}/log",
            "-o", f"-k {home} -c listen_addresses=''", "start",
        )  # fmt: skip
        yield f"postgresql://tekio@/postgres?host={home}", lambda mode: run(
            str(programs / "pg_ctl"), "-D", f"{home}/data", "-w", "-l", f"{home}/log", "-m", mode,
            "-o", f"-k {home} -c listen_addresses=''", "restart",
        )  # fmt: skip
        run(str(programs / "pg_ctl"), "-D", f"{home}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.heavy
def test_a_team_on_postgresql(postgres):
    url, restart = postgres
    store: Any = together(lambda: open_store(url, "set"))
    assert len(store.log()) == 4 * (15 + 3)
    messages = [{"role": "user", "content": "問い\u0000"}, {"role": "assistant", "content": "100%s 答え?"}]
    store.add(act("a", "edit", messages=messages, reviewer="山田"))
    assert store.undo("山田", "u1").item == "a"
    assert store.undo("山田", "u1").item == "a"
    before = store.log()
    restart("immediate")  # as a crash: everything acknowledged is there, and the next call connects again
    with pytest.raises(TekioError):
        store.decisions()
    assert store.log() == before
    assert store.add(act("b"))


# --- agreement ---------------------------------------------------------------------------------------------------

answers = st.lists(st.tuples(*[st.sampled_from(["accept", "edit", "reject"])] * 2), min_size=2, max_size=40)


@settings(deadline=None)
@given(answers)
def test_cohens_kappa_agrees_with_sklearn(pairs):
    first, second = zip(*pairs, strict=True)
    found = cohen_kappa(first, second)
    if found is None:
        assert len({*first, *second}) == 1
    else:
        assert found == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)


@settings(deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda n: st.lists(st.lists(st.sampled_from("aer"), min_size=n, max_size=n), min_size=2, max_size=30)
    )
)
def test_fleiss_kappa_agrees_with_statsmodels(ratings):
    found = fleiss_kappa(ratings)
    if found is None:
        assert len({answer for row in ratings for answer in row}) == 1
    else:
        table, _ = aggregate_raters(np.array([["aer".index(answer) for answer in row] for row in ratings]))
        assert found == pytest.approx(reference_fleiss(table), abs=1e-12)


def test_agreement_is_measured_on_what_reviewers_share():
    actions = [
        act("a", reviewer="A"),
        act("b", "edit", "A"),
        act("a", reviewer="B"),
        act("b", reviewer="B"),
        act("c", reviewer="B"),
    ]
    (three,) = agreements(actions)
    (use,) = agreements(actions, use_only=True)
    assert (three.n, three.equal) == (2, 0.5)
    assert (use.equal, use.kappa) == (1.0, None)
    assert "not defined" in sentence(use, "en")
    assert [found.reviewers for found in agreements([*actions, act("a", reviewer="C")])][-1] == ("A", "B", "C")


# --- applying decisions -------------------------------------------------------------------------------------------


def test_decisions_become_states_and_rejected_rows():
    one, two, three, four = (item(number) for number in range(4))
    edit = act(
        two.key,
        "edit",
        messages=[{"role": "user", "content": "直した問い"}, {"role": "assistant", "content": "直した答え"}],
    )
    result = finish([one, two, three, four], [act(one.key), edit, act(three.key, "reject", reason="outdated")])
    assert [(record.id, record.meta.review) for record in result.kept] == [(one.key, "accepted"), (two.key, "edited")]
    assert result.kept[1].output == "直した答え"
    assert result.kept[1].meta.extra["review"]["before"]["messages"][1]["content"] == "答え1"
    assert [(row["id"], row["measured"]["reason"]) for row in result.rejected] == [(three.key, "outdated")]
    assert (result.unseen, result.conflicts) == (1, [])
    assert len(finish([four], [], keep_unseen=True).kept) == 1
    assert four.record.meta.review == "unseen"


def test_disagreement_is_a_conflict_until_it_is_resolved():
    one = item()
    actions = [act(one.key, reviewer="A"), act(one.key, "reject", "B"), act(one.key, reviewer="C")]
    assert [row["why"] for row in finish([one], actions).conflicts] == ["reviewers disagree"]
    assert finish([one], actions, resolve="majority").kept[0].meta.review == "accepted"
    assert finish([one], actions[:2], resolve="majority").conflicts
    assert finish([one], actions[:2], resolve="latest").rejected


def test_a_decision_about_another_text_does_not_count():
    one = item()
    stale = replace(act(one.key), digest="0" * 16)
    assert finish([one], [stale]).conflicts[0]["why"] == "the text changed after the decision"
    assert finish([one], [stale], resolve="latest").conflicts
    assert finish([one], [replace(act(one.key), digest=one.digest())]).kept
    assert finish([one], [act("elsewhere")]).unknown == ["elsewhere"]


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "drop"},
        {"reviewer": ""},
        {"reviewer": "<script>"},
        {"key": ""},
        {"note": 3},
        {"note": "\ud800"},
        {"decision": "edit", "messages": []},
        {"decision": "edit", "messages": [{"role": "user", "content": "x"}]},
        {"decision": "edit", "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": " "}]},
    ],
)
def test_a_decision_from_outside_is_checked(change):
    with pytest.raises(InputError):
        read_action({"key": "k", "item": "a", "reviewer": "A", "decision": "accept", **change})


@pytest.mark.parametrize(
    "action",
    [
        [],
        {"key": "k", "item": "i", "reviewer": "A", "decision": "maybe"},
        {"item": "i", "reviewer": "A", "decision": "accept"},
        {"key": 3, "item": "i", "reviewer": "A", "decision": "accept"},
        {"key": "k", "item": "i\ud800", "reviewer": "A", "decision": "accept"},
        {"key": "k", "item": "i", "reviewer": "A", "decision": "edit", "messages": "全部"},
        {"key": "k", "item": "i", "reviewer": "A", "decision": "edit", "messages": [{"role": "user", "content": "問"}]},
        {
            "key": "k",
            "item": "i",
            "reviewer": "A",
            "decision": "edit",
            "messages": [{"role": "user", "content": "問"}, {"role": "assistant", "content": "答" * 100_000}],
        },
    ],
)
def test_what_is_wrong_with_a_decision_is_said_in_both_languages(action: Any):
    with pytest.raises(InputError) as refused:
        read_action(action)
    assert isinstance(refused.value.why, Text)
    assert refused.value.why.en.isascii()
    assert any("ぁ" <= letter <= "ん" for letter in refused.value.why.ja)
