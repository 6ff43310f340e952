"""The `corpus` section: sources, cleaning, duplicates, held-out split."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from tekio.errors import WrongValueError
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.installed import FilterName
from tekio.recipe.key_file import KeyFileSection
from tekio.recipe.paths import RecipePath
from tekio.recipe.readers import ReaderName
from tekio.recipe.section import PlainName, Section


class FilterConfig(Section):
    """Thresholds over measured statistics (docs/corpus.md lists them)."""

    preset: Literal["none", "finance", "swallow", "hojichar", "gopher-ja"] = "finance"
    """Named set of thresholds to start from."""
    limits: dict[str, tuple[float | None, float | None]] = Field(
        default_factory=dict[str, tuple[float | None, float | None]]
    )
    """Statistic -> [lowest, highest] allowed, over the preset; `null` leaves a side open."""
    installed: list[FilterName] = Field(default_factory=list[FilterName])
    """Filters of installed packages (docs/plugins.md), by the limits they bring; `limits` can set others."""
    words: list[RecipePath] = Field(default_factory=list[RecipePath])
    """Lists of unwanted words (UTF-8, one per line) for the statistics `listed_words` and `listed_word_share`."""

    @field_validator("limits")
    @classmethod
    def _lowest_first(
        cls, value: dict[str, tuple[float | None, float | None]]
    ) -> dict[str, tuple[float | None, float | None]]:
        for name, (lowest, highest) in value.items():
            if lowest is not None and highest is not None and lowest > highest:
                raise WrongValueError(
                    f"`{name}`: nothing is at least {lowest:g} and at most {highest:g}",
                    f"`{name}`: {lowest:g} 以上 {highest:g} 以下の値はありません",
                )
        return value


class SourceConfig(Section):
    """One body of documents: where the files are, how to read them, what may be done with them."""

    name: PlainName
    """Short name, used in tables and ids."""
    domain: PlainName = "finance"
    """What the text is about. `general` is the text whose loss measures forgetting."""
    path: RecipePath
    """A file, a folder or a glob, relative to the recipe."""
    reader: ReaderName = "auto"
    """How to read the files; `auto` decides by name and content. docs/sources.md lists the readers; those of installed
    packages (docs/plugins.md) have their own names."""
    license: str = "unknown"
    """License id from the policy table (docs/licenses.md), for example `PDL-1.0`, `CC-BY-4.0`, `internal`."""
    columns: dict[str, str] = Field(default_factory=dict[str, str])
    """For jsonl, csv and parquet: document field -> column (`text` may be several, joined with `+`)."""
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Options of the reader (docs/corpus.md lists them)."""
    group: str = "document"
    """What a held-out split must not cut: `document`, `file`, or the name of a column or meta field."""
    priority: int = 0
    """Of two duplicates the one from the source with the higher priority is kept."""
    epochs: float = Field(default=1.0, gt=0)
    """How often one epoch of training takes this source: 2 takes each packed row twice, 0.25 a quarter of the rows, the next
    quarter in the next epoch; all rows are used before any is used again."""
    weight: float | None = Field(default=None, gt=0)
    """Instead of `epochs`: sources with weights share the tokens they have together in proportion to them."""
    limit: int | None = Field(default=None, ge=1)
    """Read at most so many documents (a seeded sample over the whole source, not its beginning)."""
    filters: FilterConfig | None = None
    """Thresholds for this source; default: the corpus' `filters`, and none at all for domain `general`."""

    @model_validator(mode="after")
    def _epochs_or_weight(self) -> SourceConfig:
        if self.weight is not None and self.epochs != 1:
            raise WrongValueError(
                "give one of `epochs` and `weight`", "`epochs` と `weight` はどちらか一方だけ指定してください"
            )
        return self


class NormalizeConfig(Section):
    """Safe normalization; every transform applied is named in the row."""

    widths: bool = True
    """Full-width ASCII letters and digits to half width, half-width kana to full width."""
    join_lines: Literal["auto", "always", "never"] = "auto"
    """Rejoin hard-wrapped Japanese lines, over page numbers and running heads too, which are taken out."""
    mojibake: bool = True
    """Read lines again that were decoded with the wrong character table, where the right reading is sure."""
    contents_lists: Literal["drop", "keep"] = "drop"
    """Contents lists: lines of dots that lead to page numbers."""
    reference_marks: Literal["drop", "keep"] = "drop"
    """`[1]` behind words, counting up from 1, where the text has no list of them."""


