"""Reasoning is taken off a reply."""

import pytest

from tekio.model.reasoning import SplitReply, answer_start, split_reasoning


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        ("B", SplitReply(None, "B", True)),
        ("<think>\nA?\n</think>\n\nB", SplitReply("A?", "B", True)),
        ("A?</think>B", SplitReply("A?", "B", True)),
        ("<think>A?", SplitReply("A?", "", False)),
        ("<think></think>B", SplitReply("", "B", True)),
        ("<think>a</think>b<think>c</think>D", SplitReply("a</think>b<think>c", "D", True)),
    ],
)
def test_a_reply_in_its_parts(reply: str, parts: SplitReply):
    assert split_reasoning(reply) == parts


def test_a_mark_that_the_prompt_opened():
    assert split_reasoning("A?", opened=True) == SplitReply("A?", "", False)


def test_where_the_answer_of_a_growing_reply_begins():
    """No stop text is looked for before it: not in the reasoning, not in line ends before the answer."""
    assert answer_start("<think>A\n") is None
    assert answer_start("<think>A\n</think>\n\nB\n") == len("<think>A\n</think>\n\n")
    assert answer_start("\n\nB\n") == 2
    assert answer_start("B\n") == 0
