"""The format of a task file: one YAML file says where the items are, what is asked and how it is judged.

`docs/tasks.md` explains it on examples. Prompts are Jinja (sandboxed); they see the fields of the item and, in `choice`,
also `choice` (the option's text), `letter` (A, B, ...), `index` (from 0) and `number` (from 1).
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator

from tekio.errors import WrongValueError
from tekio.recipe.section import PlainName, Section

Kind = Literal["choice", "generation", "perplexity"]
Reader = Literal[
    "jsonl",
    "fin-harness",
    "cpa-audit",
    "cpa-audit-nan",
    "chabsa",
    "chabsa-sentences",
    "squad",
    "ja-vg-vqa",
    "text",
    "jf-icr",
    "jfinqa",
    "jmmlu",
    "llm-jp-eval",
    "mgsm",
    "niilc",
    "pfmt",
]
Choose = Literal["seeded", "first", "label-cycle"]
Passed = Literal["description", "prompt"]


class Fields(Section):
    """Which fields of a row are the item's id, options and answer."""

    id: str | None = None
    """Default: the row's number in the file, from 0."""
    options: str | list[str] | None = None
    """The field that holds the list of options, or the fields that hold one option each."""
    gold: str = "answer"
    """The answer: the option's index (from 0), its text, its letter, or a name that `gold_names` translates; for generation the
    accepted text or a list of them."""
    question: list[str] = Field(default_factory=list[str])
    """The fields that are the question itself (for the search in training text); default: all text but answers."""
    cluster: str | None = None
    """Items with the same value here come from one document and are not independent."""


class Data(Section):
    """Where the items are and how they are read."""

    reader: Reader = "jsonl"
    files: list[str] = Field(default_factory=list[str])
    """Glob patterns below the data folder, tried in order; the first that matches is used. Without `--data` they are
    relative to the task file."""
    demonstrations: list[str] = Field(default_factory=list[str])
    """Patterns of the pool that few-shot demonstrations come from. Never the file of the test items."""
    items: list[int] = Field(default_factory=list[int])
    """The number of items the published data has (several for several versions); another number is an error."""
    fields: Fields = Fields()
    where: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    """Only rows of which each field named here has one of the values (`subject: [marketing]`; an empty list: any)."""
    where_not: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    """No rows of which a field named here has one of the values."""
    repeated_options: bool = False
    """Whether an item may show two equal options, as some published data does."""
    source: str = ""
    """Where a user gets the data."""


class Template(Section):
    """One version of the prompt."""

    description: str = ""
    """Stands once, before the demonstrations."""
    prompt: str
    """The question, up to where the answer begins."""
    demonstration: str | None = None
    """The question of a demonstration, if it is not asked as `prompt` asks."""
    choice: str = "{{ choice }}"
    """The text that is scored for each option."""
    follow_up: str = ""
    """A later question of a dialogue (`generation.follow_ups`), behind the model's reply; sees `turn`, its text."""
    delimiter: str = ""
    """Between the prompt and the scored text; counts as part of the scored text."""
    marker: str = ""
    """The words after which an answer begins (kind `generation`): a reply that repeats them is read from the last ones on
    (arXiv 2309.03412 takes the text after the last response marker of prompt and reply)."""
    end_of_text: bool = False
    """Whether the end-of-text token is scored after the answer (kind `perplexity`)."""
    separator: str = "\n\n"
    """After each demonstration."""
    through_jinja: list[Passed] = Field(default_factory=lambda: list[Passed](["description"]))
    """Parts that lm-evaluation-harness rendered with Jinja, which until 2024-08 dropped one trailing newline of them
    (protocol fin-harness-2024)."""
    note: str = ""


class Demonstrations(Section):
    """How few-shot demonstrations are chosen. They are the same for every item."""

    choose: Choose = "seeded"
    """`seeded`: a sample that depends on the seed. `first`: the first ones of the pool. `label-cycle`: the first
    example of each label in turn, then the second of each (arXiv 2309.03412)."""


