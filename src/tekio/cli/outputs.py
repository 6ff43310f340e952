"""Files that verbs write: apart from what they read, one writer at a time, and what stood there before is kept.

A verb names the arguments with `parser.set_defaults(writes=(...), reads=(...))`. Folders are the stores' affair
(`tekio.store.output`).
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast

from tekio.errors import Text, UsageError, say


def _values(arguments: argparse.Namespace, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value: object = getattr(arguments, name, None)
        items = cast("list[object]", value) if isinstance(value, list) else [value]
        yield from (str(item) for item in items if item is not None)


@contextmanager
def guarded_files(arguments: argparse.Namespace) -> Generator[None]:
    """Hold the files a verb is about to write. Raises `UsageError` if one of them is, contains or lies in an input."""
    _give_names(arguments)
    written = [Path(item) for item in _values(arguments, getattr(arguments, "writes", ()))]
    if not written:
        yield
        return
    from tekio.recipe.paths import RecipePath
    from tekio.store import one_writer, require_file

    for out in written:
        for read in _values(arguments, getattr(arguments, "reads", ())):
            if "://" not in read:
                RecipePath.of(read).require_apart(out)
        if not out.is_dir() or out.is_symlink():
            require_file(out)
    with ExitStack() as stack:
        for out in dict.fromkeys(item.absolute() for item in written):
            stack.enter_context(one_writer(out))
            stack.enter_context(_kept(out, arguments))
        yield


def _give_names(arguments: argparse.Namespace) -> None:
    """`--out .` is the folder with its name: locks and unfinished work stand beside an output under names made from its own."""
    for option in ("out", "write"):
        value: object = getattr(arguments, option, None)
        if isinstance(value, Path) and value.name in ("", ".."):
            named = value.resolve()
            if not named.name:
                raise UsageError(
                    Text("The output cannot be the root folder.", "ルートには出力できません。"), where=value
                )
            setattr(arguments, option, named)


@contextmanager
def _kept(out: Path, arguments: argparse.Namespace) -> Generator[None]:
    """A file that is replaced by another one stays beside it, under a number."""
    if not out.is_file():
        yield
        return
    before = out.with_name(f".{out.name}.{os.getpid()}.earlier")
    try:
        os.link(out, before)
    except OSError:  # a file system without links
        shutil.copy2(out, before)
    try:
        yield
    finally:
        if out.is_file() and filecmp.cmp(out, before, shallow=False):
            before.unlink()
        else:
            number = 1
            while (place := out.with_name(f"{out.name}.~{number}~")).exists():
                number += 1
            before.rename(place)
            print(
                say(
                    Text(f"What was there before is kept: {place}", f"以前の内容を残しました: {place}"),
                    arguments.language,
                ),
                file=sys.stderr,
            )
