"""Prompt templates: one place for training, comparison and evaluation.

The wordings are those of jallm (MIT; arXiv 2309.03412), byte for byte, and the standard English Alpaca template. Each
is also available as a Jinja chat template that is saved with the model as `chat_template.jinja`, so that any server
builds the same prompt; a test holds both to the same bytes. `chat` stands for the model's own chat template.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (tokenizers have no complete type information)

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tekio.errors import TekioError, Text, UsageError
from tekio.time_limit import time_limit

CHAT = "chat"
MAX_TEMPLATE_CHARACTERS = 100_000


@dataclass(frozen=True)
class PromptTemplate:
    """Wording around one instruction. The response follows with no separator.

    first: opening when there is no input, first_input: opening when there is one (None: the template has no such form).
    instruction, input, response: headings, each followed by its text.
    """

    name: str
    first: str
    first_input: str | None
    instruction: str
    input: str
    response: str

    def render(self, instruction: str, given_input: str | None, system: str | None = None) -> str:
        """The prompt up to where the answer starts. An empty input counts as none (jallm's rule)."""
        opening = self.first_input if given_input else self.first
        if opening is None:
            raise UsageError(
                Text(
                    f"The template {self.name!r} has no form with an input.",
                    f"テンプレート {self.name!r} に入力欄つきの形はありません。",
                ),
                fix=Text("Use another template.", "別のテンプレートを使ってください。"),
            )
        return (system + "\n\n" if system else "") + opening + self.turn(instruction, given_input)

    def turn(self, instruction: str, given_input: str | None = None) -> str:
        """One question without the opening sentence: what follows turns of the same conversation."""
        middle = f"{self.input}{given_input}\n\n" if given_input else ""
        return f"{self.instruction}{instruction}\n\n{middle}{self.response}"

    @property
    def stop(self) -> tuple[str, ...]:
        """Texts at which an answer has left its place (a base model that was never taught EOS goes on asking)."""
        return ("\n" + self.instruction.rstrip("\n"),)


_JA_INSTRUCTION, _JA_INPUT, _JA_RESPONSE = "### 指示:\n", "### 入力:\n", "### 返答:\n"
_VQA_JA = "以下の質問に答える返答を書いてください。\n\n"

TEMPLATES: dict[str, PromptTemplate] = {
    item.name: item
    for item in (
        PromptTemplate(
            "alpaca-japanese",
            "以下はタスクを説明する指示です。要求を適切に満たすような返答を書いてください。\n\n",
            "以下はタスクを説明する指示とさらなる文脈を適用する入力の組み合わせです。"
            "要求を適切に満たすような返答を書いてください。\n\n",
            _JA_INSTRUCTION,
            _JA_INPUT,
            _JA_RESPONSE,
        ),
        PromptTemplate("vqa-japanese", _VQA_JA, _VQA_JA, "### 質問:\n", _JA_INPUT, _JA_RESPONSE),
        PromptTemplate(
            "vqa",
            "Write a response to answer the following question.\n\n",
            None,
            "### Question:\n",
            "### Input:\n",
            "### Response:\n",
        ),
        PromptTemplate(
            "alpaca",
            "Below is an instruction that describes a task. "
            "Write a response that appropriately completes the request.\n\n",
            "Below is an instruction that describes a task, paired with an input that provides further context. "
            "Write a response that appropriately completes the request.\n\n",
            "### Instruction:\n",
            "### Input:\n",
            "### Response:\n",
        ),
    )
}


@dataclass(frozen=True)
class Segment:
    """A piece of a rendered conversation. learned: its tokens carry loss when only responses do.

    ends: the segment closes an answer, so an EOS follows it that is always learned.
    """

    text: str
    learned: bool
    ends: bool = False


def get_template(name: str) -> PromptTemplate:
    """The template called `name`. Raises `UsageError` with the known names."""
    try:
        return TEMPLATES[name]
    except KeyError:
        raise UsageError(
            Text(f"Unknown prompt template {name!r}.", f"プロンプトテンプレート {name!r} はありません。"),
            fix=", ".join([*TEMPLATES, CHAT]),
        ) from None


def render_prompt(
    template: str,
    instruction: str,
    input: str | None = None,  # noqa: A002 (the Alpaca format's name)
    *,
    system: str | None = None,
    tokenizer: Any = None,
) -> str:
    """The prompt for one instruction, up to where the answer starts.

    template: a name of `TEMPLATES`, or `chat`: the chat template of `tokenizer` (sandboxed Jinja), to which an input is
    given in the message, after the instruction and an empty line. Raises `UsageError` for unknown names.
    """
    if template != CHAT:
        return get_template(template).render(instruction, input, system)
    messages = _system(system)
    messages.append({"role": "user", "content": _joined(instruction, input, tokenizer), "input": input or ""})
    return apply_chat(tokenizer, messages)


def render_conversation(
    template: str,
    messages: Sequence[dict[str, str]],
    input: str | None = None,  # noqa: A002 (the Alpaca format's name)
    *,
    tokenizer: Any = None,
) -> list[Segment]:
    """A whole conversation as segments, in order; their texts joined are what the model is trained on.

    messages: OpenAI form (`role`, `content`); `input` belongs to the first user turn. For `chat` every assistant turn
    is found as what the chat template adds after the generation prompt, so no marker strings are searched for.
    Raises `TekioError` when the template renders a longer conversation differently from a shorter one.
    """
    if template == CHAT:
        return _chat_segments(list(messages), input, tokenizer)
    wording = get_template(template)
    segments: list[Segment] = []
    system = "\n\n".join(turn["content"] for turn in messages if turn["role"] == "system") or None
    question = ""
    asked = 0
    for turn in messages:
        if turn["role"] == "user":
            given = input if asked == 0 else None
            question += (
                wording.render(turn["content"], given, system) if asked == 0 else wording.turn(turn["content"], given)
            )
            asked += 1
        elif turn["role"] == "assistant":
            segments.append(Segment(question, learned=False))
            segments.append(Segment(turn["content"], learned=True, ends=True))
            question = "\n\n"
    return segments


def render_question(
    template: str,
    messages: Sequence[dict[str, str]],
    input: str | None = None,  # noqa: A002 (the Alpaca format's name)
    *,
    tokenizer: Any,
) -> str:
    """The prompt of a conversation whose last turn is a user's, up to where the answer starts, as a tuned model reads it.

    input: belongs to the first user turn. Raises as `render_conversation`.
    """
    answer = {"role": "assistant", "content": "。"}
    segments = render_conversation(template, [*messages, answer], input, tokenizer=tokenizer)
    end = "" if template == CHAT else tokenizer.eos_token or ""
    return "".join(part.text + (end if part.ends else "") for part in segments[:-1])


def chat_template(name: str) -> str:
    """The named template as a Jinja chat template: the same bytes as `render_prompt`, EOS after every answer.

    A user message may carry `input` beside `content`, as the Alpaca format has it.
    """
    wording = get_template(name)

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    with_input = quoted(wording.first_input if wording.first_input is not None else wording.first)
    return (
        "{%- set state = namespace(asked=0) -%}\n"
        "{%- for message in messages -%}\n"
        "{%- if message['role'] == 'system' -%}{{- message['content'] + \"\\n\\n\" -}}\n"
        "{%- elif message['role'] == 'user' -%}\n"
        "{%- set given = message['input'] if message['input'] is defined and state.asked == 0 else '' -%}\n"
        "{%- if state.asked == 0 -%}"
        f"{{{{- {with_input} if given else {quoted(wording.first)} -}}}}"
        '{%- else -%}{{- "\\n\\n" -}}{%- endif -%}\n'
        f"{{{{- {quoted(wording.instruction)} + message['content'] + \"\\n\\n\" -}}}}\n"
        f'{{%- if given -%}}{{{{- {quoted(wording.input)} + given + "\\n\\n" -}}}}{{%- endif -%}}\n'
        f"{{{{- {quoted(wording.response)} -}}}}\n"
        "{%- set state.asked = state.asked + 1 -%}\n"
        "{%- elif message['role'] == 'assistant' -%}\n"
        "{%- generation -%}{{- message['content'] + eos_token -}}{%- endgeneration -%}\n"
        "{%- endif -%}\n"
        "{%- endfor -%}\n"
    )


def render_turns(
    template: str,
    turns: Sequence[tuple[str, str]],
    *,
    system: str | None = None,
    tokenizer: Any,
    arguments: Mapping[str, object] | None = None,
) -> str:
    """The prompt of a conversation, up to where its next answer starts; answers before it end with EOS.

    turns: (`user` or `assistant`, text), the last one a user's. arguments: given to a model's chat template
    (`enable_thinking`); named templates take none. Raises as `render_prompt`.
    """
    messages = [*_system(system), *({"role": role, "content": text} for role, text in turns)]
    if template == CHAT:
        return apply_chat(tokenizer, messages, arguments=arguments)
    segments = render_conversation(template, [*messages, {"role": "assistant", "content": ""}])
    end = tokenizer.eos_token or ""
    return "".join(part.text + (end if part.ends else "") for part in segments[:-1])


def apply_chat(
    tokenizer: Any,
    messages: Sequence[dict[str, str]],
    *,
    answer_next: bool = True,
    arguments: Mapping[str, object] | None = None,
) -> str:
    """Render messages with the tokenizer's own chat template (transformers runs it in an immutable sandbox).

    arguments: further variables of the template. Raises `UsageError` if it has none and `TekioError` if the template fails.
    """
    template = getattr(tokenizer, "chat_template", None)
    if not isinstance(template, str):
        raise UsageError(
            Text("The model has no chat template.", "モデルに chat template がありません。"),
            fix=Text(f"Name one of: {', '.join(TEMPLATES)}", f"次から選んでください: {', '.join(TEMPLATES)}"),
        )
    if len(template) > MAX_TEMPLATE_CHARACTERS:
        raise TekioError(Text("The chat template is too long.", "chat template が長すぎます。"))
    try:
        with time_limit():
            return str(
                tokenizer.apply_chat_template(
                    list(messages), tokenize=False, add_generation_prompt=answer_next, **(arguments or {})
                )
            )
    except Exception as error:  # the template is the model's own program
        raise TekioError(
            Text("The model's chat template failed.", "モデルの chat template が失敗しました。"), why=str(error)
        ) from error


def _system(system: str | None) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}] if system else []


