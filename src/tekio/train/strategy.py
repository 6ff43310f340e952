"""How the devices share a training step: alone, DDP, FSDP2, DeepSpeed ZeRO. What is distributed is torch's and
DeepSpeed's; here it is only set up, and afterwards it is asserted that what was asked for is what runs, because some
launchers silently fall back to DDP.

Each strategy averages gradients over the processes, so the loop hands it `loss sum x processes / tokens of the step`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportMissingImports=false
# pyright: reportUnknownParameterType=false
# (torch and deepspeed have no complete type information)

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tekio.errors import TekioError, Text, UsageError
from tekio.recipe.train import OptimizerConfig, TrainingConfig
from tekio.train.checkpoint import (
    copy_into,
    materialise,
    model_and_optimizer,
    newest_state,
    put_counters,
    read_checkpoint,
    save_checkpoint,
    trainable_weights,
)
from tekio.train.optimizer import make_optimizer, set_rate
from tekio.train.process_group import World, group_of_one


class Strategy(Protocol):
    """What the loop asks of a strategy. engine: what really runs, for the log. sharded: the model holds parts only.

    Every process calls every method.
    """

    engine: str
    sharded: bool

    def loss(self, *batch: Any, train: bool = True) -> Any:
        """The loss sum of a micro-batch, through the wrapped model."""
        ...

    def accumulating(self, last: bool) -> AbstractContextManager[Any]:
        """Context of one micro-batch; gradients are exchanged in the last one only."""
        ...

    def backward(self, loss: Any) -> None: ...

    def step(self, rate: float) -> float:
        """Clip, update, clear. Returns the gradient norm before clipping."""
        ...

    def weights(self) -> dict[str, Any]:
        """All weights of the model, whole, on the CPU (only the first process gets them)."""
        ...

    def trainable(self) -> dict[str, Any]:
        """The trainable weights by name, whole (only the first process gets them)."""
        ...

    def put(self, weights: Mapping[str, Any]) -> None:
        """Give the model these trainable weights (whole tensors, in every process)."""
        ...

    def save(self, folder: Path, step: int, state: dict[str, Any]) -> None:
        """Write a checkpoint (`tekio.train.checkpoint`)."""
        ...

    def load(self, folder: Path) -> dict[str, Any] | None:
        """Go on from the newest checkpoint; returns its state, or None if there is none."""
        ...


def make_strategy(name: str, module: Any, config: TrainingConfig, world: World, *, plus_ratio: float = 1.0) -> Strategy:
    """Set up strategy `name` around the loss module and assert that it is really in use.

    module: a `torch.nn.Module` whose `forward(*batch, train)` is the loss sum (or the first of several sums), with the
    model as `module.model` and a least batch as `module.example(device)`. Raises `UsageError` when the strategy does not fit the number of processes and `TekioError` when
    something else than what was asked for would run.
    """
    if name == "auto":
        name = "single" if world.size == 1 and not config.offload else "fsdp2"
    alone = name == "single" or (name == "fsdp2" and config.offload)
    if (name == "single" and world.size > 1) or (world.size == 1 and name in ("ddp", "fsdp2") and not alone):
        raise UsageError(
            Text(
                f"strategy {name} does not fit {world.size} process(es).",
                f"strategy {name} はプロセス数 {world.size} に合いません。",
            ),
            fix=Text("Start with torchrun --nproc-per-node N, or use `auto`.", "torchrun で起動するか auto に。"),
        )
    if name == "single":
        return Single(module, config.optimizer, plus_ratio)
    if name == "ddp":
        return Ddp(module, config.optimizer, plus_ratio, world)
    if name == "fsdp2":
        return Fsdp2(module, config.optimizer, plus_ratio, world, offload=config.offload)
    return Zero(module, config, plus_ratio, world, int(name.removeprefix("zero")))


def assert_engine(condition: bool, wanted: str, found: str) -> None:
    """Raise `TekioError` when another engine than the wanted one is in use."""
    if not condition:
        raise TekioError(
            Text(f"{wanted} was requested, but {found} is in use.", f"{wanted} の指定に対し {found} が動いています。")
        )


def clipped_step(module: Any, optimizer: Any, clip_norm: float, rate: float) -> float:
    """Clip the gradients to `clip_norm`, step with learning rate `rate`, clear them. Returns the norm before clipping."""
    import torch

    norm: Any = torch.nn.utils.clip_grad_norm_(module.parameters(), clip_norm)
    set_rate(optimizer, rate)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    # The norm of sharded parameters is itself a sharded tensor; `full_tensor` adds up its parts.
    return float(norm.full_tensor() if hasattr(norm, "full_tensor") else norm)


@dataclass
class Single:
    """One device."""

    module: Any
    config: OptimizerConfig
    plus_ratio: float
    engine: str = "single process"
    sharded: bool = False
    optimizer: Any = field(init=False)

    def __post_init__(self) -> None:
        self.optimizer = make_optimizer(self.module.model, self.config, plus_ratio=self.plus_ratio)

    def loss(self, *batch: Any, train: bool = True) -> Any:
        return self.module(*batch, train)

    def accumulating(self, last: bool) -> AbstractContextManager[Any]:
        del last
        return nullcontext()

    def backward(self, loss: Any) -> None:
        loss.backward()

    def step(self, rate: float) -> float:
        return clipped_step(self.module, self.optimizer, self.config.clip_norm, rate)

    def weights(self) -> dict[str, Any]:
        return self.module.model.state_dict()

    def trainable(self) -> dict[str, Any]:
        return {name: item.detach() for name, item in trainable_weights(self.module.model).items()}

    def put(self, weights: Mapping[str, Any]) -> None:
        put_weights(self.module.model, weights)

    def save(self, folder: Path, step: int, state: dict[str, Any]) -> None:
        tensors = model_and_optimizer(self.module.model, self.optimizer)
        save_checkpoint(folder, step, tensors, state, world=World(), shards=False)

    def load(self, folder: Path) -> dict[str, Any] | None:
        return resume(folder, self.module.model, self.optimizer)


@dataclass
class Ddp:
    """Every device holds the whole model; torch's DistributedDataParallel averages the gradients."""

    module: Any
    config: OptimizerConfig
    plus_ratio: float
    world: World
    engine: str = ""
    sharded: bool = False
    wrapped: Any = field(init=False)
    optimizer: Any = field(init=False)

    def __post_init__(self) -> None:
        from torch.nn.parallel import DistributedDataParallel

        self.wrapped = DistributedDataParallel(self.module)
        self.optimizer = make_optimizer(self.module.model, self.config, plus_ratio=self.plus_ratio)
        assert_engine(isinstance(self.wrapped, DistributedDataParallel), "ddp", type(self.wrapped).__name__)
        self.engine = f"DistributedDataParallel, {self.world.size} processes"

    def loss(self, *batch: Any, train: bool = True) -> Any:
        return (self.wrapped if train else self.module)(*batch, train)

    def accumulating(self, last: bool) -> AbstractContextManager[Any]:
        return nullcontext() if last else self.wrapped.no_sync()

    def backward(self, loss: Any) -> None:
        loss.backward()

    def step(self, rate: float) -> float:
        return clipped_step(self.module, self.optimizer, self.config.clip_norm, rate)

    def weights(self) -> dict[str, Any]:
        return self.module.model.state_dict()

    def trainable(self) -> dict[str, Any]:
        return {name: item.detach() for name, item in trainable_weights(self.module.model).items()}

    def put(self, weights: Mapping[str, Any]) -> None:
        put_weights(self.module.model, weights)

    def save(self, folder: Path, step: int, state: dict[str, Any]) -> None:
        tensors = model_and_optimizer(self.module.model, self.optimizer)
        save_checkpoint(folder, step, tensors, state, world=self.world, shards=False)

    def load(self, folder: Path) -> dict[str, Any] | None:
        return resume(folder, self.module.model, self.optimizer)


