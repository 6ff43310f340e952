"""What a training stage needs before it starts: memory, arithmetic, time; and whether data and template fit.

Weights, gradients and optimizer state follow from the shapes and are exact. Activations are fitted to what processes
took on a CPU (`benchmarks/train_memory.py`; within 10 % there): about 13 hidden and 4 intermediate values a token and
layer of a Llama-type model, 3.3 values an input of an adapted layer, and one layer more for what a backward pass holds on
the way. Time is arithmetic divided by a rate that is a guess for the machine, and says so.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch and transformers have no complete type information)

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from tekio.errors import Message, TekioError, Text
from tekio.model.causal import require_causal_kind
from tekio.model.load import check_weight_files, choose_device
from tekio.model.templates import CHAT, chat_template, render_prompt
from tekio.progress import clock, size_words
from tekio.recipe import Recipe
from tekio.recipe.train import ArchitectureConfig, MethodConfig, OptimizerConfig, TrainingConfig
from tekio.records import InstructionRecord
from tekio.train.adapter import choose_targets
from tekio.train.examples import encode_record
from tekio.train.fused_loss import CPU_LOGITS
from tekio.train.loop import choose_precision, micro_batch
from tekio.train.loss import CHUNK_LOGITS

Level = Literal["ok", "warning", "failure"]
ACTIVATION_HIDDEN, ACTIVATION_INTERMEDIATE, ACTIVATION_ADAPTER = 13, 4, 3.3
FOUR_BITS = 0.5 + 1 / 64 + 4 / (64 * 256)
"""Bytes a weight in NF4: 4 bits, a scale of 8 bits for 64 weights, a scale of 32 bits for 256 of those (arXiv 2305.14314)."""
EIGHT_BITS = 1 + 4 / 256
"""Bytes a moment in 8 bits: a scale of 32 bits for 256 values (arXiv 2110.02861)."""
RECOMPUTED_LAYERS = 5
"""Layers' worth of activations held at once while one is computed again (gradient checkpointing)."""
CPU_FLOPS_A_CORE = 60e9
GPU_FLOPS = 200e12
MEMORY_MARGIN = 1.1
"""How far off the estimate may be: `tekio doctor` warns from here on; a run is refused only without the margin."""
CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Shape:
    """The sizes of a model that memory and arithmetic depend on.

    adapted: inputs of all adapted layers together, in values a token; 0 without an adapter. linear: weights of the linear layers
    but the output layer (those that QLoRA holds in 4 bits). widest: weights of the largest of them. embedded: weights of the
    input embedding.
    """

    parameters: int
    trainable: int
    hidden: int
    intermediate: int
    layers: int
    vocabulary: int
    adapted: int = 0
    linear: int = 0
    widest: int = 0
    embedded: int = 0


@dataclass(frozen=True)
class Need:
    """Bytes of one process: what a step holds at its peak, part by part.

    copies: of fp32 weights in bf16, which autocast keeps for the backward pass.
    """

    weights: int
    copies: int
    gradients: int
    optimizer: int
    activations: int
    logits: int

    @property
    def total(self) -> int:
        return sum(vars(self).values())


@dataclass(frozen=True)
class Estimate:
    """One finding for `tekio doctor`."""

    level: Level
    subject: Message
    text: Message


def model_shape(folder: Path, adapted: MethodConfig | None = None) -> Shape:
    """The shape of the model in `folder`, from its configuration alone."""
    check_weight_files(folder)
    return shape_of(model_without_weights(folder), adapted)


