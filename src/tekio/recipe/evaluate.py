"""The `evaluate` section: which tasks, under which protocol, how it is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from tekio.model_stages import MODEL_STAGES, ModelLabel
from tekio.recipe.exam import RetrieveConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section

ExamTemplate = Literal["options", "cloze", "chat-options"]


class TaskConfig(Section):
    """One task: a shipped task by name, or one's own YAML file."""

    task: str
    """Name of a shipped task (`tekio tasks list`) or path of a task file (relative to the recipe)."""
    data: RecipePath | None = None
    """Where the user's copy of the data is (file or folder in its published layout)."""
    group: str | None = None
    """`finance` and other domains, or `general` for the tasks that measure forgetting; default: as the task says."""
    template: str = "default"
    """The pre-registered template version, shown as the headline. `chat`: the default wording in the model's own chat
    template, demonstrations as turns (`chat-0.6`: the wording of version 0.6); a name of a prompt template
    (`alpaca-japanese`) wraps it in that one. A model without a chat template is asked in plain text, which results say."""
    other_templates: list[str] = Field(default_factory=list[str])
    """Further template versions, for the spread."""
    shots: int = Field(default=0, ge=0)
    limit: int | None = Field(default=None, ge=1)
    """Score a seeded sample of so many items (stated in the result)."""
    metrics: list[str] = Field(default_factory=list[str])
    """Further metrics beside those of the task (docs/tasks.md), of installed packages too (docs/plugins.md)."""
    demonstrations: Literal["pool", "test"] = "pool"
    """`test`: take demonstrations from the test items (never the item itself), as some published protocols do."""

    _base: Path = PrivateAttr(default_factory=Path.cwd)

    def model_post_init(self, context: Any, /) -> None:
        """Remember the recipe's folder: a task file is named relative to it."""
        if context and "base" in context:
            self._base = context["base"]

    @property
    def base(self) -> Path:
        """The folder a task file's name is relative to."""
        return self._base


class PerplexityConfig(Section):
    """Bits per character on the corpus' held-out text, for every domain."""

    held_out: bool = True
    window: int | None = Field(default=None, ge=16)
    """Tokens per window; default: the model's context length."""
    stride: int | None = Field(default=None, ge=1)
    """Tokens predicted by each window after the first; default: the window (as lm-eval). Less gives more context."""
    max_documents: int | None = Field(default=None, ge=1)
    """Score a seeded sample of so many documents a domain."""


class ThinkingConfig(Section):
    """Models that reason before they answer."""

    enable: bool | None = None
    """Given to the chat template as `enable_thinking` (on or off); default: as the model does by itself."""
    both: bool = False
    """Ask with reasoning and without it, and show both beside each other with a paired test. The headline is `enable` (on, where
    that is not set), fixed before the run."""
    max_tokens: int = Field(default=4096, ge=0, le=65536)
    """Tokens a reply may spend on reasoning beside those of the answer: a server's unless thinking is off, a model's on this
    machine where it is on. A reply that was cut off is unparsed."""
    opening: str | None = Field(default=None, min_length=1)
    closing: str | None = Field(default=None, min_length=1)
    """The marks around the reasoning; default: those of published models (`<think>`, `[THINK]`, Harmony's channels and others). What
    a server gives as `reasoning_content` is reasoning without marks."""

    @property
    def asked(self) -> bool | None:
        """What the headline is asked with: on (true), off (false), or as the model does by itself."""
        return True if self.both and self.enable is None else self.enable


class ChatConfig(Section):
    """How chat models are asked (template versions `chat` and those named like a prompt template)."""

    system: str | None = None
    """The system message; default: none, so that a chat template's own one stands."""
    template_arguments: dict[str, str | bool | int | float] = Field(default_factory=dict[str, str | bool | int | float])
    """Variables given to the model's chat template (`chat_template_kwargs`), beside `thinking.enable`."""


