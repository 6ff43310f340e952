"""Questions drafted by a model server of one's own: one for a passage, checked as those of rules are, and no reply lost.

Replies are kept on disk before they are used (`tekio.model_server`), so a stage that was interrupted asks for nothing twice. A reply that gives no question is a
line of `unread.jsonl`; a question that may not be asked is a line of `rejected.jsonl`, as one made by rules is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from tekio.artifacts.exam import Drafting, UnreadDraft
from tekio.errors import TekioError, Text, UsageError
from tekio.exam.askable import DOCUMENT, ROW, Askable, Source, draw
from tekio.exam.checks import Refused
from tekio.exam.options import plain
from tekio.exam.sentences import form_of
from tekio.knowledge.facts import facts_of, passage_facts
from tekio.knowledge.passages import Passage
from tekio.model_server import Endpoint, RefusedError, in_order, objects_in
from tekio.progress import followed
from tekio.recipe.exam import ExamConfig, ExamEndpointConfig, ItemKind
from tekio.text.scripts import japanese_share

PROMPT = "exam.md"
SHIPPED = Path(__file__).with_name("prompt_files") / PROMPT
DRAFTED = 2
"""Passages asked about for each item that is wanted."""
LEAST = 60
"""Characters of a passage below which nothing is asked."""
LEAST_JAPANESE = 0.5
_KANA = re.compile("[ぁ-んァ-ヴ]")
_DIGIT = re.compile("[0-9０-９]")
_LENGTHS = 2.5
"""Times that a wrong answer may be longer or shorter than the right one."""


@dataclass(frozen=True)
class Asked:
    """A passage to ask about, with its document."""

    source: Source
    passage: Passage


@dataclass
class Drafts:
    """What came of asking: questions that were read, in order, and replies that gave none."""

    questions: list[Askable] = field(default_factory=list[Askable])
    unread: list[UnreadDraft] = field(default_factory=list[UnreadDraft])
    models: Counter[str] = field(default_factory=Counter[str])
    asked: int = 0
    prompt_characters: int = 0
    reply_characters: int = 0


class UnusableError(ValueError):
    """A reply that gives no question; the message is its reason's name."""


def server_of(config: ExamConfig) -> ExamEndpointConfig:
    """The model server of an exam that is drafted by one."""
    assert config.endpoint is not None  # the recipe requires it
    return config.endpoint


def prompt_of(config: ExamConfig) -> str:
    """The prompt: that of the user's folder, else the shipped one. Raises `UsageError` for a folder without it."""
    folder = server_of(config).prompts
    file = SHIPPED if folder is None else folder.path / PROMPT
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            Text("The prompt of the exam cannot be read.", "試験のプロンプトを読めません。"), where=file, why=str(error)
        ) from error


def prompt_hash(config: ExamConfig) -> str:
    """SHA-256 of the prompt."""
    return hashlib.sha256(prompt_of(config).encode("utf-8", "surrogatepass")).hexdigest()


def draft_problems(config: ExamConfig) -> Iterable[TekioError]:
    """What asking would fail with: the address, the prompt. Nothing is sent."""
    own = server_of(config)
    try:
        prompt_of(config)
        Endpoint(own.url, own.model, cache=Path()).check()
    except TekioError as error:
        yield error


def drafted(config: ExamConfig, wishes: Sequence[Asked], cache: Path, seed: int) -> Drafts:
    """Ask for a question about each passage. cache: folder of replies. Raises `TekioError` when the server is gone; what it said is kept."""
    own = server_of(config)
    cache.mkdir(exist_ok=True)
    endpoint = Endpoint(own.url, own.model, cache, timeout=own.timeout)
    endpoint.check()
    prompt, total = prompt_of(config), Drafts()
    asked = in_order(partial(_ask, endpoint, own, prompt, config.options, seed), wishes, own.parallel)
    for one in followed("exam", asked, len(wishes)):
        total.questions += one.questions
        total.unread += one.unread
        total.models.update(one.models)
        total.asked += one.asked
        total.prompt_characters += one.prompt_characters
        total.reply_characters += one.reply_characters
    return total


def drafting(config: ExamConfig, drafts: Drafts) -> Drafting:
    """What the exam says of its drafts."""
    own = server_of(config)
    tokens = drafts.prompt_characters + drafts.reply_characters  # a token a character: the dearest case
    return Drafting(
        model=own.model,
        answered_by=dict(sorted(drafts.models.items())),
        terms=own.terms,
        prompt_sha256=prompt_hash(config),
        asked=drafts.asked,
        unread=dict(sorted(Counter(one.reason for one in drafts.unread).items())),
        prompt_characters=drafts.prompt_characters,
        reply_characters=drafts.reply_characters,
        price=round(tokens / 1_000_000 * own.price, 6),
    )


def chosen_passages(source: Source, passages: Sequence[Passage], most: int, seed: int) -> list[Asked]:
    """The passages of a document that are asked about: drawn, so many at most."""
    fit = [one for one in passages if len(one.text) >= LEAST]
    return [Asked(source, one) for one in sorted(fit, key=lambda one: draw(seed, one.id))[:most]]


