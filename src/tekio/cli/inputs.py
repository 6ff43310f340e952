"""What the words of a command name must be there: one rule and one message for all verbs, before anything is done.

A verb says what its arguments are with `parser.set_defaults(needs={"recipe": "file", ...})`:

file, folder, any: that kind of thing. glob: any, or a pattern. model: a folder, perhaps behind `LABEL=`, or an address;
weighted: a folder before `=WEIGHT`. named: a name that ships with Tekio, or a file.
"""

from __future__ import annotations

import argparse
import glob
import os
import re
import stat
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from tekio.errors import TekioError, Text, UsageError

_LABEL = re.compile(r"[^=/]+=(?=.)", re.DOTALL)
_LONGEST_NAME = 255  # bytes of one part of a path, on every usual file system


@contextmanager
def checked_options() -> Generator[None]:
    """Within this context a setting that the recipe's schema refuses is a `UsageError`: verbs build sections from options."""
    from pydantic import ValidationError

    from tekio.recipe.reasons import reason_of

    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise UsageError(
            Text("An option has an impossible value.", "オプションの値が正しくありません。"),
            where=_OPTIONS.get(name, f"--{name.replace('_', '-')}"),
            why=reason_of(first),
        ) from error


_OPTIONS = {"forgetting_margin": "--margin", "language": "--first", "validation_prompts": "--limit"}
"""Options whose setting in the recipe has another name."""


LIMITS: dict[str, tuple[float, float]] = {
    "agreement": (0, 1),
    "batch_tokens": (1, 2**31),
    "characters": (0, 2**31),
    "containment": (0, 1),
    "endpoint_parallel": (1, 1024),
    "fail_above": (0, 1),
    "interval": (0, 86_400),
    "item": (0, 2**31),
    "limit": (1, 2**31),
    "margin": (0, 100),
    "max_new_tokens": (1, 65_536),
    "memory": (0, 10**6),
    "min_confidence": (0, 1),
    "models": (1, 10**6),
    "passages": (0, 100),
    "port": (0, 65_535),
    "power": (0, 1),
    "rows": (1, 10**6),
    "samples": (1, 64),
    "seed": (0, 2**63 - 1),
    "sequence_length": (8, 2**24),
    "shots": (0, 1024),
    "show": (1, 10**6),
    "temperature": (0, 100),
    "thinking_tokens": (0, 2**20),
    "top_p": (0, 1),
    "workers": (1, 1024),
}
"""What the numbers of all verbs may be, by option."""


def require_numbers(arguments: argparse.Namespace) -> None:
    """Raise `UsageError` for the first number outside of its limits, NaN among them."""
    for name, (low, high) in LIMITS.items():
        value: object = getattr(arguments, name, None)
        if isinstance(value, int | float) and not low <= value <= high:
            option = f"-{name}" if len(name) == 1 else f"--{name.replace('_', '-')}"
            raise UsageError(
                Text("A number is out of range.", "数値が範囲外です。"),
                where=f"{option} {value}",
                why=Text(f"It may be {low:,} to {high:,}.", f"{low:,} から {high:,} までです。"),
            )


def require_inputs(arguments: argparse.Namespace) -> None:
    """Raise `UsageError` for the first argument that names nothing or the wrong kind, `TekioError` where access is refused."""
    needs = cast("Mapping[str, str]", getattr(arguments, "needs", {}))
    for name, kind in needs.items():
        value: object = getattr(arguments, name, None)
        for item in cast("list[object]", value) if isinstance(value, list) else [value]:
            for path in _paths(item, kind):
                _require(path, kind)


def _paths(item: object, kind: str) -> Iterator[Path]:
    if item is None:
        return
    written = str(item)
    address = "://" in written and kind in ("model", "glob")
    pattern = kind == "glob" and glob.has_magic(written) and not os.path.lexists(written)
    shipped = kind == "named" and os.sep not in written and not written.endswith((".yaml", ".yml"))
    if address or pattern or shipped:
        return
    if kind == "model":
        written = _LABEL.sub("", written, count=1)
    elif kind == "weighted":
        written = written.partition("=")[0]
    yield Path(written)


def _require(path: Path, kind: str) -> None:
    if "\0" in str(path) or any(len(os.fsencode(part)) > _LONGEST_NAME for part in path.parts):
        raise UsageError(Text("This cannot be a path.", "パスとして使えません。"), where=path)
    try:
        place = path.expanduser()
    except RuntimeError as error:
        raise UsageError(
            Text("The home folder of this user is not known.", "このユーザのホームフォルダが分かりません。"), where=path
        ) from error
    try:
        mode = place.stat().st_mode
    except PermissionError as error:  # a folder on the way may not be entered
        raise TekioError(
            Text("Access is not permitted.", "アクセス権がありません。"), where=path, why=error.strerror
        ) from error
    except OSError as error:
        raise UsageError(
            Text("There is no such file or folder.", "ファイルもフォルダもありません。"), where=path, why=error.strerror
        ) from error
    folder = stat.S_ISDIR(mode)
    if not folder and not stat.S_ISREG(mode):
        raise UsageError(
            Text("This is neither a file nor a folder.", "ファイルでもフォルダでもありません。"),
            where=path,
            why=Text("a pipe, a socket or a device", "パイプ、ソケット、デバイスなど"),
            fix=Text("Write it to a file first.", "先にファイルへ保存してください。"),
        )
    if folder and kind in ("file", "named"):
        raise UsageError(Text("This is a folder, not a file.", "ファイルではなくフォルダです。"), where=path)
    if not folder and kind in ("folder", "model", "weighted"):
        raise UsageError(Text("This is a file, not a folder.", "フォルダではなくファイルです。"), where=path)
    wanted = os.R_OK | os.X_OK if folder else os.R_OK
    if not os.access(place, wanted, effective_ids=os.access in os.supports_effective_ids):
        raise TekioError(Text("Access is not permitted.", "アクセス権がありません。"), where=path)
