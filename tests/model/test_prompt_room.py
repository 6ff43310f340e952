"""What an answer leaves of the context: a number, or a refusal in both languages."""

import pytest

from tekio.errors import UsageError
from tekio.model.prompt_room import prompt_room


def test_the_prompt_has_what_the_answer_leaves():
    assert prompt_room(1024, 1000) == 24


@pytest.mark.parametrize("answer", [1024, 4096])
def test_an_answer_as_long_as_the_context_is_refused(answer: int):
    with pytest.raises(UsageError) as raised:
        prompt_room(1024, answer)
    assert "512 or fewer" in raised.value.explain("en")
    assert "512 以下" in raised.value.explain("ja")
