"""Building a task: from its file and the user's data to the requests that are scored.

The prompt of an item is `description + demonstrations + prompt`; each choice is scored as `delimiter + choice`. In the
template version `chat` (or one named like a prompt template of `tekio.model.templates`) demonstrations and question are
turns, and each choice is scored as the beginning of the answer's turn. The prompt hash covers these bytes, so two results with the same hash asked the same thing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from tekio.errors import InputError, PolicyError, Text, UsageError
from tekio.evaluate.scoring.parse_reply import with_label_names, with_marks
from tekio.evaluate.scoring.requests import (
    ChoiceRequest,
    Conversation,
    GenerationRequest,
    Request,
    Role,
    RollingRequest,
    Sampling,
)
from tekio.evaluate.tasks.answer_readers import check_answer_reader
from tekio.evaluate.tasks.items import Item, find_files, read_items, sample, shuffled
from tekio.evaluate.tasks.metric_names import check_metrics
from tekio.evaluate.tasks.prompts import LETTERS, choice_values, render
from tekio.evaluate.tasks.schema import Kind, Protocol, TaskSpec, Template
from tekio.model.templates import CHAT, TEMPLATES

Pool = Literal["pool", "test"]
DEFAULT_METRICS: dict[Kind, list[str]] = {
    "choice": ["acc", "acc_norm"],
    "generation": ["exact_match"],
    "perplexity": ["bits_per_character", "bits_per_byte", "macro_perplexity"],
}
PLAIN_PROTOCOL = "plain"


@dataclass(frozen=True)
class BuiltTask:
    """A task ready to be scored; `requests`, `items` and `choices` have the same length and order.

    choices: for each item the scored texts without delimiter. labels: the options, if they are the same classes for every
    item. total: items before `limit`. prompt_hash: SHA-256 in hex. protocol: the one applied (`plain` if the task file
    names none). pool: where demonstrations come from.
    """

    spec: TaskSpec
    template: str
    protocol: str
    shots: int
    seed: int
    pool: Pool
    items: tuple[Item, ...]
    requests: tuple[Request, ...]
    choices: tuple[tuple[str, ...], ...]
    total: int
    prompt_hash: str
    group: str

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def kind(self) -> Kind:
        return self.spec.kind

    @property
    def license(self) -> str:
        return self.spec.license

    @property
    def n(self) -> int:
        return len(self.items)

    @property
    def labels(self) -> tuple[str, ...] | None:
        return tuple(self.spec.options) or None

    @property
    def golds(self) -> tuple[int | tuple[str, ...] | None, ...]:
        """For each item: the right option's index (-1: none of them), the accepted texts, or None (plain text)."""
        return tuple(item.gold if self.kind == "choice" else item.answers or None for item in self.items)

    @property
    def metrics(self) -> tuple[str, ...]:
        return tuple(self.spec.metrics or DEFAULT_METRICS[self.kind])

    @property
    def headline(self) -> str:
        return self.spec.headline or self.metrics[0]