class AskExamConfig(Section):
    """How the run's exam (section `exam`) is asked."""

    template: ExamTemplate = "options"
    """`options`: the options stand in the question. `cloze`: they do not, and each is scored as the answer (small models).
    `chat-options`: as `options`, in the model's own chat template."""
    retrieve: RetrieveConfig | None = RetrieveConfig()
    """Ask the seen half with retrieved passages too; null: no."""
    oracle: bool = True
    """Ask with the right passage too: the ceiling of every search."""


class EvaluateConfig(Section):
    """Score models on tasks and compare them pairwise with the first."""

    models: list[ModelLabel] = Field(default_factory=lambda: list(MODEL_STAGES))
    """Models of this run to score; differences are taken against the first."""
    tasks: list[TaskConfig] = Field(default_factory=list[TaskConfig])
    perplexity: PerplexityConfig = PerplexityConfig()
    exam: AskExamConfig = AskExamConfig()
    protocol: Literal["fin-harness-2024", "fin-harness-2025"] = "fin-harness-2025"
    boundary: Literal["lossless", "lm-eval"] = "lossless"
    bos: Literal["tokenizer", "never", "always"] = "tokenizer"
    engine: Literal["transformers", "vllm"] = "transformers"
    """What computes models on this machine: transformers with Tekio's own scoring, or vLLM where it is installed."""
    dtype: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    device: str = "auto"
    """`cpu`, `cuda`, `cuda:1`, `mps`; `auto`: the GPU of this process, else the CPU."""
    batch_tokens: int = Field(default=4096, ge=64)
    """Tokens computed at once; halved as often as needed when memory is full."""
    endpoint_model: str = ""
    """Name of the model an OpenAI-compatible endpoint is asked for; default: the one it lists under `/v1/models`."""
    allow_hosts: list[str] = Field(default_factory=list[str])
    """Hosts of the own network whose model servers may be asked, beside this machine."""
    endpoint_parallel: int = Field(default=8, ge=1, le=256)
    """Requests to a server at the same time."""
    endpoint_choices: Literal["reply", "likelihood"] = "reply"
    """How a server chooses: by what it writes, or by the likelihoods of the options, where it gives those of a prompt
    (`/v1/completions` with `echo` and `logprobs`, or with `prompt_logprobs`) or of the next token (llama.cpp). Perplexity is then
    asked of servers too."""
    endpoint_start: str = ""
    """Text of the token a server's texts begin with (`<|endoftext|>`), for perplexity where the server puts none before them."""
    endpoint_rule: Literal["strict", "fin-harness"] = "strict"
    """How an endpoint's reply becomes a choice: `strict` reads one answer or none; `fin-harness` takes the choice
    found first anywhere in the reply, and the first choice if none is (its published rule)."""
    judge: str = ""
    """Address of the model that rates replies (`http://127.0.0.1:8000/v1#NAME`), for tasks that are judged (pfmt_bench_fin_ja)."""
    max_new_tokens: int | None = Field(default=None, ge=1, le=65536)
    """Tokens of an answer; default: as the task says, for choices of an endpoint 256 (as fin-harness)."""
    thinking: ThinkingConfig = ThinkingConfig()
    chat: ChatConfig = ChatConfig()
    choices: Literal["likelihood", "reply"] = "likelihood"
    """How a model on this machine chooses: the likeliest option, or what it writes (`reply`, read by `endpoint_rule`), as
    an endpoint is read and as models that reason need it."""
    contamination: bool = True
    """Look for the test items in the corpus' training text and in the run's instruction rows, and show scores with and
    without those that stand there."""
    published: RecipePath | None = None
    """Folder of the result files that japanese-lm-fin-harness publishes (`models/`): the report shows this run's models among
    them, by the public rule and honestly. The published protocol is `fin-harness-2024`."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    resamples: int = Field(default=2000, ge=100)
    """Bootstrap and permutation resamples."""
    forgetting_margin: float | None = Field(default=None, ge=0)
    """Largest tolerated loss on general tasks (in points of the metric); passing it ends the run with exit code 3."""