@dataclass
class Fsdp2:
    """Parameters, gradients and optimizer state are sharded over the devices (torch's `fully_shard`).

    offload: they wait in the CPU's memory and go to the device block by block; the optimizer's step is taken on the CPU.
    """

    module: Any
    config: OptimizerConfig
    plus_ratio: float
    world: World
    offload: bool = False
    engine: str = ""
    sharded: bool = True
    optimizer: Any = field(init=False)

    def __post_init__(self) -> None:
        from torch.distributed.fsdp import CPUOffloadPolicy, FSDPModule, OffloadPolicy, fully_shard
        from torch.distributed.tensor import DTensor

        device = next(self.module.parameters()).device.type
        if self.world.size == 1:
            group_of_one()
        policy = CPUOffloadPolicy(pin_memory=device == "cuda") if self.offload else OffloadPolicy()
        for block in decoder_blocks(self.module.model):
            fully_shard(block, offload_policy=policy)
        fully_shard(self.module, offload_policy=policy)
        plain = [name for name, item in self.module.named_parameters() if not isinstance(item, DTensor)]
        kinds = [base.__name__ for base in type(self.module).__mro__]
        assert_engine(FSDPModule.__name__ in kinds and not plain, "fsdp2", f"{kinds[0]}, unsharded {plain[:3]}")
        where = {item.device.type for item in self.module.parameters()}
        assert_engine(not self.offload or where == {"cpu"}, "offload", f"{where}")
        # The fused kernel does not take sharded tensors on a CPU.
        fused = where == {"cuda"}
        self.optimizer = make_optimizer(self.module.model, self.config, plus_ratio=self.plus_ratio, fused=fused)
        words = f"FSDP2 (fully_shard{', CPU offload' * self.offload})"
        self.engine = f"{words}, {self.world.size} process{'es' * (self.world.size > 1)}"

    def loss(self, *batch: Any, train: bool = True) -> Any:
        value = self.module(*batch, train)
        if not train:
            # Without a backward pass the root stays whole, and a checkpoint would then save the wrong tensors.
            self.module.reshard()
        return value

    def accumulating(self, last: bool) -> AbstractContextManager[Any]:
        self.module.set_requires_gradient_sync(last)
        return nullcontext()

    def backward(self, loss: Any) -> None:
        loss.backward()

    def step(self, rate: float) -> float:
        return clipped_step(self.module, self.optimizer, self.config.clip_norm, rate)

    def weights(self) -> dict[str, Any]:
        from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict

        options = StateDictOptions(full_state_dict=True, cpu_offload=True)
        return without_ties(self.module.model, get_model_state_dict(self.module.model, options=options))

    def trainable(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, item in trainable_weights(self.module.model).items():
            whole = item.detach().full_tensor()
            if self.world.first:
                found[name] = whole.cpu()
        return found

    def put(self, weights: Mapping[str, Any]) -> None:
        put_weights(self.module.model, weights)

    def save(self, folder: Path, step: int, state: dict[str, Any]) -> None:
        tensors = model_and_optimizer(self.module.model, self.optimizer)
        save_checkpoint(folder, step, tensors, state, world=self.world, shards=True)

    def load(self, folder: Path) -> dict[str, Any] | None:
        return resume(folder, self.module.model, self.optimizer)


@dataclass
class Zero:
    """DeepSpeed ZeRO stage 1 (optimizer state sharded), 2 (gradients too) or 3 (parameters too).

    DeepSpeed's own checkpoints are pickles, which Tekio neither writes nor reads; weights and optimizer state are
    gathered parameter by parameter through its public accessors instead and stored whole.
    """

    module: Any
    config: TrainingConfig
    plus_ratio: float
    world: World
    stage: int
    engine: str = ""
    sharded: bool = True
    wrapped: Any = field(init=False)
    optimizer: Any = field(init=False)

    def __post_init__(self) -> None:
        try:
            import deepspeed
        except ImportError as error:
            raise TekioError(
                Text("DeepSpeed is not installed.", "DeepSpeed がありません。"),
                where=f"strategy: zero{self.stage}",
                fix="pip install deepspeed / strategy: fsdp2",
            ) from error
        inner = make_optimizer(self.module.model, self.config.optimizer, plus_ratio=self.plus_ratio, fused=False)
        self.wrapped, self.optimizer, *_ = deepspeed.initialize(
            model=self.module,
            optimizer=inner,
            config={
                "train_micro_batch_size_per_gpu": 1,
                "gradient_accumulation_steps": 1,
                "gradient_clipping": self.config.optimizer.clip_norm,
                "zero_optimization": {"stage": self.stage},
                "zero_allow_untested_optimizer": True,
                "zero_force_ds_cpu_optimizer": False,
            },
        )
        found = type(self.optimizer).__name__
        assert_engine(
            "Zero" in found and self.wrapped.zero_optimization_stage() == self.stage, f"ZeRO-{self.stage}", found
        )
        self.engine = f"DeepSpeed {found}, ZeRO-{self.stage}, {self.world.size} processes"

    def loss(self, *batch: Any, train: bool = True) -> Any:
        return self.wrapped(*batch, train)

    def accumulating(self, last: bool) -> AbstractContextManager[Any]:
        self.wrapped.set_gradient_accumulation_boundary(last)
        return nullcontext()

    def backward(self, loss: Any) -> None:
        self.wrapped.backward(loss)

    def step(self, rate: float) -> float:
        set_rate(self.optimizer, rate)
        self.wrapped.step()
        return float(self.wrapped.get_global_grad_norm() or 0.0)

    def weights(self) -> dict[str, Any]:
        import deepspeed

        parameters = list(self.module.model.parameters())
        with deepspeed.zero.GatheredParameters(parameters, enabled=self.stage == 3):
            found = without_ties(self.module.model, self.module.model.state_dict())
            return {name: item.detach().cpu().clone() for name, item in found.items()}

    def trainable(self) -> dict[str, Any]:
        from deepspeed.utils import safe_get_full_fp32_param

        found: dict[str, Any] = {}
        for name, item in trainable_weights(self.module.model).items():
            whole = safe_get_full_fp32_param(item)
            if self.world.first and whole is not None:
                found[name] = whole.detach().cpu().clone()
        return found

    def put(self, weights: Mapping[str, Any]) -> None:
        import deepspeed
        import torch
        from deepspeed.utils import safe_set_full_fp32_param

        for name, item in trainable_weights(self.module.model).items():
            value = weights[name].to(item.device)
            # The master copy of the optimizer, and the parameter the next forward pass reads.
            safe_set_full_fp32_param(item, value)
            with deepspeed.zero.GatheredParameters([item], modifier_rank=0, enabled=self.stage == 3), torch.no_grad():
                if self.stage < 3 or self.world.first:
                    item.copy_(value)

    def save(self, folder: Path, step: int, state: dict[str, Any]) -> None:
        import torch
        from deepspeed.utils import safe_get_full_optimizer_state

        self._link_state()
        tensors = {f"model|{name}": item for name, item in self.trainable().items()}
        for name, item in trainable_weights(self.module.model).items():
            for key in ("exp_avg", "exp_avg_sq"):
                whole: Any = safe_get_full_optimizer_state(item, key)
                if self.world.first:
                    tensors[f"optimizer|{name}|{key}"] = whole.detach().cpu().clone()
            if self.world.first:
                tensors[f"optimizer|{name}|step"] = torch.tensor(float(step))
        save_checkpoint(folder, step, tensors, state, world=self.world, shards=False)

    def load(self, folder: Path) -> dict[str, Any] | None:
        import torch
        from deepspeed.utils import safe_set_full_optimizer_state

        state = newest_state(folder)
        if state is None:
            return None
        self._first_step()
        self._link_state()
        names = trainable_weights(self.module.model)
        shapes = {name: getattr(item, "ds_shape", item.shape) for name, item in names.items()}
        tensors = {f"model|{name}": torch.zeros(shape) for name, shape in shapes.items()}
        for key in ("exp_avg", "exp_avg_sq"):
            tensors |= {f"optimizer|{name}|{key}": torch.zeros(shape) for name, shape in shapes.items()}
        read_checkpoint(folder, tensors)
        self.put({name: tensors[f"model|{name}"] for name in names})
        for name, item in names.items():
            for key in ("exp_avg", "exp_avg_sq"):
                safe_set_full_optimizer_state(item, tensors[f"optimizer|{name}|{key}"].to(item.device), key)
        for values in self.optimizer.optimizer.state.values():
            if "step" in values:
                values["step"] = torch.full_like(torch.as_tensor(values["step"]), float(state["step"]))
        torch.set_num_threads(int(state["threads"]))
        return state

    def _link_state(self) -> None:
        """Stages 1 and 2 link parameters to their optimizer state after the first group's first step, when the state of
        the other groups is not there yet (DeepSpeed 0.19); link all of them.
        """
        from deepspeed.utils import lazy_init_hp_params_optimizer_state

        if self.stage < 3:
            inner = self.optimizer
            for group, flat in zip(inner.bit16_groups, inner.single_partition_of_fp32_groups, strict=True):
                lazy_init_hp_params_optimizer_state(group, flat, inner.optimizer.state)

    def _first_step(self) -> None:
        """A step with gradients and rate of zero: DeepSpeed makes its optimizer state only then."""
        device = next(self.module.parameters()).device
        self.wrapped.set_gradient_accumulation_boundary(True)
        loss = self.loss(*self.module.example(device))
        self.wrapped.backward((loss if not loss.ndim else loss[0]) * 0.0)
        self.step(0.0)


def decoder_blocks(model: Any) -> list[Any]:
    """The repeated layers of a model: the members of its longest module list."""
    import torch

    lists = [module for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
    return list(max(lists, key=len, default=[]))


def without_ties(model: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
    """`weights` with tied ones once: gathered copies no longer share memory, and would be saved twice."""
    names = {name for name, _ in (*model.named_parameters(), *model.named_buffers())}
    return {name: item for name, item in weights.items() if name in names}


def put_weights(model: Any, weights: Mapping[str, Any]) -> None:
    """Copy whole tensors into the trainable parameters of a model, or into this process' shards of them."""
    for name, item in trainable_weights(model).items():
        copy_into(item.detach(), weights[name])


def resume(folder: Path, model: Any, optimizer: Any) -> dict[str, Any] | None:
    """Fill model and optimizer from the newest checkpoint in `folder`; its state, or None if there is none."""
    import torch

    state = newest_state(folder)
    if state is None:
        return None
    materialise(model, optimizer)
    tensors = model_and_optimizer(model, optimizer)
    read_checkpoint(folder, tensors)
    put_counters(model, optimizer, tensors)
    torch.set_num_threads(int(state["threads"]))  # sums are taken in another order with another number of threads
    return state
