"""Wheels of a bundle: fetched by pip, their names, licenses and bill of materials."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from tekio._version import __version__
from tekio.errors import TekioError, Text, UsageError
from tekio.hashes import sha256_file

OLDEST_GLIBC, NEWEST_GLIBC = 5, 34
LICENSE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
MAX_LICENSE_BYTES = 2_000_000


def _manylinux(machine: str) -> list[str]:
    glibc = [f"manylinux_2_{minor}_{machine}" for minor in range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)]
    return [*glibc, f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"manylinux1_{machine}", f"linux_{machine}"]


PLATFORMS: dict[str, list[str]] = {
    "this": [],
    "linux-x86_64": _manylinux("x86_64"),
    "linux-aarch64": _manylinux("aarch64"),
    "macos-arm64": [f"macosx_{major}_0_arm64" for major in range(15, 10, -1)] + ["macosx_11_0_universal2"],
    "windows-amd64": ["win_amd64"],
}
"""Platform of a bundle -> the tags of wheels that it takes, best first; `this`: what pip takes here."""


@dataclass(frozen=True)
class Wheel:
    """One wheel: what its metadata says of it."""

    path: Path
    name: str
    version: str
    license: str | None
    spdx: bool
    sha256: str

    @property
    def reference(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name.lower().replace('_', '-')}@{self.version}"


def fetch_wheels(
    into: Path, package: str, extras: str, *, platform: str, python: str, constraint: Path | None, wheels: Path | None
) -> None:
    """Put the wheels of `package` (a requirement, a wheel or a source folder) and all it needs into `into`.

    pip reads its own settings (index, proxy); wheels: a folder that is used instead of any index. Raises `TekioError`.
    """
    requirement = f"{package}[{extras}]" if extras else package
    place = Path(package)
    if place.exists():
        if place.is_dir():
            _pip(["wheel", "--no-deps", "-w", str(into), str(place)], wheels)
            [place] = into.glob("tekio-*.whl")
        requirement = f"{place.absolute()}[{extras}]" if extras else str(place.absolute())
    words = ["download", "--dest", str(into), "--only-binary=:all:"]
    if platform != "this":
        words += [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
        words += ["--implementation", "cp", "--python-version", python]
    if constraint is not None:
        words += ["--constraint", str(constraint)]
    _pip([*words, requirement], wheels)


def _pip(words: Sequence[str], wheels: Path | None) -> None:
    only = [] if wheels is None else ["--no-index", "--find-links", str(wheels)]
    command = [sys.executable, "-m", "pip", words[0], "--disable-pip-version-check", "--quiet", *only, *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise TekioError(
            Text("pip could not fetch the wheels.", "pip でホイールを取得できませんでした。"),
            why=done.stderr.strip()[-1500:],
            fix=Text(
                "pip's own settings name the index (PIP_INDEX_URL, pip.conf); `--wheels DIR` takes a folder instead.",
                "索引は pip の設定（PIP_INDEX_URL、pip.conf）で指定します。`--wheels DIR` でフォルダからも取れます。",
            ),
        )


def read_wheel(path: Path) -> Wheel:
    """A wheel's own words about itself. Raises `UsageError` for a file that is no wheel."""
    try:
        with zipfile.ZipFile(path) as archive:
            [name] = [
                item for item in archive.namelist() if item.endswith(".dist-info/METADATA") and item.count("/") == 1
            ]
            metadata = message_from_bytes(archive.read(name))
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise UsageError(Text("This is no wheel.", "ホイールではありません。"), where=path, why=str(error)) from error
    expression = metadata.get("License-Expression")
    words = expression or _named_license(metadata)
    return Wheel(
        path, str(metadata["Name"]), str(metadata["Version"]), words, expression is not None, sha256_file(path)
    )


def _named_license(metadata: Message) -> str | None:
    classifiers = [str(item) for item in metadata.get_all("Classifier") or []]
    named = [item.rpartition("::")[2].strip() for item in classifiers if item.startswith("License ::")]
    written = str(metadata.get("License") or "").strip().splitlines()
    return ", ".join(sorted(named)) or (written[0][:120] if written else None)


def license_texts(wheel: Wheel) -> dict[str, bytes]:
    """The license files inside a wheel, by a plain name."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel.path) as archive:
        for item in archive.infolist():
            folder, _, name = item.filename.rpartition("/")
            inside = ".dist-info" in folder.partition("/")[0]
            if inside and name.upper().startswith(LICENSE_NAMES) and 0 < item.file_size <= MAX_LICENSE_BYTES:
                found.setdefault(name if name not in found else f"{len(found)}-{name}", archive.read(item))
    return found


def bill_of_wheels(wheels: Sequence[Wheel]) -> dict[str, Any]:
    """The wheels as CycloneDX 1.6, with their hashes and licenses (without serial number and time: repeatable)."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "tekio", "version": __version__, "bom-ref": "tekio"}},
        "components": [_component(wheel) for wheel in wheels],
    }


def _component(wheel: Wheel) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "name": wheel.name,
        "version": wheel.version,
        "purl": wheel.reference,
        "bom-ref": wheel.reference,
        "hashes": [{"alg": "SHA-256", "content": wheel.sha256}],
    }
    if wheel.license:
        component["licenses"] = [{"expression": wheel.license} if wheel.spdx else {"license": {"name": wheel.license}}]
    return component