def prompt_hash(requests: Sequence[Request]) -> str:
    """SHA-256 of what the requests send: prompt and continuations joined by 0x1F, items joined by 0x1E, UTF-8."""
    digest = hashlib.sha256()
    for number, request in enumerate(requests):
        if number:
            digest.update(b"\x1e")
        digest.update(request_text(request).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def request_text(request: Request) -> str:
    """The text of one request as the prompt hash sees it."""
    prompt = prompt_text(request)
    if isinstance(request, ChoiceRequest):
        return "\x1f".join((prompt, *request.continuations))
    return "\x1f".join((prompt, *request.follow_ups)) if isinstance(request, GenerationRequest) else prompt


def prompt_text(request: Request) -> str:
    """What a request asks; turns as JSON, since each model wraps them in its own way."""
    if isinstance(request, RollingRequest):
        return request.text
    talk = request.conversation
    return request.prompt if talk is None else json.dumps([talk.wrapping, *talk.turns], ensure_ascii=False)


def build_task(
    spec: TaskSpec,
    data: Path,
    *,
    template: str,
    protocol: str,
    shots: int,
    limit: int | None,
    seed: int,
    pool: Pool = "pool",
    group: str | None = None,
) -> BuiltTask:
    """Read the items and render every prompt.

    data: file or folder of the data. pool: `test` takes demonstrations from the test items themselves, which is refused
    by default; an item is never its own demonstration.
    Raises `UsageError` for an unknown template, `PolicyError` for demonstrations without a pool, `TekioError` and
    `InputError` for data that is missing or wrong (naming task and item).
    """
    check_metrics(spec.name, spec.kind, [*spec.metrics, *([spec.headline] if spec.headline else [])])
    check_answer_reader(spec.name, spec.generation.reader)
    files = find_files(spec, spec.data.files, data)
    everything = read_items(spec, files)
    items = sample(everything, limit, seed=seed, task=spec.name)
    if spec.kind == "perplexity" and spec.data.reader == "text":
        rolling = tuple(RollingRequest(item.id, str(item.fields["text"])) for item in items)
        return _built(spec, "default", PLAIN_PROTOCOL, 0, seed, "pool", items, rolling, (), len(everything), group)
    version, chosen, wrapping = _template(spec, template)
    named, rule = _protocol(spec, protocol)
    writer = _Writer(spec, chosen, rule)
    examples = _demonstrations(writer, data, files, everything, shots, seed, pool)
    requests: list[Request] = []
    choices: list[tuple[str, ...]] = []
    for item in items:
        shown = [example for example in examples if example.id != item.id or pool != "test"][:shots]
        prompt = writer.prompt(item, shown)
        talk = Conversation(wrapping, writer.turns(item, shown)) if wrapping else None
        if spec.kind == "generation":
            requests.append(_generation(spec, item, prompt, talk, seed, writer.follow_ups(item)))
        else:
            texts = writer.choices(item)
            choices.append(texts)
            scored = tuple((chosen.delimiter + text).lstrip() if talk else chosen.delimiter + text for text in texts)
            names = _names(spec, item, texts) if spec.kind == "choice" else ()
            requests.append(ChoiceRequest(item.id, prompt, scored, chosen.end_of_text, names, talk))
    return _built(
        spec, version, named, shots, seed, pool, items, tuple(requests), tuple(choices), len(everything), group
    )


def _names(spec: TaskSpec, item: Item, texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """What each choice may be called in a reply: the scored text, the option, its mark, a label's other names."""
    known = with_label_names(item.options, spec.option_names) if spec.options else with_marks(item.options)
    named: list[tuple[str, ...]] = []
    for text, names in zip(texts, known, strict=True):
        others = {other.casefold() for other in texts if other != text}
        others |= {name.casefold() for other in known if other is not names for name in other}  # options shown twice
        named.append((text, *(name for name in names if name != text and name.casefold() not in others)))
    return tuple(named)


def _built(
    spec: TaskSpec,
    template: str,
    protocol: str,
    shots: int,
    seed: int,
    pool: Pool,
    items: Sequence[Item],
    requests: tuple[Request, ...],
    choices: tuple[tuple[str, ...], ...],
    total: int,
    group: str | None,
) -> BuiltTask:
    return BuiltTask(
        spec,
        template,
        protocol,
        shots,
        seed,
        pool,
        tuple(items),
        requests,
        choices,
        total,
        prompt_hash(requests),
        group or spec.group,
    )


def _template(spec: TaskSpec, name: str) -> tuple[str, Template, str]:
    """The version as results name it, its wording, and the prompt template it is wrapped in (empty: none).

    `chat` wraps the wording that the task file calls so, else its default; `chat-0.6` wraps version 0.6.
    """
    version = name.removeprefix("1.0-")
    version = version if version in spec.templates else spec.aliases.get(version, version)
    if version in spec.templates:
        return version, spec.templates[version], CHAT if version == CHAT else ""
    for wrapping in sorted([CHAT, *TEMPLATES], key=len, reverse=True):
        if name == wrapping or name.startswith(wrapping + "-"):
            inner, wording, _ = _template(spec, name[len(wrapping) + 1 :] or _default(spec))
            return f"{wrapping}-{inner}" if name != wrapping else wrapping, wording, wrapping
    known = ", ".join([*spec.templates, *spec.aliases, CHAT, *TEMPLATES])
    raise UsageError(
        Text(f"Task {spec.name} has no template {name}.", f"タスク {spec.name} にテンプレート {name} はありません。"),
        fix=Text(f"It has: {known}", f"あるもの: {known}"),
    )


def _default(spec: TaskSpec) -> str:
    return "default" if "default" in {*spec.templates, *spec.aliases} else next(iter(spec.templates))


def _protocol(spec: TaskSpec, name: str) -> tuple[str, Protocol]:
    """The protocol as applied: `plain` for a task whose file names none."""
    if name in spec.protocols:
        return name, spec.protocols[name]
    if spec.protocols and name != PLAIN_PROTOCOL:
        known = ", ".join(spec.protocols)
        raise UsageError(
            Text(f"Task {spec.name} has no protocol {name}.", f"タスク {spec.name} に実施方法 {name} はありません。"),
            fix=Text(f"It has: {known}", f"あるもの: {known}"),
        )
    return PLAIN_PROTOCOL, Protocol()


def _generation(
    spec: TaskSpec, item: Item, prompt: str, talk: Conversation | None, seed: int, follow_ups: tuple[str, ...]
) -> GenerationRequest:
    how = spec.generation
    sampling = Sampling(how.temperature, how.top_p, how.top_k, seed)
    return GenerationRequest(item.id, prompt, how.max_new_tokens, tuple(how.stop), sampling, talk, follow_ups)


class _Writer:
    """Renders the parts of the prompts of one task under one template and protocol."""

    def __init__(self, spec: TaskSpec, template: Template, rule: Protocol) -> None:
        self.spec = spec
        self.template = template
        self.dropped = set(template.through_jinja) if rule.drop_newline else set[str]()
        self.description = self.passed("description", template.description)

    def passed(self, part: str, text: str) -> str:
        """`text` as the protocol's Jinja left it: without one trailing newline, if it passed through."""
        return text.removesuffix("\n") if part in self.dropped else text

    def values(self, item: Item) -> dict[str, object]:
        return {**item.fields, "options": item.options, "letters": LETTERS}

    def body(self, item: Item, source: str | None = None) -> str:
        # What the data has in the place of a newline must stay: only the template's own end is dropped. A prompt
        # never ends in a field in the published templates, so the end of the rendered text is the template's end.
        text = render(
            source or self.template.prompt, self.values(item), task=self.spec.name, part=f"prompt of item {item.id}"
        )
        return self.passed("prompt", text)

    def follow_ups(self, item: Item) -> tuple[str, ...]:
        """The later questions of a dialogue."""
        name = self.spec.generation.follow_ups
        turns = cast("list[str]", item.fields.get(name) or [])[1:] if name else []
        part = f"later question of item {item.id}"
        source = self.template.follow_up or "{{ turn }}"
        return tuple(
            render(source, self.values(item) | {"turn": turn}, task=self.spec.name, part=part) for turn in turns
        )

    def choices(self, item: Item) -> tuple[str, ...]:
        """The scored texts of an item. Raises `InputError` if one is empty."""
        options = item.options if self.spec.kind == "choice" else item.answers[:1]
        part = f"choice of item {item.id}"
        base = self.values(item)
        texts = tuple(
            render(self.template.choice, choice_values(base, options, position), task=self.spec.name, part=part)
            for position in range(len(options))
        )
        if any(not text for text in texts):
            raise InputError(
                Text("A choice is empty.", "選択肢が空です。"), where=f"task {self.spec.name}, item {item.id}"
            )
        return texts

    def answer(self, item: Item) -> str:
        """What stands after the prompt of a demonstration."""
        if self.spec.kind == "choice":
            position = item.gold if item.gold is not None and item.gold >= 0 else None
            return self.template.delimiter + (item.answers[0] if position is None else self.choices(item)[position])
        return self.template.delimiter + item.answers[0]

    def prompt(self, item: Item, examples: Sequence[Item]) -> str:
        asked = self.template.demonstration
        shown = [self.body(example, asked) + self.answer(example) + self.template.separator for example in examples]
        return self.description + "".join(shown) + self.body(item)

    def turns(self, item: Item, examples: Sequence[Item]) -> tuple[tuple[Role, str], ...]:
        """The prompt as turns: the description opens the first question, answers of demonstrations are the model's."""
        turns: list[tuple[Role, str]] = []
        for example in examples:
            turns.append(("user", self.body(example, self.template.demonstration).strip("\n")))
            turns.append(("assistant", self.answer(example).strip()))
        turns.append(("user", self.body(item).strip("\n")))
        turns[0] = ("user", (self.description + turns[0][1]).strip("\n"))
        return tuple(turns)


def _demonstrations(
    writer: _Writer, data: Path, files: list[Path], items: list[Item], shots: int, seed: int, pool: Pool
) -> list[Item]:
    """Items to show before each question: `shots` of them, one more if they come from the test items."""
    spec = writer.spec
    if not shots:
        return []
    if pool == "test":
        return _choose(spec, items, shots + 1, seed)
    if not spec.data.demonstrations:
        raise PolicyError(
            Text(
                f"Task {spec.name} has no pool of demonstrations, so {shots}-shot prompts would show test items.",
                f"タスク {spec.name} には例題用のデータがなく、{shots}-shot ではテストの問題を見せることになります。",
            ),
            fix=Text(
                "Use 0 shots, name a pool (`data.demonstrations`) in a task file, or ask for `test` openly.",
                "0-shot にするか、タスクファイルで `data.demonstrations` を指定するか、`test` を明示してください。",
            ),
        )
    place = data if data.is_dir() else data.parent
    found = find_files(spec, spec.data.demonstrations, place)
    if set(found) & set(files):
        raise PolicyError(
            Text(
                f"Task {spec.name}: the demonstrations are the test file.",
                f"タスク {spec.name}: 例題がテストと同じファイルです。",
            ),
            where=found[0],
        )
    tested = {writer.body(item) for item in items}
    candidates = [item for item in read_items(spec, found, check_count=False) if writer.body(item) not in tested]
    return _choose(spec, candidates, shots, seed)


def _choose(spec: TaskSpec, pool: list[Item], count: int, seed: int) -> list[Item]:
    if len(pool) < count:
        raise InputError(
            Text(
                f"Task {spec.name}: {count} demonstrations are needed, {len(pool)} are available.",
                f"タスク {spec.name}: 例題が {count} 件必要ですが {len(pool)} 件しかありません。",
            )
        )
    if spec.demonstrations.choose == "first":
        return pool[:count]
    if spec.demonstrations.choose == "seeded":
        return shuffled(pool, seed=seed, salt=f"demonstrations {spec.name}")[:count]
    by_label = {label: [item for item in pool if item.answers[0] == label] for label in spec.options}
    chosen: list[Item] = []
    for number in range(count):
        label = spec.options[number % len(spec.options)]
        if number // len(spec.options) >= len(by_label[label]):
            raise InputError(
                Text(
                    f"Task {spec.name}: too few demonstrations of {label}.",
                    f"タスク {spec.name}: {label} の例題が足りません。",
                )
            )
        chosen.append(by_label[label][number // len(spec.options)])
    return chosen