def model_without_weights(folder: Path) -> Any:
    """The model that `config.json` in `folder` describes, built without memory. Raises `TekioError` if it cannot be used."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        require_causal_kind(config, folder)
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise TekioError(
            Text("The model's configuration cannot be used.", "モデルの設定を読めません。"),
            where=folder,
            why=str(error).splitlines()[0],
        ) from error


def scratch_shape(config: ArchitectureConfig, vocabulary: int) -> Shape:
    """The shape of a model from scratch."""
    hidden = config.hidden_size
    middle = config.intermediate_size or -(-hidden * 8 // 3 // 16) * 16
    narrow = hidden * (config.key_value_heads or config.heads) // config.heads
    linear = 2 * hidden * hidden + 2 * hidden * narrow + 3 * hidden * middle
    total = config.layers * (linear + 2 * hidden) + hidden + vocabulary * hidden * (1 if config.tie_embeddings else 2)
    return Shape(
        total,
        total,
        hidden,
        middle,
        config.layers,
        vocabulary,
        linear=config.layers * linear,
        widest=hidden * max(middle, hidden),
        embedded=vocabulary * hidden,
    )


def shape_trained(recipe: Recipe, config: MethodConfig, shape: Shape) -> Shape:
    """`shape` of the recipe's base with what a stage trains of it; of a base from scratch, about (its names are Llama's)."""
    if config.method == "full":
        return shape
    if recipe.base is not None and recipe.base.model is not None:
        return model_shape(recipe.base.model.path, config)
    inputs, outputs = 6 * shape.hidden + shape.intermediate, 5 * shape.hidden + 2 * shape.intermediate
    trainable = config.lora.rank * (inputs + outputs) * shape.layers
    return replace(shape, trainable=trainable, adapted=inputs * shape.layers)


def shape_of(model: Any, adapted: MethodConfig | None = None) -> Shape:
    """The shape of a model, with the trainable parameters a LoRA configuration would add."""
    import torch

    text = model.config.get_text_config()
    total = sum(item.numel() for item in model.parameters())
    trainable, inputs = total, 0
    if adapted is not None and adapted.method == "lora":
        targets = set(choose_targets(model, adapted.lora.targets))
        shapes = [
            tuple(module.weight.shape[::-1] if isinstance(module, torch.nn.Linear) else module.weight.shape)
            for name, module in model.named_modules()
            if name.rsplit(".", 1)[-1] in targets and hasattr(module, "weight")
        ]
        trainable, inputs = adapted.lora.rank * sum(map(sum, shapes)), sum(shape[0] for shape in shapes)
    hidden = int(text.hidden_size)
    middle = int(getattr(text, "intermediate_size", None) or 4 * hidden)
    head = model.get_output_embeddings()
    linear = [
        module.weight.numel()
        for module in model.modules()
        if isinstance(module, torch.nn.Linear) and module is not head
    ]
    return Shape(
        total,
        trainable,
        hidden,
        middle,
        int(text.num_hidden_layers),
        int(text.vocab_size),
        inputs,
        linear=sum(linear),
        widest=max(linear, default=0),
        embedded=model.get_input_embeddings().weight.numel(),
    )


def frozen_type(config: MethodConfig, device: str) -> str:
    """How the frozen base of an adapter is held: `fp32` or `bf16`."""
    return choose_precision(config.precision, device) if config.frozen == "auto" else config.frozen


def memory_need(shape: Shape, config: TrainingConfig, *, device: str = "cpu", devices: int = 1) -> Need:
    """Peak bytes of a training step on each device. Sharded strategies divide what they shard by `devices`."""
    tokens = micro_batch(config, device) * config.sequence_length
    bf16 = choose_precision(config.precision, device) == "bf16"
    adapter = shape.trainable < shape.parameters
    limit = CHUNK_LOGITS if device != "cpu" else max(64 * shape.vocabulary, CPU_LOGITS)
    logits = min(tokens * shape.vocabulary, limit)
    of_head = 0 if adapter else shape.vocabulary * shape.hidden
    sharded = {"fsdp2": "wgo", "zero3": "wgo", "zero2": "go", "zero1": "o"}.get(_strategy(config, devices), "")
    weights, copies = _weights(shape, config, device, bf16=bf16)
    gradients, moments = 4 * shape.trainable, _moments(shape, config.optimizer, adapter=adapter)
    if config.offload and device != "cpu":
        # Probed whole on the device before it is taken apart; afterwards it is there a block at a time.
        copies, gradients, moments = 0, 0, 0
    return Need(
        weights // (devices if "w" in sharded else 1),
        copies // (devices if "w" in sharded else 1),
        gradients // (devices if "g" in sharded else 1),
        moments // (devices if "o" in sharded else 1),
        tokens * _activations(shape, config, device, bf16=bf16),
        3 * 4 * logits + 4 * of_head,
    )


def _strategy(config: TrainingConfig, devices: int) -> str:
    return "fsdp2" if config.strategy == "auto" and (devices > 1 or config.offload) else config.strategy


def _weights(shape: Shape, config: TrainingConfig, device: str, *, bf16: bool) -> tuple[int, int]:
    """Bytes of the weights, an adapter's among them, and of their copies in bf16 that autocast keeps."""
    if not isinstance(config, MethodConfig) or shape.trainable >= shape.parameters:
        return 4 * shape.parameters, 2 * shape.parameters * bf16
    adapter = 4 * shape.trainable, 2 * shape.trainable * bf16
    if config.quantize != "none":
        # PEFT holds what is not in 4 bits in fp32; the largest layer is unpacked for its product.
        rest = shape.parameters - shape.linear
        return int(FOUR_BITS * shape.linear) + 4 * rest + adapter[0], 2 * shape.widest + adapter[1]
    if frozen_type(config, device) == "bf16":
        return 2 * shape.parameters + adapter[0], adapter[1]
    return 4 * shape.parameters + adapter[0], 2 * shape.parameters * bf16 + adapter[1]


