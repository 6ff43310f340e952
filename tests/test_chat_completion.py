"""Replies of OpenAI-compatible servers, as they give them."""

from typing import Any

import pytest

from tekio.chat_completion import ChatReply, read_completion


def completion(content: Any, finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    return {
        "model": "m",
        "choices": [{"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}],
        "usage": {"completion_tokens": 10},
    }


def test_a_reply_with_its_reasoning():
    assert read_completion(completion("B", reasoning="AAA")) == ChatReply("B", "AAA", "stop", 10, 8, "m")
    assert read_completion(completion("[THINK]AAA[/THINK]B")) == ChatReply("B", "AAA", "stop", 10, 8, "m")


def test_a_thinking_model_that_was_cut_off_gives_an_empty_reply():
    """As vLLM and SGLang give it where they part the reasoning off: no content at all."""
    found = read_completion(completion(None, "length", reasoning_content="A?"))
    assert (found.text, found.finish, found.said) == ("", "length", "A?")


def test_parts_are_joined():
    assert read_completion(completion([{"type": "text", "text": "B"}, {"type": "text", "text": "C"}])).text == "BC"


@pytest.mark.parametrize("content", [3, {"text": "B"}])
def test_content_that_is_no_text_is_refused(content: Any):
    with pytest.raises(ValueError, match="no text"):
        read_completion(completion(content))


def test_reasoning_that_the_chat_template_opened():
    cut = completion("まだ考えている", "length")
    assert read_completion(cut, opened_when_cut=True).text == ""
    assert read_completion(cut).text == "まだ考えている"