class PersonalDataConfig(KeyFileSection):
    """What to do with personal data that is found."""

    mode: Literal["report", "mask", "drop"] = "mask"
    """Count only; replace by pseudonyms; reject the document."""
    people: Literal["off", "report", "mask", "drop"] = "report"
    """The same for names, dates of birth and addresses where a document lists people (officers, shareholders, covers);
    off: they are not looked for."""


class DuplicateConfig(Section):
    """Exact and near duplicates; every removed row names the row it duplicates."""

    exact: bool = True
    near: bool = True
    threshold: float = Field(default=0.8, gt=0, le=1)
    """Jaccard similarity of character 5-grams from which two documents count as the same."""
    figures: Literal["compare", "ignore"] = "compare"
    """Texts that differ in figures only (notices of rates, monthly reports) are no near duplicates; ignore: they are."""
    keep: Literal["newest", "oldest", "longest"] = "newest"
    """Which of two duplicates stays when their sources have the same priority (`as_of`, else `published`); a row without a date is last."""
    lines: Annotated[int, Field(ge=2)] | Literal["web"] | None = "web"
    """Boilerplate: take out lines and paragraphs that at least so many documents of their source have; web: 10 and one in a
    hundred, in sources of web pages only; null: none."""
    line_share: float = Field(default=0.0, ge=0, le=1)
    """And at least this share of the source's documents."""
    line_letters: int = Field(default=20, ge=5)
    """Letters a line must have; lines of numbers and rows of tables are never boilerplate."""
    keep_first: bool = True
    """The first document that has a line of boilerplate keeps it."""
    passages: int | None = Field(default=None, ge=100)
    """Take out passages of at least so many characters that an earlier document (by `keep`) has; null: none."""
    passages_within: Literal["group", "source"] = "group"
    """Where that document must be: in the same group (a company, with `group: edinet_code`) or the same source."""
    whole_sentences: bool = True
    """Of a passage take out whole sentences and lines only, so that no half sentence is left."""


class HeldOutConfig(Section):
    """Text kept for measuring, never trained on; whole groups, chosen by a stable hash."""

    share: float = Field(default=0.05, ge=0, lt=1)


class LicenseConfig(Section):
    """Which licenses may be trained on (docs/licenses.md)."""

    table: RecipePath | None = None
    """A policy table of one's own (YAML), over the shipped one."""
    strict: bool = False
    """Refuse sources whose license a person has to decide about (`ask`), unknown ones too."""


class CorpusConfig(Section):
    """Documents in, tables out."""

    sources: list[SourceConfig] = Field(min_length=1)
    normalize: NormalizeConfig = NormalizeConfig()
    filters: FilterConfig = FilterConfig()
    personal_data: PersonalDataConfig = PersonalDataConfig()
    duplicates: DuplicateConfig = DuplicateConfig()
    decontaminate: ContaminationConfig = ContaminationConfig()
    """Keep evaluation items out of the corpus."""
    held_out: HeldOutConfig = HeldOutConfig()
    licenses: LicenseConfig = LicenseConfig()
    shard_bytes: int = Field(default=128_000_000, ge=1000)
    """Input bytes per unit of work; memory is bounded by it."""
    max_document_seconds: int = Field(default=60, ge=0)
    """CPU seconds that reading or cleaning one document may take, and ten times that by the clock; then it is refused
    (`too_slow`). 0: no limit. Of a PDF the option `max_seconds` holds besides."""
    max_document_megabytes: int = Field(default=3072, ge=0)
    """Memory that the process that reads may take beyond what it begins with; what it was reading then is refused
    (`too_much_memory`). 0: no limit."""
    keep_units: bool = True
    """Keep the measured units beside the corpus (`corpus.units`), so that other thresholds do not read the sources
    again; they take about as much disk as the text."""
    max_rejected_files: float = Field(default=1.0, ge=0, le=1)
    """Share of input files that may be unreadable before the run ends with exit code 3."""
