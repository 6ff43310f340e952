"""Reasoning is taken off a reply."""

import pytest

from tekio.text.reasoning import SplitReply, answer_start, marks_of, opens_reasoning, split_reasoning


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        ("B", SplitReply(None, "B", True)),
        ("<think>\nA?\n</think>\n\nB", SplitReply("A?", "B", True)),
        ("A?</think>B", SplitReply("A?", "B", True)),
        ("<think>A?", SplitReply("A?", "", False)),
        ("<think></think>B", SplitReply("", "B", True)),
        ("<think>a</think>b<think>c</think>D", SplitReply("a</think>b<think>c", "D", True)),
        ("[THINK]A?[/THINK]B", SplitReply("A?", "B", True)),
        ("<thinking>\nA?\n</thinking>\nB", SplitReply("A?", "B", True)),
        ("◁think▷A?◁/think▷B", SplitReply("A?", "B", True)),
        ("◁think▷A?", SplitReply("A?", "", False)),
        (
            "<|channel|>analysis<|message|>A?<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>",
            SplitReply("A?", "B", True),
        ),
        ("<|channel|>analysis<|message|>A?", SplitReply("A?", "", False)),
        ("analysisA?assistantfinalB", SplitReply("A?", "B", True)),
        ("analysis of B", SplitReply(None, "analysis of B", True)),
        ("<think>A?</think><answer>B</answer>", SplitReply("A?", "B", True)),
        ("<answer>B</answer>", SplitReply(None, "<answer>B</answer>", True)),
        ("<think>a [/THINK] b", SplitReply("a [/THINK] b", "", False)),
    ],
)
def test_a_reply_in_its_parts(reply: str, parts: SplitReply):
    assert split_reasoning(reply) == parts


def test_a_mark_that_the_prompt_opened():
    assert split_reasoning("A?", opened=True) == SplitReply("A?", "", False)


def test_one_of_the_marks_named_alone_stands_beside_the_usual_other():
    assert marks_of(None, "<end>") == (("<think>", "<end>"),)
    assert split_reasoning("[THINK]A", marks_of("<r>", "</r>")) == SplitReply(None, "[THINK]A", True)


def test_a_prompt_may_open_the_reasoning():
    assert opens_reasoning("質問\n<think>\n")
    assert not opens_reasoning("財務の analysis")


def test_where_the_answer_of_a_growing_reply_begins():
    """No stop text is looked for before it: not in the reasoning, not in line ends before the answer."""
    assert answer_start("<think>A\n") is None
    assert answer_start("<think>A\n</think>\n\nB\n") == len("<think>A\n</think>\n\n")
    assert answer_start("\n\nB\n") == 2
    assert answer_start("B\n") == 0