def _ask(endpoint: Endpoint, own: ExamEndpointConfig, prompt: str, options: int, seed: int, wish: Asked) -> Drafts:
    found = Drafts(asked=1)
    messages = _messages(prompt, wish, options)
    found.prompt_characters = sum(len(one["content"]) for one in messages)
    digest = hashlib.sha256(f"{seed}\x1f{wish.passage.id}".encode("utf-8", "surrogatepass")).hexdigest()
    try:
        answer = endpoint.ask(
            messages, temperature=own.temperature, max_tokens=own.max_tokens, seed=int(digest[:8], 16) % 2**31
        )
    except RefusedError as error:
        found.unread.append(_unread(wish, "refused_by_server", "", error.told))
        return found
    found.reply_characters = len(answer.said)
    found.models[answer.model] += 1
    try:
        question, right, wrong = read_draft(answer.text, answer.finish)
    except UnusableError as error:
        found.unread.append(_unread(wish, str(error), answer.finish, answer.said))
        return found
    found.questions.append(_askable(wish, question, right, wrong, own.model))
    return found


def _messages(prompt: str, wish: Asked, options: int) -> list[dict[str, str]]:
    passage = wish.passage
    heading = " ".join([*passage.path, *([] if passage.kind == "answer" else [passage.heading])]).strip()
    shown = [
        ("表題", wish.source.title),
        ("見出し", heading),
        ("資料", "\n".join(part for part in (passage.above, passage.text) if part)),
    ]
    told = [f"<{name}>\n{text.replace('<', '＜').replace('>', '＞')}\n</{name}>" for name, text in shown if text]
    asked = prompt.replace("{{wrong}}", str(options - 1))
    return [{"role": "user", "content": "\n\n".join([*told, asked])}]


def _unread(wish: Asked, reason: str, finish: str, reply: str) -> UnreadDraft:
    return UnreadDraft(
        half=wish.source.half,
        document=wish.source.document,
        passage=wish.passage.id,
        reason=reason,
        finish=finish,
        reply=reply,
    )


def read_draft(reply: str, finish: str) -> tuple[str, str, list[str]]:
    """Question, right answer and wrong ones of a reply. Raises `UnusableError` with the reason's name."""
    if finish == "length":
        raise UnusableError("cut_off")
    nothing = False
    for found in objects_in(reply):
        nothing = nothing or found.get("nothing") is True
        question, answer, wrong = found.get("question"), found.get("answer"), found.get("wrong")
        if not isinstance(question, str) or not isinstance(answer, str) or not isinstance(wrong, list):
            continue
        others = [text for text in cast("list[Any]", wrong) if isinstance(text, str) and text.strip()]
        lines = " ".join(question.split())
        if not lines or not answer.strip():
            continue
        if japanese_share(lines) < LEAST_JAPANESE or not _KANA.search(lines):
            raise UnusableError("not_japanese")
        return lines, answer.strip(), [text.strip() for text in others]
    raise UnusableError("says_it_does_not_know" if nothing else "unreadable")


def _askable(wish: Asked, question: str, right: str, wrong: Sequence[str], model: str) -> Askable:
    """The question as rules would give it; `start` is its answer's place, before it is checked."""
    passage, start = wish.passage, wish.passage.text.find(right)
    near = [text for text in wrong if text in passage.text]
    alike = [text for text in wrong if is_alike(right, text)]
    rivals = {ROW: [text for text in alike if text in near], DOCUMENT: [text for text in alike if text not in near]}
    end = start + len(right) if start >= 0 else 0
    place = max(start, 0), end
    asked = f"「{wish.source.title}」について、次の問いに答えよ。\n{question}"
    topic = wish.source.source
    return Askable(wish.source, kind_of(right), asked, right, passage, *place, topic, "", rivals, generator=model)


def kind_of(answer: str) -> ItemKind:
    """What an answer is: a number, a date, something else."""
    kinds = {fact.kind for fact in facts_of(answer)}
    return "date" if "date" in kinds else "number" if "number" in kinds else "what"


def is_alike(right: str, wrong: str) -> bool:
    """Whether a wrong answer has the form of the right one: the same unit where there is a number, else about its length."""
    if facts_of(right) or _DIGIT.search(right):
        return form_of(right) == form_of(wrong)
    return len(right) / _LENGTHS <= len(wrong) <= len(right) * _LENGTHS


def stands_once(asked: Iterable[Askable], refused: Refused) -> list[Askable]:
    """Drafted questions whose answer stands in the passage once, as it is written, and that ask nothing which the passage does not say."""
    kept: list[Askable] = []
    for one in asked:
        text, answer = one.passage.text, one.answer
        places = [match.start() for match in re.finditer(re.escape(answer), text) if _whole(text, match)]
        if not places:
            refused.add(one, "answer_not_in_passage", answer=answer)
        elif len(places) > 1:
            refused.add(one, "answer_stands_twice", answer=answer, times=float(len(places)))
        elif foreign := _foreign(one):
            refused.add(one, "question_not_in_passage", facts=foreign)
        else:
            one.start, one.end = places[0], places[0] + len(answer)
            kept.append(one)
    return kept


def _whole(text: str, match: re.Match[str]) -> bool:
    """Whether what was found is no part of a longer number."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    first, last = match[0][0], match[0][-1]
    return not (_DIGIT.match(first) and before and (_DIGIT.match(before) or before in ",，.．")) and not (
        _DIGIT.match(last) and after and _DIGIT.match(after)
    )


def _foreign(one: Askable) -> list[str]:
    """Facts of the question that stand neither in the passage nor in its headings."""
    passage = one.passage
    told = "\n".join((passage.text, passage.above, passage.heading, *passage.path, one.source.title))
    known = {(fact.kind, fact.value) for fact in (*facts_of(told), *passage_facts(passage.text, passage.above))}
    folded = plain(unicodedata.normalize("NFKC", told))
    question = one.question.partition("\n")[2]
    return [
        fact.text
        for fact in facts_of(question)
        if (fact.kind, fact.value) not in known and plain(fact.text) not in folded
    ]
