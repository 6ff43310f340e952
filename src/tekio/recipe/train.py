"""The `base`, `pretrain` and `tune` sections."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from tekio.errors import WrongValueError
from tekio.recipe.model_server import ModelServerConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section


class OptimizerConfig(Section):
    """AdamW with a warm-up and a decay to `final_learning_rate`."""

    kind: Literal["adamw", "adamw8bit", "paged-adamw", "paged-adamw8bit"] = "adamw"
    """`adamw8bit`: the two moments in 8 bits; `paged-…`: in memory that moves to the CPU when the GPU is full. Both are
    bitsandbytes' (`pip install 'tekio[quantize]'`), not for sharded strategies."""
    state: Literal["fp32", "bf16"] = "fp32"
    """How `adamw` holds its two moments; `bf16`: half the bytes, rounded stochastically (docs/training.md)."""
    learning_rate: float = Field(default=3e-4, gt=0)
    schedule: Literal["linear", "cosine", "constant", "wsd"] = "linear"
    """`wsd`: warm-up, a stable rate, then a decay by 1 - sqrt over the last `decay_share` of the steps (arXiv 2405.18392)."""
    decay_share: float = Field(default=0.2, gt=0, le=1)
    """`wsd`: share of the steps over which the rate falls."""
    warmup_steps: int = Field(default=0, ge=0)
    """Steps over which the rate rises to `learning_rate`; the first step already learns (docs/training.md)."""
    final_learning_rate: float = Field(default=0.0, ge=0)
    weight_decay: float = Field(default=0.0, ge=0)
    beta1: float = Field(default=0.9, ge=0, lt=1)
    beta2: float = Field(default=0.95, ge=0, lt=1)
    """In `tune`, where nothing is written: 0.999, as its published recipes have it."""
    clip_norm: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _one_saving(self) -> OptimizerConfig:
        if self.state == "bf16" and self.kind != "adamw":
            raise WrongValueError(
                f"`state: bf16` is for `kind: adamw`; `{self.kind}` has a form of its own",
                f"`state: bf16` は `kind: adamw` 用です(`{self.kind}` には独自の形式があります)",
            )
        return self


