"""`evaluate/`: scores, comparisons, forgetting, and where test items are in the training text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from tekio.artifacts.model import Artifact, Older, Part, read_artifact
from tekio.errors import Text
from tekio.model_stages import MODEL_STAGES

Unit = str
"""`share`: between 0 and 1. `bits per character`, `bits per byte`, `perplexity`: the fewer the better. `grades`: a mean
distance, the smaller the better. `rating`: a judge's, from 0 to 10. Another word: of a metric of an installed package."""
Kind = Literal["choice", "generation", "perplexity"]
Difference = Literal["improved", "worse", "cannot tell"]
"""What a test of a difference says. `cannot tell` is not "equal"."""
Equivalence = Literal["kept", "lost", "undecided"]
"""What a margin says: no more than it can have been lost, more than it was lost, neither is shown."""


def unit_of(metric: str) -> Unit:
    """The unit of a metric by its name."""
    units: dict[str, Unit] = {
        "bits_per_character": "bits per character",
        "bits_per_byte": "bits per byte",
        "mae": "grades",
        "judge_score": "rating",
        "judge_first_turn": "rating",
        "judge_second_turn": "rating",
    }
    return "perplexity" if metric.endswith("perplexity") else units.get(metric, "share")


def higher_is_better(metric: str) -> bool:
    """The direction of a metric by its name."""
    return unit_of(metric) in ("share", "rating")


def _margin_word(word: object) -> object:
    return "undecided" if word == "cannot tell" else word


class Metric(Part):
    """One metric of one model on one task."""

    value: float | None
    """null where it is no number (NaN)"""
    low: float | None
    """lower end of the interval; null: there is none (one item, no number)"""
    high: float | None
    n: int | None
    """items it rests on; documents for bits per character"""
    method: str | None
    """how the interval was made"""
    unit: Unit
    higher_is_better: bool


class Score(Part):
    """One model on one task."""

    metrics: dict[str, Metric]
    degenerate: str | None
    """why the score shows no ability (a constant answer, ties, classes without regard to the item, NaN)"""
    degenerate_ja: str | None
    not_finite: Annotated[int, Older(0)]
    """items that gave NaN or infinity: from one on the model has no score on the task"""
    unparsed: Annotated[int, Older(0)]
    """replies that could not be read"""
    thinking_tokens: Annotated[float | None, Older(None)]
    """mean tokens of reasoning per item; null: no reply reasoned"""
    truncated: Annotated[int, Older(0)]
    """items whose prompt was cut to fit the context"""
    lost_characters: Annotated[int, Older(0)]

    @property
    def why_degenerate(self) -> Text | None:
        """Why the score shows no ability, in both languages."""
        return Text(self.degenerate, self.degenerate_ja or self.degenerate) if self.degenerate else None


class Selection(Part):
    """What choosing the best template on the test set would give."""

    registered: str
    """the template fixed before the run"""
    best: str
    best_value: float | None
    mean: float | None
    range: float | None
    optimism: float | None
    """by how much that choice flatters, on average"""
    corrected: float | None
    """best_value less optimism"""
    k: int
    """templates tried"""


class Comparison(Part):
    """The paired difference `model` minus `reference` on the headline metric of one task."""

    model: str
    reference: str
    metric: str
    difference: float | None
    low: float | None
    high: float | None
    method: str | None
    """how the interval was made"""
    p: float | None
    p_adjusted: float | None
    """corrected by Holm for every comparison looked at"""
    test: str | None
    verdict: Difference
    n: Annotated[int, Older(0)]
    discordant: float | None
    """share of items that only one of the two has right"""
    error: float | None
    """standard error of the difference, where items are not just right or wrong"""
    minimum_detectable: float | None
    """the smallest true difference seen with power 0.8"""
    minimum_detectable_corrected: float | None
    """the same at Holm's strictest level"""
    wins: int | None
    losses: int | None
    ties: int | None
    not_comparable: str | None
    """why the two cannot be compared"""


class ThinkingScore(Part):
    """A model's headline metric on one task, asked to reason or not to."""

    metric: Metric
    unparsed: int
    """replies that could not be read; they count as wrong"""
    thinking_tokens: float | None
    """mean tokens of reasoning per item; null: no reply reasoned"""


class ThinkingPair(Part):
    """Reasoning on and off beside each other, on the same items."""

    headline: Literal["on", "off"]
    """which of the two the task's scores and verdicts rest on: fixed before the run"""
    on: ThinkingScore
    off: ThinkingScore
    comparison: Comparison
    """on minus off (`model` and `reference` name the model with the setting)"""


class SeenCounts(Part):
    """How many of a task's questions, of their answers and options, stand in a training text."""

    question_seen: Annotated[int, Older(0)]
    answer_seen: Annotated[int, Older(0)]
    option_seen: Annotated[int, Older(0)]


class CleanScore(Part):
    """A metric over all items and over those that were not seen."""

    all: float | None
    clean: float | None
    n_clean: int


