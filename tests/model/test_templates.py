"""Prompts are the published bytes, everywhere the same."""

# pyright: standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.tiny import tiny_tokenizer
from tekio.errors import TekioError, UsageError
from tekio.model.templates import TEMPLATES, chat_template, render_conversation, render_prompt


def test_alpaca_japanese_is_byte_for_byte_the_papers():
    assert render_prompt("alpaca-japanese", "説明して", "銀行") == (
        "以下はタスクを説明する指示とさらなる文脈を適用する入力の組み合わせです。要求を適切に満たすような返答を書いてください。"
        "\n\n### 指示:\n説明して\n\n### 入力:\n銀行\n\n### 返答:\n"
    )
    assert render_prompt("alpaca-japanese", "説明して", "") == (
        "以下はタスクを説明する指示です。要求を適切に満たすような返答を書いてください。\n\n### 指示:\n説明して\n\n### 返答:\n"
    )


def test_vqa_templates_are_the_papers():
    assert render_prompt("vqa-japanese", "何色?") == (
        "以下の質問に答える返答を書いてください。\n\n### 質問:\n何色?\n\n### 返答:\n"
    )
    assert render_prompt("vqa", "What?") == (
        "Write a response to answer the following question.\n\n### Question:\nWhat?\n\n### Response:\n"
    )
    with pytest.raises(UsageError, match="no form with an input"):
        render_prompt("vqa", "What?", "an input")


def test_an_unknown_template_lists_the_known_ones():
    with pytest.raises(UsageError, match="alpaca-japanese"):
        render_prompt("alpaca-japanes", "x")


text = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40)
TOKENIZER = tiny_tokenizer()


@given(st.sampled_from(sorted(TEMPLATES)), text, text, st.none() | text.filter(bool))
def test_the_saved_chat_template_renders_the_same_bytes(
    name: str, instruction: str, given_input: str, system: str | None
):
    if name == "vqa":
        given_input = ""
    TOKENIZER.chat_template = chat_template(name)
    expected = render_prompt(name, instruction, given_input, system=system)
    assert render_prompt("chat", instruction, given_input, system=system, tokenizer=TOKENIZER) == expected


@given(st.sampled_from(sorted(TEMPLATES)), st.lists(st.tuples(text, text), min_size=1, max_size=3))
def test_a_conversation_is_the_same_through_the_chat_template(name: str, turns: list[tuple[str, str]]):
    messages = [
        {"role": role, "content": content}
        for question, answer in turns
        for role, content in (("user", question), ("assistant", answer))
    ]
    own = render_conversation(name, messages)
    assert [item.text for item in own if item.learned] == [answer for _, answer in turns]
    TOKENIZER.chat_template = chat_template(name)
    through_chat = render_conversation("chat", messages, tokenizer=TOKENIZER)
    written = "".join(item.text + (TOKENIZER.eos_token if item.ends else "") for item in own)
    assert "".join(item.text for item in through_chat) == written
    assert [item.text for item in through_chat if item.learned] == [answer + "</s>" for _, answer in turns]


def test_a_chat_template_cannot_reach_python():
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    with pytest.raises(TekioError, match="chat template failed"):
        render_prompt("chat", "x", tokenizer=tokenizer)


def test_a_chat_template_that_rewrites_earlier_turns_is_refused():
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = "{{ messages | length }}{% for m in messages %}{{ m['content'] }}{% endfor %}"
    with pytest.raises(TekioError, match="differently"):
        render_conversation(
            "chat", [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], tokenizer=tokenizer
        )
