"""Verify and install a bundle. The standard library alone: `tekio bundle make` copies this file into the bundle, where it
runs on a machine that has nothing but Python: `python3 install.py --into DIR`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

LISTING = "bundle.json"
SHOWN = 5
FORMAT = 1
BLOCK = 1 << 20
AGAIN = (
    "Copy it again, whole; `bundle.json` lists what belongs to it.",
    "全体をもう一度複製してください。含まれるものは `bundle.json` にあります。",
)
KINDS = {"changed": ("changed", "変更"), "missing": ("missing", "不足"), "extra": ("extra", "余分")}
"""What can be wrong with a file of a bundle, in English and Japanese."""


class BundleError(Exception):
    """A bundle that cannot be used. words: what is wrong, in English and Japanese; fix: what to do next, likewise. why: the cause."""

    def __init__(self, en: str, ja: str, *, fix: tuple[str, str], why: tuple[str, str] | None = None) -> None:
        self.words, self.fix, self.why = (en, ja), fix, why
        parts = (self.words, why, fix) if why is not None else (self.words, fix)
        super().__init__("\n".join(" ".join(part[language] for part in parts) for language in (0, 1)))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def read_listing(bundle: Path) -> dict[str, Any]:
    """`bundle.json`. Raises `BundleError`."""
    try:
        value: object = json.loads((bundle / LISTING).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(
            "This is no bundle.", "バンドルではありません。", why=(str(error), str(error)), fix=AGAIN
        ) from error
    listing = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if listing.get("format") != FORMAT or not isinstance(listing.get("files"), dict):
        raise BundleError(
            f"This is no bundle of format {FORMAT}.",
            f"形式 {FORMAT} のバンドルではありません。",
            fix=(
                "Make it again with the version of Tekio that reads it.",
                "読み込む側と同じ版の Tekio で作り直してください。",
            ),
        )
    return listing


def everything_below(folder: Path) -> Iterator[str]:
    """Whatever is no folder below `folder`, links included, by its name with `/`."""
    for place, folders, names in os.walk(folder):
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*names, *linked):
            yield (Path(place) / name).relative_to(folder).as_posix()


def verify_bundle(bundle: Path) -> list[str]:
    """What is not as it was made: `changed`, `missing` or `extra` and the file's name, sorted. Raises `BundleError` for no bundle."""
    files = cast("dict[str, dict[str, Any]]", read_listing(bundle)["files"])
    found: list[str] = []
    there = set(everything_below(bundle)) - {LISTING}
    for name, said in files.items():
        path = bundle / name
        if name not in there:
            found.append(f"missing {name}")
        elif (
            not stat.S_ISREG(path.lstat().st_mode)
            or path.stat().st_size != said["bytes"]
            or sha256_of(path) != said["sha256"]
        ):
            found.append(f"changed {name}")
    return sorted(found + [f"extra {name}" for name in there - set(files)])


def _shown(wrong: list[str], mark: str, language: int) -> str:
    """The first of `verify_bundle`'s lines, in English (0) or Japanese (1)."""
    told = (line.partition(" ") for line in wrong[:SHOWN])
    more = f" … (+{len(wrong) - SHOWN})" if len(wrong) > SHOWN else ""
    return mark.join(f"{KINDS[kind][language]}: {name}" for kind, _, name in told) + more


def install_bundle(bundle: Path, into: Path) -> Path:
    """Install into the new folder `into`: `env` (a virtual environment) and `project` (recipe, model, data, where the bundle has
    them). pip asks no index and checks every wheel's hash. Returns the `tekio` command. Raises `BundleError`.
    """
    wrong = verify_bundle(bundle)
    if wrong:
        raise BundleError(
            "The bundle is not as it was made.",
            "バンドルが作成時と異なります。",
            why=(_shown(wrong, "; ", 0), _shown(wrong, "、", 1)),
            fix=AGAIN,
        )
    wanted, here = str(read_listing(bundle)["python"]), f"{sys.version_info.major}.{sys.version_info.minor}"
    if wanted != here:
        raise BundleError(
            f"The bundle is for Python {wanted}, this is {here}.",
            f"バンドルは Python {wanted} 用ですが、これは {here} です。",
            fix=(
                f"Run it with Python {wanted}, or make a bundle for {here}: `tekio bundle make --python {here}`.",
                f"Python {wanted} で実行するか、{here} 用に作ってください（`tekio bundle make --python {here}`）。",
            ),
        )
    if into.is_symlink() or (into.exists() and (not into.is_dir() or any(into.iterdir()))):
        raise BundleError(
            f"This folder is not new: {into}.",
            f"新しいフォルダではありません: {into}。",
            fix=("Name a folder that does not exist.", "存在しないフォルダを指定してください。"),
        )
    venv.create(into / "env", with_pip=True)
    programs = into / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = programs / ("python.exe" if os.name == "nt" else "python")
    options = ["--isolated", "--no-index", "--no-deps", "--require-hashes", "--disable-pip-version-check", "--quiet"]
    options += ["--find-links", str(bundle / "wheels"), "-r", str(bundle / "requirements.txt")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    command = [str(python), "-m", "pip", "install", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip()[-2000:]
        raise BundleError(
            "pip could not install the wheels.",
            "pip で導入できませんでした。",
            why=(said, said),
            fix=(
                "If a wheel does not fit this machine, make a bundle for its platform: `tekio bundle make --platform`.",
                "この機械に合わない wheel なら、その環境用に作ってください（`tekio bundle make --platform`）。",
            ),
        )
    if (bundle / "project").is_dir():
        shutil.copytree(bundle / "project", into / "project")
    return programs / ("tekio.exe" if os.name == "nt" else "tekio")


def main() -> int:
    """The command of the copy inside a bundle."""
    parser = argparse.ArgumentParser(description="Verify this bundle and install it. / 検査して導入します。")
    parser.add_argument("--into", type=Path, help="new folder / 新しいフォルダ")
    parser.add_argument("--verify", action="store_true", help="only verify / 検査だけ")
    chosen = parser.parse_args()
    bundle = Path(__file__).resolve().parent
    try:
        if chosen.verify or chosen.into is None:
            wrong = verify_bundle(bundle)
            told = (line.partition(" ") for line in wrong)
            print("\n".join(f"{' / '.join(KINDS[kind])}: {name}" for kind, _, name in told) or "ok")
            return 1 if wrong else 0
        print(install_bundle(bundle, chosen.into.absolute()))
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
