"""`base/`, `pretrain/`, `tune/`: what was trained on what, how, and the losses on the way."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from tekio.artifacts.model import OMITTED, Artifact, Part
from tekio.errors import Text

Stage = Literal["scratch", "pretrain", "tune", "prefer"]
Method = Literal["full", "lora"]


class PairFigures(Part):
    """Means over pairs of answers. A reward is `beta` times what the log-likelihood of an answer rose over the reference's."""

    pairs: int
    loss: float
    """of direct preference optimization, by pair; without any learning ln 2"""
    chosen: float
    """reward of the preferred answers"""
    rejected: float
    """reward of the others"""
    margin: float
    """`chosen` less `rejected`"""
    accuracy: float
    """share of pairs in which the preferred answer has the higher reward"""


VALIDATION = "validation"
"""What held-out records are called among the domains of held-out text."""


_STOPPED = (
    (
        r"forgetting budget: general text (\S+) bits per character, allowed (\S+)",
        "忘却の上限を超過: 一般文書 1 文字あたり {} ビット（上限 {}）",
    ),
    (
        r"held-out loss no longer falls: best at step (\d+)",
        "評価用に確保した文書の損失が下がらなくなったため（最良はステップ {}）",
    ),
)


def stopped_words(stopped: str) -> Text:
    """Why a training ended early (`stopped` of its summary, as `tekio.train.stopping` writes it), in words."""
    for pattern, ja in _STOPPED:
        if found := re.fullmatch(pattern, stopped):
            return Text(stopped, ja.format(*found.groups()))
    return Text(stopped, stopped)


def validation_of(source: str) -> str:
    """What the held-out records of one source are called there."""
    return f"{VALIDATION}:{source}"


class HeldOut(Part):
    """Loss on held-out text of one domain, which is never trained on; the lower the better."""

    loss: float
    """nats per target token"""
    bits_per_character: float
    """over all characters; comparable between tokenizers"""
    tokens: int
    characters: int
    pairs: Annotated[PairFigures | None, OMITTED]
    """of preference tuning; the rest is then of the preferred answers"""


class Measurement(Part):
    """A line of `metrics.jsonl`: one step."""

    step: int
    epoch: float
    tokens: int
    """supervised tokens so far"""
    loss: float | None
    """training loss, nats per token (by pair when learning preferences), mean of the step; null before the first step"""
    learning_rate: float
    gradient_norm: float | None
    held_out: Annotated[dict[str, HeldOut] | None, OMITTED]
    """by domain (`validation` when tuning), in steps where it was measured"""
    pairs: Annotated[PairFigures | None, OMITTED]
    """of the step's pairs, when learning preferences"""


class MachineSpeed(Part):
    """The first line of `timing.jsonl` (one more where a training was resumed)."""

    flops_per_token: float
    attention_flops_per_token_and_length: float
    peak_flops_per_second: float | None
    """of all devices together; null: not known"""
    peak_source: str


class StepSpeed(Part):
    """A line of `timing.jsonl`: one step. Clocks: `metrics.jsonl` holds none, so that repeats have the same bytes."""

    step: int
    seconds: float
    tokens_per_second: int
    flops_per_second: int
    utilisation: Annotated[float | None, OMITTED]
    """of the peak, where that is known"""


class TokenTotals(Part):
    """Where the tokens of one pass went: `in` = `trained` + `masked` + `dropped`."""

    in_: Annotated[int, Field(alias="in")]
    trained: int
    """targets of the loss"""
    masked: int
    """context only: prompts, first tokens"""
    dropped: int
    seen: int | None
    """supervised tokens over all passes; null: a run before it was counted"""


class PackedRows(Part):
    """How texts share rows."""

    enabled: bool | None
    fill: float
    """share of row positions filled"""
    probe_error: float | None
    """largest logit difference between packed and separate texts"""


class OptimizerFacts(Part):
    """The optimizer and its settings (null: a run before it was written)."""

    name: str
    learning_rate: float
    schedule: str
    warmup_steps: int | None
    final_learning_rate: float | None
    weight_decay: float | None
    beta1: float | None
    beta2: float | None
    clip_norm: float | None


class KeptWeights(Part):
    """Which weights were saved."""

    rule: str
    """`last` or `best`"""
    step: int


class SourceTokens(Part):
    """What a stage packed of one source, and how often an epoch takes it."""

    documents: int
    characters: int
    tokens: int
    epochs: float
    learned: Annotated[int | None, OMITTED]
    """tokens that its steps learned from, over all epochs"""
    annealed: Annotated[int | None, OMITTED]
    """of these, in the phase of annealing"""

    def passes(self, epochs: float) -> float:
        """How often a training of `epochs` epochs read it: `epochs` here are its passes in one epoch of the training."""
        return self.learned / self.tokens if self.learned is not None and self.tokens else self.epochs * epochs


