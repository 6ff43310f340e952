"""Programs from outside, the templates of models and tasks, end after a time."""

# pyright: standard

import multiprocessing
import os
import threading
import time
from types import SimpleNamespace

import pytest

from tekio import time_limit as module
from tekio.errors import TekioError, UsageError
from tekio.evaluate.tasks.prompts import render
from tekio.model.templates import apply_chat
from tekio.time_limit import TooLongError, time_limit

LOOPS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


def turn_for_ever():
    while True:
        pass


def test_what_takes_too_long_ends():
    began = time.monotonic()
    with pytest.raises(TooLongError), time_limit(0.2):
        turn_for_ever()
    assert time.monotonic() - began < 20


def test_what_is_quick_is_left_alone_also_afterwards():
    for _ in range(3):
        with time_limit(0.2):
            pass
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        pass


def test_only_the_thread_that_is_late_is_ended():
    ended: list[str] = []

    def late():
        try:
            with time_limit(0.2):
                turn_for_ever()
        except TooLongError:
            ended.append("late")

    thread = threading.Thread(target=late)
    with time_limit(60):
        thread.start()
        thread.join()
    assert ended == ["late"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_watches_too():
    with time_limit(60):
        pass

    def child():
        try:
            with time_limit(0.2):
                turn_for_ever()
        except TooLongError:
            os._exit(7)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(30)
    assert process.exitcode == 7


def test_a_template_that_counts_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "SECONDS", 0.3)
    with pytest.raises(UsageError) as refused:
        render(LOOPS, {}, task="t", part="prompt")
    assert "longer than 0.3 s" in refused.value.explain("en")

    def apply_chat_template(*_: object, **__: object):
        turn_for_ever()

    tokenizer = SimpleNamespace(chat_template=LOOPS, apply_chat_template=apply_chat_template)
    with pytest.raises(TekioError, match="chat template failed"):
        apply_chat(tokenizer, [{"role": "user", "content": "x"}])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_at_the_moment_of_a_check_does_not_wait_for_ever():
    def child():
        with time_limit(0.2):
            pass

    with module._lock:  # as the thread that watches holds it
        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
    process.join(20)
    waits = process.is_alive()
    process.kill()
    assert not waits
