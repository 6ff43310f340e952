"""Import transformers without what scoring never uses: half of a start is spent on importing it.

transformers imports scipy, accelerate, torch's distributed tensors and its compiler (`torch._dynamo`) when it is
imported, to be ready for detection losses, sharded models and compiled attention. `import_lean` imports the
general part of transformers as on a machine without them: packages it asks for are reported as not installed
(transformers has that case and takes it), and the compiler's decorators, which do nothing to code that is not
compiled, return the function as it is. Afterwards everything can be imported as usual, but the parts of transformers that
are there by then stay without it. So this is for a process that only scores: no training, no adapters, no peers.
"""

# pyright: reportUnknownMemberType=false, reportPrivateImportUsage=false
# (parts of torch have no complete type information)

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast

# Each of them is asked for by transformers with `is_..._available()`.
ABSENT = ("accelerate", "deepspeed", "kernels", "librosa", "mlflow", "pandas", "PIL", "scipy", "sklearn", "torchvision")
COMPILER = "torch._dynamo"
LATER = f"{COMPILER}._trace_wrapped_higher_order_op"
SPECIAL = {"quantization_config", "vision_config", "audio_config", "auto_map"}
GENERAL = (
    "transformers.cache_utils",
    "transformers.modeling_utils",
    "transformers.modeling_layers",
    "transformers.generation.utils",
    "transformers.models.auto.modeling_auto",
    "transformers.tokenization_utils_base",
)


def import_lean() -> bool:
    """Import torch and the general part of transformers; whether it was done the short way.

    Without effect when transformers' models or torch's compiler are imported already. If the short way fails (a transformers
    that imports something else), what it left is removed, so that the usual import starts afresh.
    """
    import torch

    if COMPILER in sys.modules or "transformers.modeling_utils" in sys.modules:
        return False
    known = set(sys.modules)
    try:
        with _without(torch):
            for name in GENERAL:
                importlib.import_module(name)
    except Exception:  # noqa: BLE001 (whatever it is: the usual import is still there)
        for name in set(sys.modules) - known:
            if name.partition(".")[0] == "transformers":
                del sys.modules[name]
        return False
    return True


def is_plain(folder: Path) -> bool:
    """Whether a model folder holds nothing but a language model: no adapter, quantization, pictures or code of its own."""
    try:
        config: object = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and not SPECIAL & set(cast("dict[str, Any]", config))


def is_lean() -> bool:
    """Whether this process imported transformers the short way, and nothing has asked for the compiler since."""
    return COMPILER not in sys.modules and "transformers.modeling_utils" in sys.modules


def load_lean(load: Callable[[], Any]) -> Any:
    """`load()`, which builds a model on the meta device and fills it: without the compiler where this process is lean.

    Initializing a tensor without storage changes nothing and is left out. A model that needs the compiler for something
    else is loaded again as usual.
    """
    if is_lean():
        try:
            with _stand_ins(cast("dict[str, ModuleType | None]", sys.modules)), _no_meta_initialization():
                return load()
        except (AttributeError, ImportError):  # it needs what was left out
            pass
    return load()


@contextmanager
def _no_meta_initialization() -> Generator[None]:
    from torch.nn import init

    functions = {name: value for name, value in vars(init).items() if name[-1] == "_" != name[0] and callable(value)}
    try:
        for name, function in functions.items():
            setattr(init, name, _unless_meta(function))
        yield
    finally:
        for name, function in functions.items():
            setattr(init, name, function)


def _unless_meta(function: Callable[..., Any]) -> Callable[..., Any]:
    def initialize(tensor: Any, *arguments: Any, **options: Any) -> Any:
        return tensor if tensor.is_meta else function(tensor, *arguments, **options)

    return initialize


@contextmanager
def _stand_ins(modules: dict[str, ModuleType | None]) -> Generator[None]:
    stand_ins: dict[str, ModuleType] = {COMPILER: _Compiler(COMPILER), LATER: _Later(LATER)}
    modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if modules.get(name) is module:
                del modules[name]


@contextmanager
def _without(torch: Any) -> Generator[None]:
    """Packages of `ABSENT` and torch's distributed part are reported missing; the compiler is `_Compiler`."""
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    hidden = [name for name in ABSENT if name not in modules]
    distributed = torch.distributed.is_available
    for name in hidden:
        modules[name] = None  # Python's own way to say that a module cannot be imported
    torch.distributed.is_available = lambda: False
    try:
        with _stand_ins(modules):
            yield
    finally:
        torch.distributed.is_available = distributed
        for name in hidden:
            if modules.get(name, "") is None:
                del modules[name]


class _Compiler(ModuleType):
    """Stands for `torch._dynamo` while decorators run: `disable`, `allow_in_graph`, ... return the function itself."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []  # what makes a module a package

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _decorator


def _decorator(function: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Any:
    return function if callable(function) else _decorator


class _Later(ModuleType):
    """Stands for the module of a class that is used, if at all, when a mask is built: imported for good only then."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def make(*arguments: Any, **options: Any) -> Any:
            return getattr(importlib.import_module(LATER), name)(*arguments, **options)

        return make
