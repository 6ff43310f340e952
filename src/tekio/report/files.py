"""What the report reads of the other stages' files (docs/formats.md), as typed values.

Every field has a default and unknown fields are ignored: a page for a reviewer must come out of any finished run, and
what is missing is said on the page instead.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tekio.errors import Text


class Read(BaseModel):
    """A part of another stage's file."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class FunnelSource(Read):
    """One row of a funnel: how many documents or records went in, stayed, were held out, were rejected and why."""

    name: str = ""
    kind: str | None = None
    domain: str | None = None
    license: str | None = None
    reader: str | None = None
    attribution: str | None = None
    files: int = 0
    files_rejected: int = 0
    rows_available: int | None = None
    rows_in: int = 0
    rows_train: int = 0
    rows_held_out: int = 0
    rows_validation: int = 0
    characters_in: int | None = None
    characters_train: int | None = None
    characters_held_out: int | None = None
    rejected: dict[str, int] = Field(default_factory=dict[str, int])
    personal_data: dict[str, int] = Field(default_factory=dict[str, int])
    licenses: dict[str, int] = Field(default_factory=dict[str, int])
    """Rows that train by license: of a source of documents, whose rows can bring their own, and in instruct's totals."""
    attributions: dict[str, str] = Field(default_factory=dict[str, str])
    """The source line of each license of a source of documents."""
    release: str | None = None
    """Under what the recipe lets instruction records leave the house (totals of the instruct stage)."""

    @property
    def rows_kept_aside(self) -> int:
        """Rows held out (documents) or kept for validation (records)."""
        return self.rows_held_out + self.rows_validation

    @property
    def rows_rejected(self) -> int:
        return sum(self.rejected.values())

    @property
    def balanced(self) -> bool:
        """Every row in is a row out or a rejected row."""
        return self.rows_in == self.rows_train + self.rows_kept_aside + self.rows_rejected


class HarvestedPage(Read):
    """How much of one page's text became question-answer pairs."""

    file: str = ""
    pairs: int = 0
    coverage: float | None = None
    remainder_characters: int | None = None


class Funnel(Read):
    """`corpus/funnel.json` or `instruct/funnel.json`."""

    sources: list[FunnelSource] = Field(default_factory=list[FunnelSource])
    totals: FunnelSource = FunnelSource()
    pages: list[HarvestedPage] = Field(default_factory=list[HarvestedPage])


class HeldOut(Read):
    """Loss on held-out text of one domain. `loss` in nats a token, `bits_per_character` over all characters."""

    loss: float | None = None
    bits_per_character: float | None = None
    tokens: int | None = None
    characters: int | None = None


class Measurement(Read):
    """One line of `metrics.jsonl`. `tokens`: trained on so far."""

    step: int = 0
    epoch: float | None = None
    tokens: int | None = None
    loss: float | None = None
    learning_rate: float | None = None
    gradient_norm: float | None = None
    held_out: dict[str, HeldOut] = Field(default_factory=dict[str, HeldOut])


class TokenCounts(Read):
    """Tokens read, trained on, masked (prompt), dropped."""

    in_: int | None = Field(default=None, alias="in")
    trained: int | None = None
    masked: int | None = None
    dropped: int | None = None
    seen: int | None = None


class Packing(Read):
    """Share of row positions filled, and the largest logit difference between packed and separate documents."""

    fill: float | None = None
    probe_error: float | None = None


class SourceTokens(Read):
    """What a training stage packed of one source, and how often an epoch takes it."""

    documents: int = 0
    characters: int = 0
    tokens: int = 0
    epochs: float = 1.0


class TrainingSummary(Read):
    """`summary.json` of base, pretrain and tune."""

    kind: str = ""
    method: str | None = None
    steps: int | None = None
    epochs: float | None = None
    rows: int | None = None
    tokens: TokenCounts = TokenCounts()
    parameters: int | None = None
    trainable_parameters: int | None = None
    packing: Packing = Packing()
    texts: int | None = None
    texts_cut: int | None = None
    texts_dropped: int | None = None
    sequence_length: int | None = None
    batch_rows: int | None = None
    optimizer: dict[str, Any] = Field(default_factory=dict[str, Any])
    threads: int | None = None
    precision: str | None = None
    sources: dict[str, SourceTokens] = Field(default_factory=dict[str, SourceTokens])
    held_out_before: dict[str, HeldOut] | None = None
    held_out_after: dict[str, HeldOut] | None = None
    template: str | None = None
    stopped: str | None = None


class SweepSetting(Read):
    """One setting of a sweep: losses by seed on the validation records, and how it was judged."""

    name: str = ""
    setting: dict[str, float | None] = Field(default_factory=dict[str, float | None])
    losses: dict[str, float | None] = Field(default_factory=dict[str, float | None])
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p_adjusted: float | None = None
    judgement: str = ""


class Sweep(Read):
    """`sweep/sweep.json`."""

    confidence: float = 0.95
    seeds: list[int] = Field(default_factory=list[int])
    settings: list[SweepSetting] = Field(default_factory=list[SweepSetting])


