"""Where an output may be written: never over what is not ours, never into, over or around an input."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from tekio.errors import TekioError, Text, UsageError
from tekio.store.files import read_json, sync_folder, unfinished, write_json
from tekio.store.lock import one_writer
from tekio.store.manifest import MANIFEST, Input, own_manifest

KEY_FILE = "key.json"
PARTIAL_SUFFIX = ".partial"
OLD_SUFFIX = ".old.partial"
_HEX = re.compile(r"[0-9a-f]{64}")
ANOTHER = Text("Choose another --out.", "別の --out を指定してください。")


def partial_of(out: Path) -> Path:
    """Where `out` is written before it gets its name."""
    return out.with_name(out.name + PARTIAL_SUFFIX)


def old_of(out: Path) -> Path:
    """Where a replaced `out` waits until the new one has its name."""
    return out.with_name(out.name + OLD_SUFFIX)


# --- places -------------------------------------------------------------------------------------------------------


def overlap(out: Path, other: Path) -> bool:
    """Whether one of two places is the other or lies in it, whatever links lead there."""
    one, two = out.resolve(), other.resolve()
    return one == two or one in two.parents or two in one.parents


def require_apart(out: Path, inputs: Iterable[Path]) -> None:
    """Raise `UsageError` if `out` contains, lies in, or is one of `inputs` (files and folders)."""
    for item in inputs:
        if overlap(out, item):
            raise UsageError(
                Text(
                    "The output would contain, lie in, or be an input.",
                    "出力先が入力そのもの、その上、またはその中にあります。",
                ),
                where=out,
                why=Text(f"input: {item}", f"入力: {item}"),
                fix=ANOTHER,
            )


def require_apart_from_stages(out: Path, inputs: Sequence[Input]) -> None:
    """As `require_apart`, for what a stage reads."""
    require_apart(out, (item.place for item in inputs if item.place is not None))
    require_apart(out, (file for item in inputs if item.place is None for file in item.files))


def require_beside_recipe(out: Path, folder: Path) -> None:
    """Raise `UsageError` if `out` is the recipe's folder or contains it; below it is where runs belong."""
    place, own = out.resolve(), folder.resolve()
    if place == own or place in own.parents:
        raise UsageError(
            Text(
                "The output would be the recipe's own folder, or contain it.", "出力先がレシピのフォルダかその上です。"
            ),
            where=out,
            fix=Text(
                f"Name a new folder, for example --out {own / 'runs' / 'NAME'}.",
                f"新しいフォルダを指定してください。例: --out {own / 'runs' / '名前'}",
            ),
        )


def require_file(out: Path, inputs: Iterable[Path] = ()) -> None:
    """Raise `UsageError` if a file cannot be written at `out`: a folder or a link stands there, or it is an input's."""
    if out.is_symlink() or (out.exists() and not out.is_file()):
        raise UsageError(
            Text("There is a folder or a link where the file should be.", "出力先がフォルダかリンクです。"),
            where=out,
            fix=ANOTHER,
        )
    require_apart(out, inputs)


# --- what stands there already --------------------------------------------------------------------------------------


def _refused(place: Path, why: Text) -> UsageError:
    return UsageError(
        Text(
            "The folder is not empty and not an output of this command; nothing was touched.",
            "フォルダが空ではなく、このコマンドの出力でもありません。何も変更していません。",
        ),
        where=place,
        why=why,
        fix=ANOTHER,
    )


def _empty(folder: Path) -> bool:
    return folder.is_dir() and all(unfinished(item.name) and item.is_file() for item in folder.iterdir())


def has_key(partial: Path) -> bool:
    """Whether a folder bears the mark of an unfinished stage."""
    return key_of(partial) is not None


def key_of(partial: Path) -> str | None:
    """The key an unfinished stage works for, or None if the folder is none of ours."""
    try:
        found = read_json(partial / KEY_FILE)
    except (TekioError, OSError):
        return None
    key = cast("dict[str, object]", found).get("key") if isinstance(found, dict) else None
    return key if isinstance(key, str) and _HEX.fullmatch(key) else None


def foreign_files(folder: Path) -> list[Path]:
    """What lies in a finished folder and is not named in its manifest (all of it, if there is no manifest of ours)."""
    manifest = own_manifest(folder)
    known = {MANIFEST, *(item.path for item in manifest.outputs)} if manifest is not None else set[str]()
    return [
        path
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or not path.is_dir())
        and path.relative_to(folder).as_posix() not in known
        and not unfinished(path.name)
    ]


def require_replaceable(stage: str, out: Path) -> None:
    """Raise `UsageError` if making `stage` at `out` would replace anything but an earlier result of that stage."""
    for place in (out, partial_of(out), old_of(out)):
        if place.is_symlink():
            raise _refused(place, Text("It is a link.", "リンクです。"))
        if not place.exists() or (place.is_dir() and _empty(place)):
            continue
        if not place.is_dir():
            raise _refused(place, Text("It is a file.", "ファイルです。"))
        if place == partial_of(out) and has_key(place):
            continue
        manifest = own_manifest(place)
        if manifest is None:
            raise _refused(place, Text(f"It has no {MANIFEST} of Tekio.", f"Tekio の {MANIFEST} がありません。"))
        if manifest.stage != stage:
            raise _refused(
                place,
                Text(
                    f"It is a finished `{manifest.stage}`, not `{stage}`.",
                    f"完了した `{manifest.stage}` です(`{stage}` ではありません)。",
                ),
            )
        foreign = [] if place == partial_of(out) else foreign_files(place)
        if foreign:
            raise _refused(
                place, Text(f"{foreign[0]} is not in its manifest.", f"{foreign[0]} がマニフェストにありません。")
            )


def remove_own(folder: Path) -> None:
    """Delete a folder of ours, the marks that say so last: a kill in between leaves a folder that is still ours."""
    if not folder.is_dir():
        return
    marks = {MANIFEST, KEY_FILE}
    for path in list(folder.iterdir()):
        if path.name in marks:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    for name in (KEY_FILE, MANIFEST):
        (folder / name).unlink(missing_ok=True)
    folder.rmdir()


# --- outputs that are no stages ---------------------------------------------------------------------------------------


@contextmanager
def new_folder(out: Path, inputs: Iterable[Path] = ()) -> Generator[Path]:
    """A folder to fill, which gets the name `out` when all went well and is removed when not; one writer at a time.

    Raises `UsageError` if `out` is there already, overlaps an input, or its working folder is not ours.
    """
    require_apart(out, inputs)
    require_new(out)
    working = partial_of(out)
    with one_writer(out):
        if working.is_symlink() or (working.exists() and not has_key(working) and not _empty(working)):
            raise _refused(working, Text("A folder of this name is needed while working.", "作業用に必要な名前です。"))
        remove_own(working)
        working.mkdir(parents=True)
        write_json(working / KEY_FILE, {"key": "0" * 64})
        try:
            yield working
            require_new(out)
            working.rename(out)
            (out / KEY_FILE).unlink()  # after the renaming: a kill in between leaves nothing without a mark
            sync_folder(out.parent)
        except BaseException:
            remove_own(working)
            raise


def require_new(out: Path) -> None:
    """Raise `UsageError` if anything but an empty folder stands at `out`."""
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise UsageError(
            Text("The output exists already.", "出力先が既にあります。"),
            where=out,
            fix=ANOTHER,
        )
