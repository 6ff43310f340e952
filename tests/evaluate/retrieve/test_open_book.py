"""Passages before a question: the same for all models, as many as the smallest context holds."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from evaluate.choices import choice_task
from tekio.evaluate.retrieve.open_book import PromptRoom, Reader, open_book, prefix, readers
from tekio.evaluate.scoring.requests import ChoiceRequest, Conversation

QUESTION = ChoiceRequest("q", "売上高はいくらか。\n答え:", ("100円", "2,000円"))


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def halves(texts: Sequence[str]) -> list[int]:
    """A tokenizer that needs half as many tokens."""
    return [-(-len(text) // 2) for text in texts]


def room(*limits: int) -> PromptRoom:
    return PromptRoom([Reader(limit, characters) for limit in limits])


PASSAGES = ["甲" * 40, "乙" * 40, "丙" * 40]


def test_all_passages_are_shown_where_there_is_room():
    shown = room(10_000).fit(QUESTION, PASSAGES)
    assert shown.places == (0, 1, 2)
    assert shown.texts == tuple(PASSAGES)
    assert not shown.cut


@pytest.mark.parametrize("limit", range(60, 400, 7))
def test_no_prompt_is_longer_than_any_context(limit):
    models = [Reader(limit, characters), Reader(limit // 2 + 10, halves)]
    shown = PromptRoom(models).fit(QUESTION, PASSAGES)
    asked = open_book(choice_task([0]), "open", {"0": shown.texts}).requests[0]
    assert isinstance(asked, ChoiceRequest)
    whole = prefix(shown.texts) + QUESTION.prompt + max(QUESTION.continuations, key=len)
    assert len(whole) <= limit or not shown.texts
    assert halves([whole])[0] <= limit // 2 + 10 or not shown.texts


def test_the_smallest_context_decides():
    alone = room(160).fit(QUESTION, PASSAGES)
    assert len(alone.places) < len(PASSAGES)
    assert room(10_000, 160).fit(QUESTION, PASSAGES) == alone


def test_a_passage_that_is_too_long_is_cut_around_its_answer():
    text = "前" * 300 + "売上高は2,000円" + "後" * 300
    focus = (300, 300 + len("売上高は2,000円"))
    shown = room(160).fit(QUESTION, [text], focus)
    assert shown.cut
    assert "売上高は2,000円" in shown.texts[0]
    assert len(shown.texts[0]) > 40
    assert room(40).fit(QUESTION, [text], focus).texts == ()


def test_without_a_focus_its_beginning_stays():
    assert room(160).fit(QUESTION, ["始" + "中" * 500]).texts[0].startswith("始")


def test_the_task_keeps_its_items_and_has_another_prompt_hash():
    built = choice_task([0, 1])
    shown = open_book(built, "exam:open", {"0": ["資料の文。"]})
    assert shown.name == "exam:open"
    assert shown.items == built.items
    assert shown.prompt_hash != built.prompt_hash
    first, second = shown.requests
    assert isinstance(first, ChoiceRequest)
    assert first.prompt == prefix(["資料の文。"]) + "question 0"
    assert second == built.requests[1]


def test_in_a_conversation_the_passages_open_the_last_question():
    built = choice_task([0])
    talk = Conversation("chat", (("user", "例"), ("assistant", "答"), ("user", "問")))
    request = built.requests[0]
    assert isinstance(request, ChoiceRequest)
    from dataclasses import replace

    built = replace(built, requests=(replace(request, conversation=talk),))
    asked = open_book(built, "open", {"0": ["文"]}).requests[0]
    assert isinstance(asked, ChoiceRequest)
    assert asked.conversation is not None
    assert asked.conversation.turns == (*talk.turns[:2], ("user", prefix(["文"]) + "問"))


def test_models_with_one_tokenizer_count_once_and_the_smallest_context_holds(tmp_path: Path):
    def model(name: str, words: dict[str, int], length: int) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        Tokenizer(WordLevel(words, unk_token="甲")).save(str(folder / "tokenizer.json"))
        (folder / "config.json").write_text(json.dumps({"max_position_embeddings": length}))
        return folder

    same = [model("one", {"甲": 0}, 512), model("two", {"甲": 0}, 256)]
    other = model("three", {"甲": 0, "乙": 1}, 128)
    assert sorted(reader.limit for reader in readers([*same, other], None)) == [128, 256]
    assert [reader.limit for reader in readers(same, 100)] == [100]