class AnnealFacts(Part):
    """The last phase of a training, in which named text is mixed in."""

    begin: int
    """steps before it"""
    steps: int
    asked: float
    """share of the phase's learned tokens"""
    share: float
    """what it came to"""
    tokens: int
    """learned in the phase, of all sources"""
    sources: list[str]
    """mixed in"""
    texts: int
    """of them there are"""
    there: int
    """tokens they have; the phase takes all of them before any twice"""


class PreferenceFacts(Part):
    """How preferences were learned, and from how many pairs."""

    method: str
    beta: float
    label_smoothing: float
    pairs: int
    """trained on"""
    dropped: int
    """of which both answers together do not fit into a row"""


class OwnAnswers(Part):
    """Answers that the model gave to questions of records before it was tuned."""

    questions: int
    """asked"""
    kept: int
    """of the answers: they passed all checks"""
    rejected: dict[str, int]
    """the others by reason"""
    max_tokens: int
    file: str
    """the records that are trained with them"""
    sha256: str


class RewrittenAnswers(Part):
    """Answers of records that the model told again in its own words before it was tuned."""

    records: int
    """trained on, rewritten or not"""
    rewritten: int
    """in the model's own words: they passed every check, and say what the record says"""
    same: int
    """of these, word for word the record's own"""
    stayed: dict[str, int]
    """the others, trained as they were, by reason"""
    max_tokens: int
    server: Annotated[str | None, OMITTED]
    """the model server that was asked instead of the model itself, by the model's name there"""
    file: str
    """all records as they are trained; the others with `meta.extra.not_rewritten`"""
    sha256: str


class ReplayFacts(Part):
    """Records that were mixed in against forgetting."""

    asked: float
    """share of an epoch's learned tokens"""
    share: float
    """of all learned tokens: what it came to"""
    tokens: int
    """learned"""
    records: int
    sources: list[str]
    """of `instruct`; none: the questions are those of all records"""
    own: OwnAnswers | None
    """null: the answers are those that the records had"""


class TrainingSummary(Artifact):
    """What a training did. Null: a run before it was written."""

    kind: Stage
    method: Method
    steps: int
    epochs: float
    rows: int
    """packed rows of every text once; with shares and replay a pass reads more or fewer"""
    texts: int | None
    texts_dropped: int | None
    texts_cut: int | None
    tokens: TokenTotals
    characters: int | None
    """that the targets of the loss stand for"""
    packing: PackedRows
    attention: str | None
    """how packed texts are kept apart"""
    optimizer: OptimizerFacts
    batch_rows: int | None
    micro_batch_rows: int | None
    sequence_length: int | None
    threads: int
    precision: str
    strategy: str | None
    """as the recipe has it"""
    engine: str | None
    """what really ran"""
    compiled: bool | None
    kept: KeptWeights | None
    held_out_before: dict[str, HeldOut]
    """by domain (when tuning `validation`, and `validation:SOURCE` where asked)"""
    held_out_after: dict[str, HeldOut]
    template: str | None
    """prompt template, when tuning"""
    preference: Annotated[PreferenceFacts | None, OMITTED]
    anneal: Annotated[AnnealFacts | None, OMITTED]
    replay: Annotated[ReplayFacts | None, OMITTED]
    rewritten: Annotated[RewrittenAnswers | None, OMITTED]
    stopped: str
    """`done`, or why it ended earlier"""
    sources: Annotated[dict[str, SourceTokens] | None, OMITTED]
    """what is packed by source, of documents"""
    parameters: int
    trainable_parameters: int


class GivenModel(Artifact):
    """`base/model.json`: the model of the user's that stands for the base stage."""

    path: str
    """as written in the recipe"""
    sha256: str
    """of the folder"""


class ModelPlace(Artifact):
    """`base/place.json`: where that model lies on this machine."""

    folder: str
    """relative to the stage's folder"""


class AdapterBase(Artifact):
    """`tune/adapter/trained_on.json`: the base an adapter was trained on; it is put on no other."""

    kinds: list[str]
    """types of the base's numbers (safetensors' names)"""
    sha256: str
    """over name, type, shape, the first and the last 1,024 bytes of every tensor, in the order of names"""


class WeightMeasured(Part):
    """A model with the residual at one weight."""

    weight: float
    held_out: dict[str, HeldOut]
    """`validation`: the answers of the validation records; else by domain"""


class ResidualFacts(Artifact):
    """`residual/residual.json`: the weights that were tried, and the one that was kept."""

    weight: float
    """kept"""
    judge: Literal["records", "documents"] | None
    """what it was chosen by; null: there was only one"""
    judged: list[str]
    """names of the held-out text that counts: lowest mean loss per token"""
    tried: list[WeightMeasured]
    template: str
    """of the records"""
    dtype: str
    """stored"""
    instruct_sha256: str
    """of the instruction-tuned model's folder"""
    added_rows: int
    """of words that were added to the base: as after pre-training"""
    parameters: int
