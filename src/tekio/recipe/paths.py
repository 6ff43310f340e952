"""Paths in a recipe: relative to the recipe, with `${NAME}` and `${NAME:-default}` filled from the environment.

A path keeps the text the user wrote, because that text (not the place of this run) belongs into hashes and reports.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tekio.errors import TekioError, Text, UsageError, WrongValueError
from tekio.recipe.listing import Listing, document_folder, list_files

LONGEST_NAME = 255  # bytes of one part of a path, on every usual file system
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def expand_variables(written: str) -> str:
    """Fill `${NAME}` and `${NAME:-default}`. Raises `ValueError` when a variable without default is not set."""

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if found is None and match[2] is None:
            raise WrongValueError(
                f"the environment variable {match[1]} is not set", f"環境変数 {match[1]} が設定されていません"
            )
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
        written = expand_variables(str(path))
        if "\0" in written or any(len(os.fsencode(part)) > LONGEST_NAME for part in Path(written).parts):
            raise WrongValueError("this cannot be a path", "パスとして使えません")
        try:
            expanded = Path(written).expanduser()
        except RuntimeError as error:
            raise WrongValueError(
                "the home folder of this user is not known", "このユーザのホームフォルダが分かりません"
            ) from error
        return cls(str(path), ((base or Path.cwd()) / expanded).resolve())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        def build(value: Any, info: ValidationInfo) -> RecipePath:
            if isinstance(value, RecipePath):
                return value
            if not isinstance(value, str) or not value:
                raise WrongValueError("a path is expected", "パスを指定してください")
            context = cast("dict[str, Path]", info.context or {})
            return cls.of(value, context.get("base"))

        return core_schema.with_info_plain_validator_function(
            build,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.written),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del schema, handler
        return {"type": "string", "minLength": 1}

    def files(self) -> list[Path]:
        """The files this path stands for, sorted: itself, all below a folder, or the matches of a glob (`**` too).

        Raises `TekioError` when there is none.
        """
        listing = self.listing()
        if not listing.files:
            raise TekioError(
                Text("No file matches this path.", "このパスに一致するファイルがありません。"),
                where=self.written,
                why=str(self.path),
                fix=Text(
                    "Paths in a recipe are relative to it, on the command line to the folder you are in.",
                    "パスは、レシピ内ではレシピから、コマンドでは今のフォルダからの相対です。",
                ),
            )
        return list(listing.files)

    def listing(self) -> Listing:
        """The files this path stands for, and what stands in their place and cannot be read. Both may be empty."""
        if self.path.is_dir():
            document = document_folder(self.path)
            return list_files(self.path) if document is None else Listing((), (document,))
        root, pattern = self._split()
        if pattern:
            return list_files(root, Path(pattern).parts)
        return list_files(self.path.parent, (glob.escape(self.path.name),))

    @property
    def exists(self) -> bool:
        """Whether any file is there."""
        return bool(self.listing().files)

    def root(self) -> Path:
        """The folder below which `files()` lie: what a file's `uri` is relative to."""
        if self.path.is_dir() and document_folder(self.path) is None:
            return self.path
        root, pattern = self._split()
        return root if pattern else self.path.parent

    def _split(self) -> tuple[Path, str]:
        """The folder a glob starts from and the pattern below it (empty: no glob).

        A name with brackets or stars that is there as it stands is a name (`report[2024]`), not a pattern.
        """
        fixed = Path(self.path.anchor)
        for number, part in enumerate(self.path.parts[1:], 1):
            if glob.has_magic(part) and not (fixed / part).exists():
                return fixed, str(Path(*self.path.parts[number:]))
            fixed /= part
        return self.path, ""

    def reaches(self, folder: Path) -> bool:
        """Whether this path is `folder`, lies in it, or could stand for files in it."""
        place, root = folder.resolve(), self.root().resolve()
        if place == root or place in root.parents:
            return True
        pattern = "" if self.path.is_dir() else self._split()[1]
        if not pattern:
            own = self.path.resolve()
            return own == place or own in place.parents or place in own.parents
        return root in place.parents and _could_match(Path(pattern).parts, place.relative_to(root).parts)

    def require_apart(self, out: Path) -> None:
        """Raise `UsageError` if an output at `out` would contain, lie in, or be what this path stands for."""
        if self.reaches(out):
            raise UsageError(
                Text(
                    "The output would contain, lie in, or be an input.",
                    "出力先が入力そのもの、その上、またはその中にあります。",
                ),
                where=out,
                why=Text(f"input: {self.written}", f"入力: {self.written}"),
                fix=Text("Choose another --out.", "別の --out を指定してください。"),
            )


def _could_match(pattern: tuple[str, ...], folder: tuple[str, ...]) -> bool:
    """Whether a glob (its parts) could match `folder` (parts below the same root) or a path below it."""
    if not pattern:
        return False
    if not folder:
        return True
    if pattern[0] == "**":
        return _could_match(pattern[1:], folder) or (
            not folder[0].startswith(".") and _could_match(pattern, folder[1:])
        )
    return fnmatch.fnmatchcase(folder[0], pattern[0]) and _could_match(pattern[1:], folder[1:])