def _moments(shape: Shape, config: OptimizerConfig, *, adapter: bool) -> int:
    """Bytes of AdamW's two moments."""
    if config.kind.endswith("8bit"):
        in_full = 0 if adapter else shape.embedded
        return int(2 * EIGHT_BITS * (shape.trainable - in_full)) + 8 * in_full
    return (4 if config.state == "bf16" else 8) * shape.trainable


def _activations(shape: Shape, config: TrainingConfig, device: str, *, bf16: bool) -> int:
    """Bytes a token that the forward pass keeps for the backward pass."""
    # Norms, positions and residuals stay in fp32 under autocast; the wide products of the feed-forward part do not.
    kept = 4 * ACTIVATION_HIDDEN * shape.hidden
    kept += (2 if bf16 else 4) * ACTIVATION_INTERMEDIATE * shape.intermediate
    kept += int((2 if bf16 else 4) * ACTIVATION_ADAPTER * shape.adapted / shape.layers)  # dropped-out inputs and masks
    if isinstance(config, MethodConfig) and config.quantize != "none" and device == "cpu":
        kept += (
            4 * shape.adapted // shape.layers
        )  # PEFT turns inputs of 4-bit layers into fp32: autocast of a CPU is unknown to it
    if not config.gradient_checkpointing:
        return (shape.layers + 1) * kept
    again = min(config.checkpointed_layers or shape.layers, shape.layers)
    # The layers that keep everything are the last; they are done with before the first is computed again.
    return again * 4 * shape.hidden + max(RECOMPUTED_LAYERS, shape.layers - again + 3) * kept


def available_memory(device: str) -> int:
    """Free bytes of the device; of a CPU: of the machine, of the control group (container) and within the process'
    limits, whichever is least. 0 if it cannot be known.
    """
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    found = [*_free_of_machine(), *_free_of_group(CGROUP), *_free_of_process()]
    return max(0, min(found, default=0))


def _free_of_machine() -> Iterator[int]:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                yield int(line.split()[1]) * 1024
    except OSError:
        pass


