"""The `instruct` section: question-answer pages and data sets in, instruction records out."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tekio.errors import WrongValueError
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.key_file import KeyFileSection
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import PlainName, Section


class HarvestConfig(Section):
    """Pages with questions and answers."""

    name: PlainName
    path: RecipePath
    license: str = "unknown"
    min_confidence: float = Field(default=0.5, ge=0, le=1)
    """Pairs less likely right than this are rejected (with that reason); how true it is: docs/instruct.md."""
    group: Literal["page", "topic", "pair"] = "page"
    """What the split must not cut: a page, a topic of a page, or only the pair itself."""
    readings: list[str] = Field(default_factory=list[str])
    """Only these readings of a page compete (docs/instruct.md lists them); empty: all."""
    optional: bool = False
    """Without a file at its path the source is left out (and shown so in the table of sources) instead of an error."""


class ExpandConfig(Section):
    """An existing data set turned into instructions by templates."""

    name: PlainName
    path: RecipePath
    template: str
    """Name of a shipped template file, or a path to one's own YAML (relative to the recipe)."""
    license: str = "unknown"
    """`unknown` takes the license the template names for its data set."""
    limit: int | None = Field(default=None, ge=1)
    """At most so many records, a seeded sample."""
    caps: dict[str, int] = Field(default_factory=dict[str, int])
    """Task of the template -> at most so many records of it, a seeded sample."""
    tasks: list[str] = Field(default_factory=list[str])
    """Only these tasks of the template; empty: all that the next two options allow."""
    inverse: bool = True
    """Also the inverse tasks (from the answer to the question)."""
    translation: bool = False
    """Also translation pairs. llm-japanese-dataset-vanilla leaves them out for Japanese base models."""
    phrasings: Literal["one", "all"] = "one"
    """`one`: each row gets one phrasing of a task, chosen by the seed; `all`: one record for each phrasing."""
    phrasing: Literal["any", "original"] = "any"
    """`original`: only the tasks and wordings of llm-japanese-dataset (arXiv 2305.12720), for its sources."""
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Values for the options the template declares."""
    optional: bool = False
    """Without a file at its path the source is left out (and shown so in the table of sources) instead of an error."""


class ImportConfig(Section):
    """Instruction data in a known format (Alpaca, ShareGPT, OpenAI messages, TRL, llm-japanese-dataset)."""

    name: PlainName
    path: RecipePath
    format: str = "auto"
    columns: dict[str, str] = Field(default_factory=dict[str, str])
    """Field (`question`, `answer`, `instruction`, `input`, `output`, `system`, `topic`) -> column of the file; `a+b` puts two
    columns one below the other."""
    license: str = "unknown"
    limit: int | None = Field(default=None, ge=1)
    optional: bool = False
    """Without a file at its path the source is left out (and shown so in the table of sources) instead of an error."""


class RecordPersonalDataConfig(KeyFileSection):
    """What to do with personal data in records."""

    mode: Literal["report", "mask", "drop"] = "drop"
    """E-mail, mobile numbers, My Number, cards, accounts, policies: count and flag; replace by pseudonyms; reject the record."""
    offices: Literal["report", "mask", "drop"] = "report"
    """The same for other telephone numbers and for postal codes, which are mostly offices'; `report` keeps and counts them."""


Mode = Literal["off", "flag", "rewrite", "drop"]


class EditorialConfig(Section):
    """What JaFIn's authors did by hand to each record, and what is out of date; for records of every origin.

    `flag` keeps the record and names the rule in `extra.flags` and for the reviewer; `drop` rejects it with the rule as the
    reason; `rewrite` names the organisation, or leaves the sentences out, and keeps the words before in `extra.rewritten`.
    """

    self_reference: Mode = "flag"
    """当庁, 弊社, 当サイト ...: words that mean somebody else wherever else they stand. `rewrite` needs `names`."""
    names: dict[str, str] = Field(default_factory=dict[str, str])
    """Origin (the source's name in this recipe) -> what the organisation is called: {faq: 国税庁}."""
    procedure: Mode = "flag"
    """Procedures, forms, counters, buttons. `rewrite` leaves out the sentences; a record of which nothing is left is rejected."""
    figure_reference: Mode = "flag"
    """References to figures, tables and attachments that are not there. `rewrite` as above."""
    changing_figure: Mode = "flag"
    """Rates, prices, fees and campaigns of a day: right when the page was written, and a model learns them for good."""
    superseded: Literal["off", "flag", "drop"] = "flag"
    """Rules and amounts that no longer hold (docs/instruct.md)."""

    @model_validator(mode="after")
    def _names_to_write(self) -> Self:
        if self.self_reference == "rewrite" and not self.names:
            raise WrongValueError(
                "`self_reference: rewrite` writes the organisation's name: give `names`, for example {faq: 国税庁}",
                "`self_reference: rewrite` は組織名に書き換えます。`names` を指定してください（例: {faq: 国税庁}）",
            )
        return self

    def modes(self) -> dict[str, Mode]:
        """Rule -> mode, in the order in which they are applied."""
        return {
            "superseded": self.superseded,
            "procedure": self.procedure,
            "figure_reference": self.figure_reference,
            "changing_figure": self.changing_figure,
            "self_reference": self.self_reference,
        }