class Metric(Read):
    """A score with its interval. `n`: items (documents for bits per character)."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    method: str | None = None


class Score(Read):
    """One model on one task."""

    metrics: dict[str, Metric] = Field(default_factory=dict[str, Metric])
    degenerate: str | None = None
    degenerate_ja: str | None = None
    unparsed: int = 0
    not_finite: int = 0
    truncated: int = 0
    lost_characters: int = 0

    @property
    def why_degenerate(self) -> Text | None:
        """Why the score shows no ability, in both languages."""
        return Text(self.degenerate, self.degenerate_ja or self.degenerate) if self.degenerate else None


class Selection(Read):
    """What choosing the best template on the test set would give. optimism: by how much that choice flatters."""

    registered: str = ""
    best: str = ""
    best_value: float | None = None
    mean: float | None = None
    range: float | None = None
    optimism: float | None = None
    corrected: float | None = None
    k: int = 0


class Comparison(Read):
    """The paired difference `model` minus `reference` on one task."""

    model: str = ""
    reference: str = ""
    metric: str = ""
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    method: str | None = None
    p: float | None = None
    p_adjusted: float | None = None
    test: str | None = None
    verdict: str = "cannot tell"
    not_comparable: str | None = None
    minimum_detectable: float | None = None
    minimum_detectable_corrected: float | None = None
    wins: int | None = None
    losses: int | None = None
    ties: int | None = None


class Seen(Read):
    """How many of a task's questions, and of their answers, stand in one part of the training text."""

    question_seen: int = 0
    answer_seen: int = 0


class CleanScore(Read):
    """A metric over all items and over those that were not seen."""

    all: float | None = None
    clean: float | None = None
    n_clean: int = 0


class Contamination(Seen):
    """The same in all of it (`checked`: long enough to be looked for), by origin, and what the scores are without."""

    checked: int = 0
    origins: dict[str, Seen] = Field(default_factory=dict[str, Seen])
    scores: dict[str, dict[str, CleanScore]] = Field(default_factory=dict[str, dict[str, CleanScore]])


class Task(Read):
    """One task of `results.json`. `group` is the domain; `general` measures forgetting."""

    task: str = ""
    group: str = ""
    kind: str = ""
    protocol: str | None = None
    n: int = 0
    template: str | None = None
    shots: int | None = None
    prompt_hash: str | None = None
    license: str | None = None
    headline: str = ""
    higher_is_better: bool = True
    scores: dict[str, Score] = Field(default_factory=dict[str, Score])
    baselines: dict[str, dict[str, float | None]] = Field(default_factory=dict[str, dict[str, float | None]])
    templates: dict[str, dict[str, float | None]] = Field(default_factory=dict[str, dict[str, float | None]])
    comparisons: list[Comparison] = Field(default_factory=list[Comparison])
    selection: dict[str, Selection] = Field(default_factory=dict[str, Selection])
    note: str | None = None
    of: int | None = None
    demonstrations: str | None = None
    contamination: Contamination | None = None


class ModelIdentity(Read):
    """Which model a label stands for."""

    path: str | None = None
    sha256: str | None = None
    base_sha256: str | None = None
    parameters: int | None = None
    tokenizer_sha256: str | None = None
    endpoint_model: str | None = None
    endpoint_rule: str | None = None
    dtype: str | None = None
    context_length: int | None = None


class Loss(Read):
    """How much one general task lost, in points (or per cent of bits per character)."""

    task: str = ""
    loss: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = "points"
    p_adjusted: float | None = None
    minimum_detectable: float | None = None
    verdict: str = "undecided"


class BoardRow(Read):
    """A line of the published board, in points; `own`: a model of this run."""

    place: int = 0
    model: str = ""
    own: bool = False
    template: str = ""
    average: float = 0.0
    low: float | None = None
    high: float | None = None
    ranks: tuple[int, int] | None = None
    scores: dict[str, float] = Field(default_factory=dict[str, float])
    remarks: list[tuple[str, str]] = Field(default_factory=list[tuple[str, str]])


class BoardTable(Read):
    """The part of a table that is shown, and how many lines it has."""

    of: int = 0
    rows: list[BoardRow] = Field(default_factory=list[BoardRow])


class PublishedBoard(Read):
    """The run's models among those of the public fin-harness board."""

    models: int = 0
    template: str = ""
    protocol: str | None = None
    published_protocol: str = ""
    same_protocol: bool = False
    refused: str | None = None
    lift: float | None = None
    public: BoardTable = BoardTable()
    honest: BoardTable = BoardTable()


class Forgetting(Read):
    """Verdict on general tasks at a margin in points; `declared`: the recipe named it."""

    margin: float | None = None
    declared: bool = True
    losses: dict[str, list[Loss]] = Field(default_factory=dict[str, list[Loss]])
    verdict: dict[str, str] = Field(default_factory=dict[str, str])


class Results(Read):
    """`evaluate/results.json`."""

    protocol: str | None = None
    boundary: str | None = None
    bos: str | None = None
    dtype: str | None = None
    confidence: float = 0.95
    reference: str = "base"
    models: dict[str, ModelIdentity] = Field(default_factory=dict[str, ModelIdentity])
    tasks: list[Task] = Field(default_factory=list[Task])
    published: PublishedBoard | None = None
    forgetting: Forgetting | None = None


class Answer(Read):
    """One model's answer. `repetition`: share of character 5-grams that occurred before in the same answer."""

    text: str = ""
    tokens: int | None = None
    characters: int | None = None
    finish: str | None = None
    japanese_share: float | None = None
    repetition: float | None = None
    overlap: float | None = None


class AnsweredPrompt(Read):
    """One prompt with the answers of all models."""

    id: str = ""
    prompt: str = ""
    input: str | None = None
    reference: str | None = None
    topic: str | None = None
    answers: dict[str, Answer] = Field(default_factory=dict[str, Answer])


def label_order(results: Results) -> list[str]:
    """Model labels with the reference first, then in the order they are made."""
    usual = ["base", "pretrained", "tuned"]
    labels = set(results.models) | {label for task in results.tasks for label in task.scores}
    rank = {
        label: (label != results.reference, usual.index(label) if label in usual else len(usual), label)
        for label in labels
    }
    return sorted(labels, key=lambda label: rank[label])