class Thresholds(Part):
    """The rule by which items were looked for in a training text, which is that by which it was cleaned of them.

    The keys of `corpus.decontaminate` and `instruct.screen.contamination` in a recipe; lengths in letters and digits.
    """

    ngram: int
    shortest: int
    shortest_question: int
    containment: float
    whole: float
    longest: int
    long_text: int
    piece: int


class TaskContamination(SeenCounts):
    """The same of one task in all of the training text, by origin, and what the scores are without these items."""

    n: Annotated[int, Older(0)]
    checked: int
    """items long enough to be looked for"""
    origins: dict[str, SeenCounts]
    """`corpus`, `instruct`"""
    thresholds: Annotated[dict[str, Thresholds], Older({})]
    """by origin"""
    scores: dict[str, dict[str, CleanScore]]
    """label -> metric"""


class TaskResult(Part):
    """One task. `group` is the domain; `general` measures forgetting."""

    task: str
    group: str
    kind: Kind
    n: int
    of: int | None
    """items before the limit"""
    template: str | None
    protocol: str | None
    """the one applied"""
    shots: int | None
    demonstrations: str | None
    """where the examples of the prompt come from: `pool`, `test`"""
    prompt_hash: str | None
    """SHA-256 over all prompts"""
    license: str | None
    note: str | None
    headline: str
    """name of the metric the verdict is about"""
    unit: Unit
    """of the headline metric, so of `templates`, `selection` and `comparisons`"""
    higher_is_better: bool
    scores: dict[str, Score]
    """by model label"""
    baselines: dict[str, dict[str, float | None]]
    """`constant:<answer>` and `tied` -> metric -> value"""
    templates: dict[str, dict[str, float | None]]
    """template -> model label -> headline value"""
    selection: dict[str, Selection]
    """by model label, where more than one template was tried"""
    comparisons: list[Comparison]
    thinking: Annotated[dict[str, ThinkingPair], Older({})]
    """by model label, where models were asked with reasoning and without"""
    contamination: TaskContamination | None
    """where there is training text to look into"""

    @classmethod
    def upgraded(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Format 1 had no units; the metric's name told."""
        scores: dict[str, dict[str, Any]] = {}
        for label, score in given.get("scores", {}).items():
            metrics = {
                name: {"unit": unit_of(name), "higher_is_better": higher_is_better(name), **metric}
                for name, metric in score.get("metrics", {}).items()
            }
            scores[label] = {**score, "metrics": metrics}
        return {"unit": unit_of(str(given.get("headline"))), **given, "scores": scores}


class ModelFacts(Part):
    """What scoring knows of a model: of a folder on this machine, or of a server."""

    parameters: int | None
    dtype: str | None
    """number format it was scored in"""
    context_length: int | None
    bos: int | None
    """id of the start token"""
    shared_prefixes: bool | None
    """scored over shared prefixes, or row by row"""
    endpoint_model: str | None
    endpoint_rule: str | None
    """how a server's replies are read"""
    max_tokens: int | None
    """longest answer asked of a server"""
    thinking: Annotated[bool | None, Older(None)]
    """whether the model was asked to reason (true) or not to (false)"""
    chat_template_sha256: Annotated[str | None, Older(None)]
    """of its chat template; null for a server and for a model that has none, which is then asked in plain text"""
    choices: Annotated[str | None, Older(None)]
    """how it chose: `likelihood` of the options, or its `reply` was read"""
    likelihoods: Annotated[str | None, Older(None)]
    """how a server told likelihoods: `echo`, `prompt_logprobs`, `one by one`"""
    engine: Annotated[str | None, Older(None)]
    """what computed on this machine: `transformers`, `vllm` with its version; null for a server and where it was not written down"""


class EvaluatedModel(ModelFacts):
    """Which model a label stands for."""

    path: str | None
    """folder name, or the server's address"""
    sha256: str | None
    """of the stage's artifact or of the folder's files"""
    base_sha256: str | None
    """of the base below an adapter"""
    tokenizer_sha256: str | None


class GeneralLoss(Part):
    """How much one general task lost."""

    task: str
    loss: float | None
    low: float | None
    high: float | None
    p_adjusted: float | None
    """one-sided, corrected by Holm for every general task and model"""
    minimum_detectable: float | None
    """the smallest true loss that would have been called one four times of five"""
    unit: Annotated[Literal["points", "per cent"], Older("points")]
    """hundredths of a share, or per cent of the bits per character"""
    verdict: Equivalence

    @classmethod
    def upgraded(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Format 1 said "cannot tell" of a margin too."""
        return given | {"verdict": _margin_word(given.get("verdict"))}


class Forgetting(Part):
    """Whether general ability was kept within a margin."""

    margin: float | None
    declared: Annotated[bool, Older(True)]
    """whether the recipe names the margin"""
    tested: int | None
    """losses looked at: what Holm corrects for"""
    losses: dict[str, list[GeneralLoss]]
    """by model label"""
    verdict: dict[str, Equivalence]

    @classmethod
    def upgraded(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Format 1 said "cannot tell" of a margin too."""
        return given | {"verdict": {label: _margin_word(word) for label, word in given.get("verdict", {}).items()}}


class BoardRow(Part):
    """A line of the published board, in points; `own`: a model of this run."""

    place: int
    model: str
    own: bool
    template: str
    average: float
    low: float | None
    high: float | None
    ranks: list[int] | None
    """first and last place that the interval allows"""
    scores: dict[str, float]
    remarks: list[list[str]]
    """English and Japanese"""


class BoardTable(Part):
    """The part of a table that is shown."""

    of: int
    """lines of the whole table"""
    rows: list[BoardRow]


class PublishedBoard(Part):
    """The run's models among those of the public fin-harness board."""

    models: int
    files_rejected: Annotated[int, Older(0)]
    template: str
    protocol: str | None
    published_protocol: str
    same_protocol: bool
    """asked with the same prompts, to the byte"""
    refused: str | None
    """why our models cannot stand there"""
    lift: float | None
    """what choosing the best template adds on the board, mean over its models, in points"""
    public: BoardTable
    """by the board's own rule"""
    honest: BoardTable


class Results(Artifact):
    """All scores of a run, every difference with its test, and what general ability was lost."""

    protocol: str | None
    boundary: str | None
    """how prompt and answer are split into tokens"""
    bos: str | None
    dtype: str | None
    window: int | None
    """tokens of a window of the perplexity"""
    stride: int | None
    confidence: float
    reference: str
    """label that the others are compared with"""
    compared: int | None
    """comparisons looked at: what Holm corrects for"""
    models: dict[str, EvaluatedModel]
    tasks: list[TaskResult]
    forgetting: Forgetting | None
    published: PublishedBoard | None
    """where the recipe names a folder of published files"""


class SeenSpan(Part):
    """A part of a test item in a training text."""

    source: str
    document: str
    part: str
    """`question` or `option`"""
    coverage: float
    start: int
    end: int
    text: str


class SeenItem(Part):
    """A line of `contamination.jsonl`: a test item of which training text holds a part."""

    task: str
    item: str
    origin: str
    """`corpus` or `instruct`"""
    coverage: float
    question_seen: bool
    answer_seen: bool
    matches: list[SeenSpan]


class ScoredItem(Part):
    """A line of `items/<label>/<task>.<template>.jsonl` (a colon in the task's name becomes a hyphen).

    Null where it does not belong to the kind of task.
    """

    item: str
    prompt: str
    prompt_sha256: str
    choices: list[str] | None
    loglikelihoods: list[float | None] | None
    """of the choices, in nats; null: no number"""
    tokens: list[int] | int | None
    """tokens of each choice, or of a text"""
    prediction: int | str | None
    """position of the choice taken, or the answer read from a text; null: none could be read"""
    gold: int | list[str] | None
    gold_text: str | None
    correct: bool | None
    reply: str | None
    """of a server"""
    unparsed: Annotated[bool, Older(False)]
    """no answer could be found in the reply; counted in the results' `unparsed`"""
    reasoning: Annotated[str | None, Older(None)]
    """what a thinking model wrote before its answer"""
    thinking_tokens: Annotated[int | None, Older(None)]
    text: str | None
    """generated"""
    finish: str | None
    nats: float | None
    """of a text"""
    characters: int | None
    bytes: int | None
    ratings: Annotated[list[float] | None, Older(None)]
    """a judge's, of each reply of a dialogue; -1: it gave none"""
    judgments: Annotated[list[str] | None, Older(None)]
    """what the judge wrote"""
    truncated: Annotated[int, Older(0)]
    """tokens cut from the prompt"""
    lost_characters: Annotated[int, Older(0)]


def items_file(evaluate: Path, label: str, task: str, template: str) -> Path | None:
    """The file of one model's scored items of a task, below the stage's folder; None where it is missing or a name would lead
    out of the stage.
    """
    path = evaluate / "items" / label / f"{task.replace(':', '-')}.{template}.jsonl"
    inside = path.resolve().is_relative_to(evaluate.resolve())
    return path if inside and path.is_file() else None


def label_order(results: Results) -> list[str]:
    """Model labels with the reference first, then in the order they are made."""
    usual: list[str] = list(MODEL_STAGES)
    labels = set(results.models) | {label for task in results.tasks for label in task.scores}
    rank = {
        label: (label != results.reference, usual.index(label) if label in usual else len(usual), label)
        for label in labels
    }
    return sorted(labels, key=lambda label: rank[label])


def read_results(run: Path) -> Results:
    """The scores of a run: of a run folder, its `evaluate/` folder, or what `tekio evaluate --out` wrote.

    Raises `TekioError` where there is no `results.json`, or one that a newer Tekio wrote.
    """
    inside = run / "evaluate" / "results.json"
    return read_artifact(Results, inside if inside.is_file() else run / "results.json")