class TrainingConfig(Section):
    """What pre-training and tuning share."""

    optimizer: OptimizerConfig = OptimizerConfig()
    sequence_length: int = Field(default=2048, ge=8)
    """Tokens per packed row."""
    batch_rows: int = Field(default=24, ge=1)
    """Packed rows per optimizer step, over all devices and accumulation steps."""
    micro_batch_rows: int = Field(default=0, ge=0)
    """Rows per forward pass and device; 0: as many as `batch_rows` allows."""
    epochs: float = Field(default=1.0, gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    """Stop after so many optimizer steps even if epochs remain."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """`auto`: bf16 autocast on a GPU, fp32 on a CPU."""
    gradient_checkpointing: bool = False
    """Keep one value a layer and compute the rest again in the backward pass."""
    checkpointed_layers: int = Field(default=0, ge=0)
    """With `gradient_checkpointing`: so many layers only, from the first on, where all would be more than memory asks; 0: all."""
    evaluate_every: int = Field(default=0, ge=0)
    """Steps between measurements on held-out text; 0: only at the beginning and the end."""
    held_out_characters: int = Field(default=300_000, ge=1)
    """Measure on at most so many characters of held-out text a domain (a seeded sample of whole documents)."""
    packing: bool = True
    """Several texts a row, kept apart. `false`: one text a row, for models in which packed texts would mix."""
    attention: Literal["auto", "varlen", "flash", "flex", "mask"] = "auto"
    """How packed texts are kept apart; `auto`: the fastest that passes the probe (docs/training.md)."""
    checkpoint_every: int = Field(default=0, ge=0)
    """Steps between checkpoints; 0: about every two minutes."""
    threads: int = Field(default=0, ge=0)
    """CPU threads; 0: one per core. Sums are taken in another order with another number, so it is part of the result."""
    strategy: Literal["auto", "single", "ddp", "fsdp2", "zero1", "zero2", "zero3"] = "auto"
    """How several devices share the work (under `torchrun`); `auto`: one device alone, several with FSDP2."""
    offload: bool = False
    """Weights, gradients and optimizer state wait in the CPU's memory (FSDP2's CPU offload; one process or several)."""
    compile: Literal["auto", "never", "always"] = "auto"
    """torch.compile; `auto`: on a GPU, and on a CPU for runs of many minutes where a C++ compiler is there."""
    early_stop: int = Field(default=0, ge=0)
    """Stop when the held-out loss has not fallen for so many measurements (`evaluate_every`); 0: never."""
    keep: Literal["last", "best"] = "last"
    """Which weights are kept: those of the last step, or those with the lowest held-out loss."""

    @model_validator(mode="after")
    def _saving_memory(self) -> TrainingConfig:
        if self.offload and self.strategy not in ("auto", "fsdp2"):
            raise WrongValueError(
                f"`offload` is FSDP2's; with `strategy: {self.strategy}` there is none",
                f"`offload` は FSDP2 の機能です(`strategy: {self.strategy}` では使えません)",
            )
        if self.checkpointed_layers and not self.gradient_checkpointing:
            raise WrongValueError(
                "`checkpointed_layers` counts the layers of `gradient_checkpointing`, which is not set",
                "`checkpointed_layers` は `gradient_checkpointing` の層数ですが、それが未指定です",
            )
        return self

    @model_validator(mode="after")
    def _something_to_stop_by(self) -> Self:
        if self.early_stop and not self.evaluate_every:
            raise WrongValueError(
                "`early_stop` stops by measurements during the training: give `evaluate_every` too",
                "`early_stop` は学習中の測定で停止を決めます。`evaluate_every` も指定してください",
            )
        return self


class ArchitectureConfig(Section):
    """A small Llama-type model made from scratch (`tie_embeddings` saves memory at small sizes)."""

    hidden_size: int = Field(default=256, ge=8)
    layers: int = Field(default=4, ge=1)
    heads: int = Field(default=4, ge=1)
    key_value_heads: int | None = Field(default=None, ge=1)
    intermediate_size: int | None = Field(default=None, ge=8)
    context_length: int = Field(default=512, ge=16, le=1_048_576)
    tie_embeddings: bool = True

    @model_validator(mode="after")
    def _heads_divide(self) -> ArchitectureConfig:
        if self.hidden_size % (2 * self.heads):
            raise WrongValueError(
                f"`hidden_size` {self.hidden_size} is no multiple of twice the {self.heads} `heads`",
                f"`hidden_size` {self.hidden_size} が `heads` {self.heads} の 2 倍で割り切れません",
            )
        if self.key_value_heads is not None and self.heads % self.key_value_heads:
            raise WrongValueError(
                f"{self.heads} `heads` are no multiple of {self.key_value_heads} `key_value_heads`",
                f"`heads` {self.heads} が `key_value_heads` {self.key_value_heads} で割り切れません",
            )
        return self


class TokenizerConfig(Section):
    """A tokenizer trained on the corpus: SentencePiece-like unigram or byte-level BPE, always with byte fallback."""

    kind: Literal["bpe", "unigram"] = "unigram"
    vocabulary: int = Field(default=8000, ge=300)
    max_characters: int = Field(default=2_000_000, ge=1000)
    """Train on at most so many characters of the text."""


class ScratchConfig(TrainingConfig):
    """Train tokenizer and model from nothing on part of the corpus."""

    architecture: ArchitectureConfig = ArchitectureConfig()
    tokenizer: TokenizerConfig = TokenizerConfig()
    domains: list[str] = Field(default_factory=lambda: ["general"], min_length=1)
    """Which domains of the corpus the base model is trained on."""
    tokenizer_domains: list[str] = Field(default_factory=list[str])
    """Which domains the tokenizer is trained on; empty: the same as `domains`."""


class BaseConfig(Section):
    """The base model: a folder in Hugging Face layout, or one made from scratch."""

    model: RecipePath | None = None
    """Folder with config.json, safetensors weights and tokenizer."""
    scratch: ScratchConfig | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> BaseConfig:
        if (self.model is None) == (self.scratch is None):
            raise WrongValueError(
                "give exactly one of `model` and `scratch`", "`model` と `scratch` のどちらか一方を指定してください"
            )
        return self


class LoraConfig(Section):
    """Low-rank adapters (papers A and C: r 4, alpha 16, dropout .05, targets `attention`)."""

    rank: int = Field(default=4, ge=1)
    alpha: float = Field(default=16, gt=0)
    dropout: float = Field(default=0.05, ge=0, lt=1)
    targets: Literal["all-linear", "attention"] | list[str] = "all-linear"
    """`all-linear`: every linear layer but the output layer; `attention`: the projections the papers adapt (query and value,
    or the architecture's joint one); or a list of module names."""
    variant: Literal["lora", "rslora", "dora", "pissa"] = "lora"
    plus_ratio: float = Field(default=1.0, ge=1)
    """LoRA+: the learning rate of the B matrices is so many times that of the A matrices."""
    train_tokens: Literal["none", "added"] = "none"
    """`added`: also train the embeddings (input and output) of the tokens that `tekio vocabulary --out` added."""

    @model_validator(mode="after")
    def _plain_start(self) -> LoraConfig:
        if self.variant == "pissa" and self.train_tokens != "none":
            raise WrongValueError(
                "`pissa` cannot train tokens: it is saved as a difference to its start; take another variant",
                "`pissa` は開始時との差で保存されるため、トークンを学習できません。別の方式を選んでください",
            )
        return self


class MethodConfig(TrainingConfig):
    """What is trained: all parameters, or an adapter beside a frozen base."""

    method: Literal["lora", "full"] = "lora"
    quantize: Literal["none", "nf4"] = "none"
    """`nf4`: QLoRA, the frozen base in 4 bits (`pip install 'tekio[quantize]'`; run on a CPU, not yet on a GPU)."""
    frozen: Literal["auto", "fp32", "bf16"] = "auto"
    """How the frozen base of an adapter is held; `auto`: as `precision` computes. The adapter itself is always fp32."""
    lora: LoraConfig = LoraConfig()


class ReplayConfig(Section):
    """General text mixed in against forgetting."""

    share: float = Field(default=0.0, ge=0, lt=1)
    """Share of training tokens taken from domain `general`."""


class AnnealConfig(Section):
    """What is mixed in while the rate of `schedule: wsd` falls: the best text there is, seen last (MiniCPM, arXiv 2404.06395)."""

    sources: list[str] = Field(default_factory=list[str])
    """Sources of the corpus by name; of `study`, where `pretrain.sources` has it, `study-…` as its documents are named."""
    domains: list[str] = Field(default_factory=list[str])
    """Domains of the corpus, also such as are trained nowhere else."""
    share: float = Field(default=0.5, gt=0, le=1)
    """Share of the tokens learned in the phase; the rest goes on with the usual mixture."""

    @model_validator(mode="after")
    def _something(self) -> AnnealConfig:
        if not self.sources and not self.domains:
            raise WrongValueError(
                "`anneal` mixes in named text: give `sources` or `domains`",
                "`anneal` で混ぜる文書を `sources` か `domains` で指定してください",
            )
        return self


Name = TypeVar("Name", bound=str)
DocumentsOf = Literal["corpus", "study"]
RecordsOf = Literal["instruct", "study"]


class PretrainConfig(MethodConfig):
    """Continual pre-training (paper B: all parameters, linear decay to 0 from 5e-7, 5 epochs, batch 24, length 2,048)."""

    method: Literal["lora", "full"] = "full"
    """With `lora` the adapter is kept beside a model it has been merged into, which the later stages take."""
    domains: list[str] = Field(default_factory=lambda: ["finance"], min_length=1)
    sources: dict[DocumentsOf, float] = Field(default_factory=lambda: dict[DocumentsOf, float]({"corpus": 1.0}))
    """Stages whose documents are trained, with their shares of the learned tokens (replay not counted): `{corpus: 0.5, study: 0.5}`
    for the texts as they are and told again. The largest share is gone through once an epoch, the other as often as its share asks."""
    document_share: float = Field(default=1.0, gt=0, le=1)
    """Train on this share of the corpus' documents of `domains` only. They are chosen by a hash of the text, so a larger share holds the
    smaller: what a smaller corpus would have given, at any number of steps. Not of replay, annealing or `study`."""
    replay: ReplayConfig = ReplayConfig()
    anneal: AnnealConfig | None = None
    """Other text in the last phase, `optimizer.decay_share` of the steps; their number stays as it is. Needs `schedule: wsd`."""
    forgetting_budget: float | None = Field(default=None, ge=0)
    """Stop (exit 3) when general bits per character rise by more than this over the base model."""

    @model_validator(mode="after")
    def _a_phase_to_anneal_in(self) -> PretrainConfig:
        if self.anneal is not None and self.optimizer.schedule != "wsd":
            raise WrongValueError(
                f"`anneal` is for the last phase of `optimizer.schedule: wsd`; `{self.optimizer.schedule}` has none",
                f"`anneal` は `optimizer.schedule: wsd` の最後の段階用です(`{self.optimizer.schedule}` にはありません)",
            )
        return self

    @field_validator("sources")
    @classmethod
    def _shares_of_sources(cls, value: dict[DocumentsOf, float]) -> dict[DocumentsOf, float]:
        return whole(value)


class TuneReplayConfig(Section):
    """Replay beside the records against forgetting (in tuning too: Kotha & Liang, arXiv 2603.04964)."""

    share: float = Field(default=0.1, gt=0, lt=1)
    """Share of the learned tokens of an epoch, which still takes every other record once."""
    sources: list[str] = Field(default_factory=list[str])
    """Sources of `instruct` (general instruction data) whose records are replay and nothing else; empty: the questions of all
    records."""
    answers: Literal["own", "given"] = "own"
    """`own`: the model answers the questions itself, greedily, before it is tuned, and learns those of its answers that pass all
    checks; `given`: the answers that the records of `sources` have."""
    max_questions: int | None = Field(default=1000, ge=1)
    """`own`: at most so many questions, chosen by a hash; each costs an answer of the untuned model."""
    max_tokens: int = Field(default=512, ge=1, le=65536)
    """`own`: tokens of an answer; one that has not ended by then is not used."""

    @model_validator(mode="after")
    def _something_to_replay(self) -> TuneReplayConfig:
        if self.answers == "given" and not self.sources:
            raise WrongValueError(
                "`answers: given` replays records of their own: name them in `sources`, or take `answers: own`",
                "`answers: given` は別の指示データを混ぜます。`sources` で指定するか `answers: own` にしてください",
            )
        return self


class RewriteConfig(Section):
    """Answers of the records told again by the model before it is tuned (self-distillation, SDFT: arXiv 2402.13669)."""

    max_tokens: int = Field(default=512, ge=1, le=65536)
    """Of a rewritten answer; where one has not ended by then the record's own stays."""
    shortest: int = Field(default=20, ge=0)
    """Answers of fewer characters stay as they are: of a label, a number or a name the form is what is learned."""
    endpoint: ModelServerConfig | None = None
    """A model server that is asked instead, best with this same model behind it (vLLM is faster, and a model that does not fit beside its
    training can stand elsewhere). Default: the model itself is loaded and asked."""


TUNE_BETA2 = 0.999


def whole(value: dict[Name, float]) -> dict[Name, float]:
    """Shares that make one together. Raises `WrongValueError`."""
    if not value or any(share <= 0 for share in value.values()) or abs(sum(value.values()) - 1) > 1e-9:
        raise WrongValueError(
            "each share is above 0, and together they are 1", "割合はそれぞれ 0 より大きく、合計は 1 です"
        )
    return value


class TuneConfig(MethodConfig):
    """Instruction tuning."""

    optimizer: OptimizerConfig = OptimizerConfig(beta2=TUNE_BETA2)
    template: str = "alpaca-japanese"
    """Prompt template by name (docs/templates.md), or `chat` for the model's own chat template."""
    loss_on: Literal["response", "all"] = "response"
    truncated: Literal["drop", "cut"] = "drop"
    """A record longer than `sequence_length`: drop it (counted), or cut it without an EOS."""
    records: dict[RecordsOf, float] = Field(default_factory=dict[RecordsOf, float])
    """Stages whose records are trained, with their shares of the records' learned tokens: `{instruct: 0.7, study: 0.3}`. Empty:
    those of `instruct`, or of `study` where the recipe has no `instruct`."""
    documents: dict[str, float] = Field(default_factory=dict[str, float])
    """Documents trained beside the records, as share of the learned tokens by domain of the corpus: `general` against
    forgetting, the domain's own for joint training."""
    replay: TuneReplayConfig | None = None
    """Records mixed in against forgetting: general ones, or questions with the model's own answers from before the tuning."""
    rewrite: RewriteConfig | None = None
    """Train on the model's own wording of each answer where that says what the record says; the others stay as they are, counted."""
    sources: list[str] = Field(default_factory=list[str])
    """Train on the records of these sources only; empty: all. Replay (`replay.sources`) is chosen by itself."""
    validation_by_source: bool = False
    """Measure the validation records of each source by themselves too, those of sources that are not trained as well: what one kind
    of record does to another."""
    max_dropped: float = Field(default=0.05, ge=0, le=1)
    """Refuse to train when a larger share of the records, or of their tokens, would be left out for length."""
    max_records: int | None = Field(default=None, ge=1)
    """Train on so many records only. They are chosen by a hash of the record, so a larger number holds the smaller."""

    @field_validator("documents")
    @classmethod
    def _shares(cls, value: dict[str, float]) -> dict[str, float]:
        if any(share <= 0 for share in value.values()) or sum(value.values()) >= 1:
            raise WrongValueError(
                "each share is above 0, and together they are below 1", "割合はそれぞれ 0 より大きく、合計は 1 未満です"
            )
        return value

    @model_validator(mode="after")
    def _room_for_records(self) -> Self:
        if self.replay is not None and self.replay.share + sum(self.documents.values()) >= 1:
            raise WrongValueError(
                "the shares of `replay` and `documents` together are below 1",
                "`replay` と `documents` の割合は合計 1 未満です",
            )
        return self

    @model_validator(mode="after")
    def _trained_or_replayed(self) -> Self:
        both = sorted(set(self.sources) & set(self.replay.sources if self.replay is not None else []))
        if both:
            raise WrongValueError(
                f"{', '.join(both)} is in `sources` and in `replay.sources`; a source is trained or replayed",
                f"{', '.join(both)} が `sources` と `replay.sources` の両方にあります。どちらか一方に指定してください",
            )
        return self

    @field_validator("records")
    @classmethod
    def _shares_of_records(cls, value: dict[RecordsOf, float]) -> dict[RecordsOf, float]:
        return whole(value) if value else value

    @field_validator("optimizer")
    @classmethod
    def _tuning_s_second_moment(cls, value: OptimizerConfig) -> OptimizerConfig:
        return value if "beta2" in value.model_fields_set else value.model_copy(update={"beta2": TUNE_BETA2})


class SweepConfig(Section):
    """A grid of tuning runs: every combination of the lists, with every seed; an empty list holds `tune`'s own value.

    Judged by the loss on the validation records. A setting is called the best only when all others are worse (t-tests
    paired by seed, Holm); the rest of the recipe goes on with `tune` as it is written.
    """

    rank: list[Annotated[int, Field(ge=1)]] = Field(default_factory=list[int])
    alpha: list[Annotated[float, Field(gt=0)]] = Field(default_factory=list[float])
    learning_rate: list[Annotated[float, Field(gt=0)]] = Field(default_factory=list[float])
    sequence_length: list[Annotated[int, Field(ge=8)]] = Field(default_factory=list[int])
    records: list[Annotated[int, Field(ge=1)]] = Field(default_factory=list[int])
    """Numbers of training records (`tune.max_records`)."""
    seeds: list[Annotated[int, Field(ge=0, lt=2**32)]] = Field(default=[17, 18, 19], min_length=1)
    """With one seed nothing can be said about noise, and nothing is called the best."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)

    @field_validator("rank", "alpha", "learning_rate", "sequence_length", "records", "seeds")
    @classmethod
    def _each_once(cls, value: list[float]) -> list[float]:
        if len(set(value)) < len(value):
            raise WrongValueError("each value once", "同じ値は一度だけ指定してください")
        return value
