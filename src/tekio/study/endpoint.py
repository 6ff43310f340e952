"""Rows asked of a model server of one's own: each reply is read and checked, asked for again once where it is wrong, and never lost.

Replies are kept on disk before they are used (`tekio.model_server`), so a stage that was interrupted asks for nothing twice.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tekio.artifacts.study import StudyCost, UnreadReply
from tekio.errors import TekioError
from tekio.knowledge.computed import Computed
from tekio.knowledge.facts import facts_of
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import ProblemKind, Ungrounded, check_row
from tekio.knowledge.passages import Passage
from tekio.model_server import Answer, Endpoint, RefusedError, in_order
from tekio.recipe.study import StudyConfig, StudyEndpointConfig
from tekio.store import Input, Workspace, sha256_json
from tekio.study.material import Draft, LeftOut, Material
from tekio.study.prompts import Message, Prompts, read_prompts
from tekio.study.replies import Told, UnusableError, read_reply
from tekio.study.write import Generator

LEAST = 40
"""Characters of a passage below which there is nothing to tell."""
TOLDPROBLEMS = 8

_STANDS_NOWHERE = "「{text}」は資料になく、computed の計算からも得られません。"
PROBLEMS: dict[ProblemKind, str] = {
    "number": f"数値{_STANDS_NOWHERE}",
    "date": f"日付{_STANDS_NOWHERE}",
    "article": f"条番号{_STANDS_NOWHERE}",
    "name": f"名称{_STANDS_NOWHERE}",
    "computation": f"計算{_STANDS_NOWHERE}",
    "answer": f"回答{_STANDS_NOWHERE}",
    "direction": "「{text}」は資料と逆です（資料: {value}）。",
    "subject": "「{text}」は、資料では別のものの値です（ここに当たる値: {value}）。",
    "condition": "「{text}」とまでは、資料に書かれていません。",
    "topic": "「{text}」は、資料と関係がありません。",
}
"""What a model is told of each kind of problem."""

Row = Draft | LeftOut | UnreadReply


def _config(config: StudyConfig) -> StudyEndpointConfig:
    assert config.endpoint is not None  # the recipe requires it
    return config.endpoint


def prompt_inputs(config: StudyConfig) -> list[Input]:
    """The prompts as inputs of the stage: other words, another result."""
    prompts = read_prompts(config.chosen, _config(config).prompts)
    return [Input("prompts", sha256_json(prompts.texts), "file")]


def endpoint_problems(config: StudyConfig) -> Iterator[TekioError]:
    """What asking would fail with: the address, the prompts. Nothing is sent."""
    own = _config(config)
    try:
        read_prompts(config.chosen, own.prompts)
        Endpoint(own.url, own.model, cache=Path()).check()
    except TekioError as error:
        yield error


@dataclass
class _Asked:
    """What came of one wish: rows and unread replies, in order, and what it cost."""

    rows: list[Row] = field(default_factory=list[Row])
    asked: int = 0
    unread: int = 0
    repaired: int = 0
    prompt_characters: int = 0
    reply_characters: int = 0
    model: str = ""


@dataclass(frozen=True, slots=True)
class _Wish:
    strategy: str
    material: Material
    passage: Passage
    wording: int
    words: dict[str, str]

    @property
    def key(self) -> str:
        return f"{self.passage.id}:{self.strategy}:{self.wording}"


class Teller:
    """Asks for rows, a document after the other."""

    def __init__(self, config: StudyConfig, space: Workspace) -> None:
        self.config, self.own, self.seed = config, _config(config), space.seed
        self.prompts: Prompts = read_prompts(config.chosen, self.own.prompts)
        self.endpoint = Endpoint(self.own.url, self.own.model, space.scratch("replies"), timeout=self.own.timeout)
        self.endpoint.cache.mkdir(exist_ok=True)
        self.endpoint.check()
        hashes = {name: self.prompts.sha256(name) for name in config.chosen}
        self.generator = Generator(self.own.model, self.own.terms, hashes)
        self._total = _Asked()

    def tell(
        self, material: Material, is_open: Callable[[str], bool], chosen: set[str] | None
    ) -> Iterator[Draft | LeftOut | UnreadReply]:
        """The rows of a document's passages. is_open: whether more rows of a strategy are wanted."""
        wishes: list[_Wish] = []
        for passage in material.passages:
            if len(passage.text) < LEAST or (chosen is not None and passage.id not in chosen):
                continue
            for strategy in self.config.chosen:
                if not is_open(strategy):
                    continue
                words = linked(passage) if strategy == "link" else {}
                if words is None:
                    yield LeftOut(strategy, passage, "nothing_to_link")
                    continue
                wishes += [
                    _Wish(strategy, material, passage, wording, words) for wording in range(self.config.wordings)
                ]
        for asked in in_order(partial(_ask, self), wishes, self.own.parallel):
            for name in ("asked", "unread", "repaired", "prompt_characters", "reply_characters"):
                setattr(self._total, name, getattr(self._total, name) + getattr(asked, name))
            yield from asked.rows

    def cost(self) -> StudyCost:
        total = self._total
        tokens = (total.prompt_characters + total.reply_characters) / self.config.characters_per_token
        return StudyCost(
            asked=total.asked,
            repaired=total.repaired,
            unread=total.unread,
            prompt_characters=total.prompt_characters,
            reply_characters=total.reply_characters,
            price=round(tokens / 1_000_000 * self.own.price, 6),
        )

    def reply(self, wish: _Wish, messages: list[Message], asked: _Asked, attempt: int) -> Answer:
        digest = hashlib.sha256(f"{self.seed}\x1f{wish.key}\x1f{attempt}".encode("utf-8", "surrogatepass")).hexdigest()
        asked.asked += 1
        asked.prompt_characters += sum(len(message["content"]) for message in messages)
        answer = self.endpoint.ask(
            messages,
            temperature=self.own.temperature,
            max_tokens=self.own.max_tokens,
            seed=int(digest[:8], 16) % 2**31,
        )
        asked.reply_characters += len(answer.said)
        asked.model = answer.model
        return answer