class ScreenConfig(Section):
    """Checks on every record; a record that fails one is rejected with its reason."""

    min_instruction_characters: int = Field(default=1, ge=0)
    max_instruction_characters: int = Field(default=20_000, ge=1)
    """Length limit of instruction and input together."""
    min_answer_characters: int = Field(default=1, ge=0)
    max_answer_characters: int = Field(default=4000, ge=1)
    min_japanese_share: float = Field(default=0.0, ge=0, le=1)
    """Least share of Japanese characters in the whole record, white space and digits not counted (translation tasks are
    exempt)."""
    max_damage: float = Field(default=0.002, ge=0, le=1)
    """Largest share of characters that point to a wrong decoding."""
    near_duplicate_threshold: float = Field(default=0.9, gt=0, le=1)
    """Jaccard similarity of the character 5-grams of instruction and input from which two records are the same; 1: off."""
    conflicts: Literal["reject", "newest", "flag", "off"] = "newest"
    """Same question, different answers: keep the newest `as_of` (its record names in `replaces` those it stands for), reject
    all, flag all, or ignore. Without a date all are rejected, or flagged where they are of different pages; flagged, too,
    where they are of several sources, or of folders that no site's name joins. Of harvested pairs only those of one source,
    site, page title and section conflict."""
    max_answer_repeats: float = Field(default=0.9, gt=0, le=1)
    """Largest share of the answer that may be the question over again."""
    numbers: Literal["reject", "flag", "off"] = "flag"
    """What to do where units or Japanese and Western years contradict each other."""
    rules: EditorialConfig = EditorialConfig()
    special_tokens: list[str] = Field(default_factory=list[str])
    """Marks that no record may hold, beside those of templates that are always looked for and the special tokens of
    `base.model`, which are read from its tokenizer's files."""
    personal_data: RecordPersonalDataConfig = RecordPersonalDataConfig()
    licenses: list[str] = Field(default_factory=list[str])
    """Only records with these licenses are kept; empty: all."""
    contamination: ContaminationConfig = ContaminationConfig()
    """Keep evaluation items out of the instructions; the same keys as `corpus.decontaminate`."""
    off: list[str] = Field(default_factory=list[str])
    """Names of checks that are switched off (docs/instruct.md lists them)."""

    @model_validator(mode="after")
    def _room_for_records(self) -> ScreenConfig:
        for part in ("instruction", "answer"):
            least, most = getattr(self, f"min_{part}_characters"), getattr(self, f"max_{part}_characters")
            if least > most:
                raise WrongValueError(
                    f"`min_{part}_characters` {least} is above `max_{part}_characters` {most}",
                    f"`min_{part}_characters` {least} が `max_{part}_characters` {most} を超えています",
                )
        return self


class InstructConfig(Section):
    """Pages and data sets in, instruction records out."""

    harvest: list[HarvestConfig] = Field(default_factory=list[HarvestConfig])
    expand: list[ExpandConfig] = Field(default_factory=list[ExpandConfig])
    import_: list[ImportConfig] = Field(default_factory=list[ImportConfig], alias="import")
    translation: bool | None = None
    """For all of `expand`: with or without translation pairs, whatever the sources say."""
    phrasing: Literal["any", "original"] | None = None
    """For all of `expand`, whatever the sources say."""
    expected: Literal["", "stormy", "jafin"] = ""
    """The paper whose table of sources ours is shown beside. Sources are matched by how their names begin."""
    limit: int | None = Field(default=None, ge=1)
    """At most so many records in all: a seeded sample of those that every check left (JaFIn: 1,490)."""
    screen: ScreenConfig = ScreenConfig()
    release: str = "internal"
    """The license under which records, and a model tuned on them, may be released. `internal`: internal use only. A record
    whose license does not allow it stops the stage (exit code 4) or is left out, as `release_blocked` says."""
    release_derived: bool = False
    """You state that the records are derived data, which some terms (EDINET filings) ask for."""
    release_blocked: Literal["stop", "drop"] = "stop"
    """What happens to records whose license forbids the release: stop and name them, or reject them with that reason."""
    validation_share: float = Field(default=0.15, ge=0, lt=1)
    """Share of groups kept for validation (JaFIn: 85/15)."""
    split: Literal["stable", "exact"] = "stable"
    """`stable`: each group decides by its own hash, so added data moves nothing. `exact`: groups in hash order fill the
    training part up to floor((1 - share) x records), as near as whole groups allow."""

    @property
    def expanded(self) -> list[ExpandConfig]:
        """The sources of `expand` with what is said for all of them."""
        said = {"translation": self.translation, "phrasing": self.phrasing}
        update = {name: value for name, value in said.items() if value is not None}
        return [source.model_copy(update=update) for source in self.expand]
