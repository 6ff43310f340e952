"""Make a bundle: wheels, and by choice a recipe with its data and model; hashes, bill of materials, licenses, installer."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio._version import __version__
from tekio.bundle.install import FORMAT, LISTING, everything_below
from tekio.bundle.wheels import PLATFORMS, Wheel, bill_of_wheels, fetch_wheels, license_texts, read_wheel
from tekio.errors import Text, UsageError
from tekio.hashes import sha256_file
from tekio.recipe import load_recipe
from tekio.recipe.key_file import DEFAULT_KEY_FILE
from tekio.recipe.places import named_paths
from tekio.store import write_json
from tekio.store.output import KEY_FILE, new_folder

__all__ = ["PLATFORMS", "BundlePlan", "make_bundle"]

EXTRAS = "train,pdf,web,office"
INSTALL = """Tekio {version}, Python {python}, {platform}

    python3 install.py --verify        # every file against bundle.json / 全ファイルを検査
    python3 install.py --into DIR      # a new folder: DIR/env and DIR/project / 新しいフォルダに導入
    DIR/env/bin/tekio demo --out DIR/demo

No network is used. wheels/: Python packages; requirements.txt: their hashes; sbom.cdx.json: bill of materials (CycloneDX);
licenses/: their license texts; project/: recipe, model and data, where they were asked for; docs/: the manual, where it was.
通信は行いません。Python 本体はあらかじめ導入しておいてください。
"""


@dataclass(frozen=True)
class BundlePlan:
    """What goes into a bundle.

    package: requirement, wheel or source folder of Tekio itself. recipe: with what it reads; model, data: whether its base and its
    documents come along (they must lie below the recipe's folder). docs: a folder of pages.
    """

    package: str = f"tekio=={__version__}"
    extras: str = EXTRAS
    platform: str = "this"
    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"
    constraint: Path | None = None
    wheels: Path | None = None
    recipe: Path | None = None
    model: bool = False
    data: bool = False
    docs: Path | None = None


def make_bundle(plan: BundlePlan, out: Path) -> list[Wheel]:
    """Write the bundle to the new folder `out` and return its wheels. Raises `TekioError`."""
    inputs = [path for path in (plan.recipe, plan.docs, plan.wheels) if path is not None]
    brought = _brought(plan)
    with new_folder(out, inputs) as folder:
        (folder / "wheels").mkdir()
        fetch_wheels(
            folder / "wheels",
            plan.package,
            plan.extras,
            platform=plan.platform,
            python=plan.python,
            constraint=plan.constraint,
            wheels=plan.wheels,
        )
        wheels = sorted((read_wheel(path) for path in (folder / "wheels").iterdir()), key=lambda one: one.reference)
        pins = "".join(f"{one.name}=={one.version} --hash=sha256:{one.sha256}\n" for one in wheels)
        (folder / "requirements.txt").write_text(pins, encoding="utf-8")
        write_json(folder / "sbom.cdx.json", bill_of_wheels(wheels))
        _write_licenses(folder / "licenses", wheels)
        keys = _key_files(plan.recipe)
        for name, source in brought.items():
            _copy(source, folder / "project" / name, keys)
        if plan.docs is not None:
            _copy(plan.docs, folder / "docs", keys)
        shutil.copyfile(Path(__file__).with_name("install.py"), folder / "install.py")
        words = INSTALL.format(version=__version__, python=plan.python, platform=plan.platform)
        (folder / "INSTALL.txt").write_text(words, encoding="utf-8")
        write_json(folder / LISTING, _listing(folder, plan))
    return wheels


def _listing(folder: Path, plan: BundlePlan) -> dict[str, Any]:
    files = {
        name: {"sha256": sha256_file(folder / name), "bytes": (folder / name).stat().st_size}
        for name in sorted(everything_below(folder))
        if name != KEY_FILE  # the working folder's own mark
    }
    return {"format": FORMAT, "tekio": __version__, "python": plan.python, "platform": plan.platform, "files": files}


def _write_licenses(folder: Path, wheels: list[Wheel]) -> None:
    """The texts that the wheels bring, and a table of what each says of itself."""
    folder.mkdir()
    rows = ["package\tversion\tlicense\ttexts\n"]
    for wheel in wheels:
        texts = license_texts(wheel)
        rows.append(f"{wheel.name}\t{wheel.version}\t{wheel.license or 'not stated'}\t{len(texts)}\n")
        for name, text in texts.items():
            place = folder / f"{wheel.name}-{wheel.version}"
            place.mkdir(exist_ok=True)
            (place / name).write_bytes(text)
    (folder / "licenses.tsv").write_text("".join(rows), encoding="utf-8")


def _brought(plan: BundlePlan) -> dict[str, Path]:
    """Name below `project` -> file or folder of the user's, for the recipe and what it names."""
    if plan.recipe is None:
        if plan.model or plan.data:
            raise UsageError(Text("Model and data come with a recipe: give `--recipe`.", "`--recipe` が必要です。"))
        return {}
    recipe = load_recipe(plan.recipe)
    root = plan.recipe.resolve().parent
    found = {plan.recipe.name: plan.recipe.resolve()}
    keys = _key_files(plan.recipe)
    for location, path in named_paths(recipe):
        wanted = plan.model if location == "base.model" else plan.data
        if location == "out" or location.endswith("key_file") or not wanted:
            continue
        for file in [path.path] if path.path.is_dir() else path.listing().files:
            if _is_key(file, keys):
                continue
            if not file.is_relative_to(root):
                raise UsageError(
                    Text(
                        "Only what lies below the recipe's folder can come along.",
                        "同梱できるのはレシピのフォルダの中にあるものだけです。",
                    ),
                    where=f"{location}: {path.written}",
                )
            found[file.relative_to(root).as_posix()] = file
    return found


def _key_files(recipe: Path | None) -> frozenset[Path]:
    """The files with secret keys that the recipe names."""
    if recipe is None:
        return frozenset()
    named = named_paths(load_recipe(recipe))
    return frozenset(path.path.resolve() for location, path in named if location.endswith("key_file"))


def _is_key(path: Path, keys: frozenset[Path]) -> bool:
    return path.name == DEFAULT_KEY_FILE or path.resolve() in keys


def _copy(source: Path, target: Path, keys: frozenset[Path]) -> None:
    """A file or folder, links followed, without hidden files (version control) and files of secret keys."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name.startswith(".") or _is_key(Path(folder, name), keys)}

    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=left_out, dirs_exist_ok=True)
    elif not target.exists():
        shutil.copyfile(source, target)