def _free_of_group(root: Path) -> Iterator[int]:
    """Limit less use, of control groups version 2 and 1. Page cache counts as used there, but the kernel gives it back."""
    for folder, limit, used in (
        (root, "memory.max", "memory.current"),
        (root / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        try:
            most, now = (folder / limit).read_text().strip(), int((folder / used).read_text())
            values = [line.split() for line in (folder / "memory.stat").read_text().splitlines()]
        except (OSError, ValueError):
            continue
        cache = next((int(line[1]) for line in values if line[0] in ("inactive_file", "total_inactive_file")), 0)
        if most.isdigit() and int(most) < 1 << 60:  # version 1 writes a huge number for "no limit"
            yield int(most) - now + cache


def _free_of_process() -> Iterator[int]:
    """What `ulimit -v` and `ulimit -d` leave."""
    try:
        import resource

        size, *_, data, _ = (int(word) for word in Path("/proc/self/statm").read_text().split())
    except (ImportError, OSError, ValueError):
        return
    page = os.sysconf("SC_PAGE_SIZE")
    for kind, used in ((resource.RLIMIT_AS, size), (resource.RLIMIT_DATA, data)):
        most = resource.getrlimit(kind)[0]
        if most != resource.RLIM_INFINITY:
            yield most - used * page


def step_flops(shape: Shape, tokens: int, *, lora: bool = False) -> float:
    """Floating-point operations of forward and backward over `tokens` (2 a parameter forward, 4 backward; with frozen
    weights 2).
    """
    return (4.0 if lora else 6.0) * shape.parameters * tokens


def require_memory(shape: Shape, config: TrainingConfig, *, device: str, devices: int = 1, held: int = 0) -> Need:
    """What a step needs. Raises `TekioError` before training when the device certainly does not have it.

    held: bytes of it that are already there (the loaded model).
    """
    need, there = memory_need(shape, config, device=device, devices=devices), available_memory(device) + held
    if there > held and need.total > there:
        raise TekioError(
            Text(
                f"Training would need about {size_words(need.total)}, {size_words(there)} are free.",
                f"学習には約 {size_words(need.total)} 要りますが、空きは {size_words(there)} です。",
            ),
            where=device,
            why=Text(
                f"weights {size_words(need.weights + need.copies)}, gradients {size_words(need.gradients)}, optimizer "
                f"{size_words(need.optimizer)}, activations {size_words(need.activations)}, logits {size_words(need.logits)}",
                f"重み {size_words(need.weights + need.copies)}、勾配 {size_words(need.gradients)}、最適化 "
                f"{size_words(need.optimizer)}、活性値 {size_words(need.activations)}、ロジット {size_words(need.logits)}",
            ),
            fix=Text(
                "Lower micro_batch_rows or sequence_length, set gradient_checkpointing, use lora or fsdp2; "
                "`tekio doctor MODEL` lists which methods fit.",
                "micro_batch_rows か sequence_length を下げる、gradient_checkpointing、lora、fsdp2 のいずれかを。"
                "収まる方法は `tekio doctor MODEL` で一覧できます。",
            ),
        )
    return need


def estimate_recipe(recipe: Recipe) -> Iterator[Estimate]:
    """Memory and time of each training stage of a recipe, for `tekio doctor`. Unknown sizes are left out, not guessed."""
    device = choose_device("auto")
    shape: Shape | None = None
    try:
        if recipe.base is not None and recipe.base.scratch is not None:
            vocabulary = recipe.base.scratch.tokenizer.vocabulary
            shape = scratch_shape(recipe.base.scratch.architecture, vocabulary)
            yield _finding("base", shape, recipe.base.scratch, device)
        elif recipe.base is not None and recipe.base.model is not None:
            shape = model_shape(recipe.base.model.path)
        preferring = (
            recipe.prefer.as_training(recipe.tune) if recipe.prefer is not None and recipe.tune is not None else None
        )
        for stage, config in (("pretrain", recipe.pretrain), ("tune", recipe.tune), ("prefer", preferring)):
            if shape is not None and config is not None:
                yield _finding(stage, shape_trained(recipe, config, shape), config, device)
    except TekioError as error:
        yield Estimate(
            "failure",
            "base.model",
            Text(error.explain("en").removeprefix("Error: "), error.explain("ja").removeprefix("エラー: ")),
        )


LONG_STEP = 120.0
"""From so many seconds on a step is told in minutes, hours and days."""
HOPELESS_STEP = 3600.0
"""A step of an hour is a mistake in the sizes more often than a plan."""


def _finding(stage: str, shape: Shape, config: TrainingConfig, device: str) -> Estimate:
    need, there = memory_need(shape, config, device=device), available_memory(device)
    rate = GPU_FLOPS if device.startswith("cuda") else CPU_FLOPS_A_CORE * (config.threads or os.cpu_count() or 1)
    tokens = config.batch_rows * config.sequence_length
    seconds = step_flops(shape, tokens, lora=shape.trainable < shape.parameters) / rate
    steps = config.max_steps
    whole, whole_ja = (f", {clock(seconds * steps)}", f"、全体で {clock(seconds * steps, 'ja')}") if steps else ("", "")
    long = seconds >= LONG_STEP
    step, step_ja = (clock(seconds), f" {clock(seconds, 'ja')}") if long else (f"{seconds:.2g} s", f" {seconds:.2g} 秒")
    text = Text(
        f"{shape.parameters / 1e6:,.1f} M parameters ({shape.trainable / 1e6:,.1f} M trained), about "
        f"{size_words(need.total)} of {size_words(there)} free; roughly {step} a step{whole}",
        f"パラメータ {shape.parameters / 1e6:,.1f} M(学習 {shape.trainable / 1e6:,.1f} M)、メモリ約 "
        f"{size_words(need.total)}(空き {size_words(there)})、1 ステップおよそ{step_ja}{whole_ja}",
    )
    level: Level = "warning" if seconds >= HOPELESS_STEP else "ok"
    if there and MEMORY_MARGIN * need.total > there:
        level = "failure" if need.total > there else "warning"
    return Estimate(level, stage, text)


def template_round_trip(tokenizer: Any, template: str) -> Text | None:
    """What is wrong with a template on a tokenizer, or None: same bytes through `chat_template.jinja`, lossless ids."""
    question, given = "預金保険とは何ですか。", "銀行 100%\n2行目"
    rendered = render_prompt(template, question, given if template != "vqa" else None, tokenizer=tokenizer)
    if template != CHAT:
        own = tokenizer.chat_template
        try:
            tokenizer.chat_template = chat_template(template)
            through = render_prompt(CHAT, question, given if template != "vqa" else None, tokenizer=tokenizer)
        finally:
            tokenizer.chat_template = own
        if through != rendered:
            return Text("the saved chat template renders other bytes", "保存する chat template の結果が異なります")
    ids = tokenizer(rendered, add_special_tokens=False)["input_ids"]
    back = tokenizer.decode(ids, skip_special_tokens=template != CHAT, clean_up_tokenization_spaces=False)
    if template != CHAT and back.strip() != rendered.strip():
        return Text("the tokenizer does not give the prompt back", "トークナイザでプロンプトが元に戻りません")
    if tokenizer.eos_token_id is None:
        return Text("the tokenizer has no EOS; answers would never end", "EOS がなく、返答が終わりません")
    return None


@dataclass(frozen=True)
class FitOfRecords:
    """How instruction records fit a row. truncated: share of records longer than it; truncated_tokens: of all tokens, those of such
    records. longest, total: tokens.
    """

    records: int
    truncated: float
    truncated_tokens: float
    longest: int
    total: int
    characters_per_token: float


def fit_of_records(tokenizer: Any, records: Sequence[InstructionRecord], *, template: str, width: int) -> FitOfRecords:
    """Measure records against `sequence_length` before training."""
    sizes: list[int] = []
    characters = 0
    for record in records:
        example = encode_record(tokenizer, record, template=template, loss_on="all")
        if example is not None:
            sizes.append(len(example.ids))
            characters += example.characters
    over = [size for size in sizes if size > width]
    count = max(1, len(sizes))
    total = max(1, sum(sizes))
    return FitOfRecords(
        len(sizes), len(over) / count, sum(over) / total, max(sizes, default=0), sum(sizes), characters / total
    )