def linked(passage: Passage) -> dict[str, str] | None:
    """The two names a passage has most often; None where it has fewer."""
    names = Counter(fact.text for fact in facts_of(passage.text) if fact.kind == "name" and len(fact.text) > 1)
    apart: list[str] = []
    for name, _ in sorted(names.items(), key=lambda item: (-item[1], -len(item[0]), item[0])):
        if not any(name in other or other in name for other in apart):
            apart.append(name)
    return {"first": apart[0], "second": apart[1]} if len(apart) > 1 else None


def _ask(teller: Teller, wish: _Wish) -> _Asked:
    """Ask once, and once more for a repair."""
    asked = _Asked()
    messages = teller.prompts.ask(wish.strategy, wish.material, wish.passage, wish.wording, wish.words)
    ground = Ground.of(wish.passage.text, wish.material.context(wish.passage), wish.passage.above)
    first: list[dict[str, str]] = []
    for attempt in (0, 1):
        try:
            answer = teller.reply(wish, messages, asked, attempt)
        except RefusedError as error:
            asked.unread += 1
            asked.rows.append(_unread(wish, "refused_by_server", "", error.told))
            break
        try:
            told, computed = read_reply(
                answer.text, answer.finish, wish.strategy, wish.passage.text, teller.prompts.words(wish.strategy)
            )
            for name, word in wish.words.items():
                if word not in f"{told[0].question}{told[0].text}":
                    raise UnusableError("unreadable", f"「{word}」が使われていません（{name}）。")
        except UnusableError as error:
            asked.unread += 1
            asked.rows.append(_unread(wish, error.reason, answer.finish, answer.said))
            messages = teller.prompts.ask_again(messages, answer.text, str(error))
            continue
        drafts = [_draft(wish, row, computed, answer) for row in told]
        wrong = [(draft, check_row(draft.question, draft.text, ground, draft.computed)[1]) for draft in drafts]
        failed = [fact for _, facts in wrong for fact in facts]
        if failed and attempt == 0:
            first = [fact.plain() for fact in failed]
            messages = teller.prompts.ask_again(messages, answer.text, _problem(failed))
            continue
        for draft, facts in wrong:
            if first:
                draft.extra["asked"] = {"first_reply": first}
                asked.repaired += not facts
            asked.rows.append(draft)
        return asked
    if first:  # a repair that gave no row: the row of the first reply is rejected with its facts
        asked.rows.append(_lost(wish, first))
    return asked


def _problem(facts: list[Ungrounded]) -> str:
    """What is wrong with a reply, in the words that ask for its repair."""
    return "\n".join(
        "・" + PROBLEMS[fact.kind].format(text=fact.text, value=fact.value) for fact in facts[:TOLDPROBLEMS]
    )


def _draft(wish: _Wish, row: Told, computed: tuple[Computed, ...], answer: Answer) -> Draft:
    own = tuple(item for item in computed if item.result in f"{row.question}\n{row.text}")
    return Draft(
        wish.strategy,
        wish.passage,
        wish.wording,
        row.text,
        row.question,
        own,
        {"model": answer.model},
    )


def _lost(wish: _Wish, facts: list[dict[str, str]]) -> LeftOut:
    return LeftOut(wish.strategy, wish.passage, "not_repaired", {"wording": wish.wording, "facts": facts})


def _unread(wish: _Wish, reason: str, finish: str, reply: str) -> UnreadReply:
    return UnreadReply(
        strategy=wish.strategy,
        document=wish.passage.document,
        passage=wish.passage.id,
        wording=wish.wording,
        reason=reason,
        finish=finish,
        reply=reply,
    )