def _joined(instruction: str, given_input: str | None, tokenizer: Any) -> str:
    """The user message for a chat template: ours takes the input as a field of its own, others as part of the text."""
    own = "message['input']" in (getattr(tokenizer, "chat_template", None) or "")
    return instruction if own or not given_input else f"{instruction}\n\n{given_input}"


def _chat_segments(messages: list[dict[str, str]], given_input: str | None, tokenizer: Any) -> list[Segment]:
    turns: list[dict[str, str]] = []
    first = True
    for turn in messages:
        if turn["role"] == "user" and first:
            content = _joined(turn["content"], given_input, tokenizer)
            turns.append({"role": "user", "content": content, "input": given_input or ""})
            first = False
        else:
            turns.append({"role": turn["role"], "content": turn["content"]})
    segments: list[Segment] = []
    done = ""
    for number, turn in enumerate(turns):
        if turn["role"] != "assistant":
            continue
        prompt = apply_chat(tokenizer, turns[:number])
        whole = apply_chat(tokenizer, turns[: number + 1], answer_next=False)
        if not (prompt.startswith(done) and whole.startswith(prompt)):
            raise TekioError(
                Text(
                    "The chat template renders a conversation differently once it continues, so answers cannot be found.",
                    "chat template が会話の続きで前の部分を変えるため、返答の位置を決められません。",
                ),
                fix=Text("Choose a named template.", "名前のあるテンプレートを選んでください。"),
            )
        segments.append(Segment(prompt[len(done) :], learned=False))
        # What follows the answer (an end-of-turn token, a line end) belongs to the answer: the model must learn to stop.
        segments.append(Segment(whole[len(prompt) :], learned=True))
        done = whole
    if segments:
        segments[-1] = Segment(segments[-1].text, learned=True, ends=True)
    return segments
