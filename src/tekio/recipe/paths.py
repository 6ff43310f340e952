"""Paths in a recipe: relative to the recipe, with `${NAME}` and `${NAME:-default}` filled from the environment.

A path keeps the text the user wrote, because that text (not the place of this run) belongs into hashes and reports.
"""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from tekio.errors import TekioError, Text

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def expand_variables(written: str) -> str:
    """Fill `${NAME}` and `${NAME:-default}`. Raises `ValueError` when a variable without default is not set."""

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if found is None and match[2] is None:
            raise ValueError(f"the environment variable {match[1]} is not set")
        return found or match[2] or ""

    return _VARIABLE.sub(value, written)


@dataclass(frozen=True)
class RecipePath:
    """A file or folder named in a recipe (or on the command line, then relative to the working folder)."""

    written: str
    path: Path

    @classmethod
    def of(cls, path: str | Path, base: Path | None = None) -> RecipePath:
        """`path` taken relative to `base` (default: the working folder)."""
        expanded = Path(expand_variables(str(path))).expanduser()
        return cls(str(path), ((base or Path.cwd()) / expanded).resolve())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        def build(value: Any, info: ValidationInfo) -> RecipePath:
            if isinstance(value, RecipePath):
                return value
            if not isinstance(value, str) or not value:
                raise ValueError("a path is expected")
            context = cast("dict[str, Path]", info.context or {})
            return cls.of(value, context.get("base"))

        return core_schema.with_info_plain_validator_function(
            build,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.written),
        )

    def files(self) -> list[Path]:
        """The files this path stands for, sorted: itself, all below a folder, or the matches of a glob (`**` too).

        Raises `TekioError` when there is none.
        """
        if self.path.is_file():
            return [self.path]
        if self.path.is_dir():
            found = [item for item in self.path.rglob("*") if item.is_file()]
        else:
            found = [Path(item) for item in glob.glob(str(self.path), recursive=True) if Path(item).is_file()]
        if not found:
            raise TekioError(
                Text("No file matches this path.", "このパスに一致するファイルがありません。"),
                where=self.written,
                why=str(self.path),
                fix=Text(
                    "Paths in a recipe are relative to it, on the command line to the folder you are in.",
                    "パスは、レシピ内ではレシピから、コマンドでは今のフォルダからの相対です。",
                ),
            )
        return sorted(found)

    def root(self) -> Path:
        """The folder below which `files()` lie: what a file's `uri` is relative to."""
        if self.path.is_dir():
            return self.path
        fixed: list[str] = []
        for part in self.path.parts:
            if glob.has_magic(part):
                return Path(*fixed)
            fixed.append(part)
        return self.path.parent