class Generation(Section):
    """How the answer is generated and read (kind `generation`)."""

    max_new_tokens: int = Field(default=32, ge=1, le=4096)
    stop: list[str] = Field(default_factory=list[str])
    temperature: float = Field(default=0.0, ge=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int = Field(default=0, ge=0)
    match: Literal["substring", "exact", "answer", "number", "list", "lines", "jfinqa"] = "exact"
    """`substring`: right if the gold text is anywhere in the reply (arXiv 2309.03412; rewards naming all labels).
    `exact`: right if the reply is the gold text (NFKC, spaces at the ends removed). `answer`: exact match and
    character F1 as JGLUE measures JSQuAD. `number`: the one number of the reply, with its unit, is the gold's (12億円 is
    1,200百万円). `list`: the reply names the gold's entries, in any order and no others (「ア、ウ」). `lines`: the reply's lines
    are the gold's, in any order (`set_f1` counts those they share). `jfinqa`: that benchmark's rule, within 1 %."""
    reader: str = ""
    """The answer reader of an installed package (docs/plugins.md) that finds the answer in the reply."""
    extract: str = ""
    """A regular expression that finds the answer in the reply: the first group (or the whole) of its last match is judged. A
    reply that it does not match, or in which it searches for longer than a second, is unparsed."""
    follow_ups: str = ""
    """The field with the list of a dialogue's questions: all but the first are asked behind the model's own replies."""
    judge: Literal["", "pfmt"] = ""
    """Replies are rated by a judge (`evaluate.judge`), by the rule of pfmt-bench-fin-ja."""
    tolerance: float = Field(default=0.0, ge=0, lt=1)
    """How far a `number` may be off, as a share of the gold's value."""

    @field_validator("extract")
    @classmethod
    def _extract_is_a_pattern(cls, extract: str) -> str:
        try:
            re.compile(extract)
        except re.error as error:
            raise WrongValueError(
                f"this is no regular expression: {error}", f"正規表現ではありません: {error}"
            ) from error
        return extract


class Protocol(Section):
    """One published way of running the task."""

    drop_newline: bool = False
    """Drop one trailing newline of the parts named in `through_jinja`."""
    note: str = ""


class TaskSpec(Section):
    """A task file."""

    name: str = Field(pattern=r"^\w[\w.:-]*$", max_length=100)
    inherit: str | None = None
    """Name of a shipped task: what is not said here is taken from there (templates are merged version by version)."""
    title: str = ""
    title_ja: str = ""
    group: str = "finance"
    kind: Kind = "choice"
    license: str = "unknown"
    note: str = ""
    """What a reader of the score should know."""
    data: Data = Data()
    options: list[str] = Field(default_factory=list[str])
    """The same options for every item (labels); else each item brings its own."""
    gold_names: dict[str, str] = Field(default_factory=dict[str, str])
    """Translation of the names in the data to options."""
    option_names: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    """Other names of the options in a reply in words (`positive: [上昇]`); the usual Japanese ones are known."""
    other_golds: list[str] = Field(default_factory=list[str])
    """Gold names that are not among the options; such items can only be answered wrongly (chABSA's neutral)."""
    templates: dict[PlainName, Template] = Field(default_factory=dict[PlainName, Template])
    aliases: dict[str, str] = Field(default_factory=dict[str, str])
    """Template versions that this task does not have, and the one that stands in (as the public leaderboard does)."""
    demonstrations: Demonstrations = Demonstrations()
    generation: Generation = Generation()
    protocols: dict[str, Protocol] = Field(default_factory=dict[str, Protocol])
    hashed_as: str = ""
    """The shipped task whose rendering of the same items the published table of prompt hashes was made from, where that is
    not what is sent; `tekio tasks hash` prints its hash first."""
    metrics: list[str] = Field(default_factory=list[str])
    """Default: those that fit the kind. Those of installed packages (docs/plugins.md) have their own names."""
    headline: str = ""
    """The metric the verdict is about; default: the first one."""

    @field_validator("options")
    @classmethod
    def _options_differ(cls, options: list[str]) -> list[str]:
        if len(set(options)) < len(options):
            raise WrongValueError("two of the options are the same", "同じ選択肢が二つあります")
        return options
