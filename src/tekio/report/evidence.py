"""The evidence pack: what a model-risk reviewer files, as one ZIP.

Manifests, recipe, results, funnels, card, report, a bill of materials, the outcome of re-hashing every file, and a
hash-chained list of the stages (each line holds the hash of the line before, so that none can be changed, removed or
put in without breaking all that follow). Texts of the training corpus, per-item outputs and weights are not in it (they
may be confidential or licensed; their hashes are), but for the few answers and items the report shows. Equal runs in equal environments give equal content but for the
manifests' clock times; packing the same run folder twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from email.message import Message
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, cast

from tekio._version import __version__
from tekio.errors import InputError, Text
from tekio.report.gather import FOLDERS
from tekio.report.model_risk import PAGE as MODEL_RISK
from tekio.report.model_risk import model_risk_page
from tekio.store import (
    MANIFEST,
    canonical_json,
    read_manifest,
    sha256_file,
    verify_folder,
    write_atomic,
)

FILES = {
    "corpus": ("funnel.json",),
    "exam": ("exam.json",),
    "study": ("study.json",),
    "base": ("summary.json", "metrics.jsonl", "model.json"),
    "pretrain": ("summary.json", "metrics.jsonl"),
    "instruct": ("funnel.json",),
    "residual": ("residual.json",),
    "tune": ("summary.json", "metrics.jsonl"),
    "prefer": ("summary.json", "metrics.jsonl", "pairs.json"),
    "sweep": ("sweep.json",),
    "evaluate": ("results.json", "exam.json", "exam-cost.json"),
    "compare": ("summary.json",),
    "judged": ("judged.json",),
    "report": ("report.html", "model_card.md", "summary.json"),
}
START = "0" * 64
FIXED_TIME = (1980, 1, 1, 0, 0, 0)

README = """Evidence pack of a Tekio run / Tekio 実行の証跡一式

report/report.html      the report; open it in a browser, it loads nothing / レポート（外部参照なし）
report/model_card.md    model card for the inventory / モデルカード（台帳用）
report/summary.json     every number of the report / レポートの数字すべて
recipe.json             the recipe as it was run / 実行時のレシピ
stages/<stage>/         manifest (inputs, outputs, hashes, versions), funnels, curves, results / 各段階の記録
chain.jsonl             hash-chained list of the stages: sha256(previous + canonical JSON of the line without "hash")
                        段階の連鎖ハッシュ一覧
verification.json       files that did not match their manifest when this pack was made (empty: sound)
                        作成時の再検査で不一致だったもの（空なら健全）
sbom.cdx.json           CycloneDX bill of materials of the Python environment this pack was made in / 部品表
model-risk.md           DRAFT for your own lawyers: which file speaks to which of the FSA's eight principles of model risk management
                        モデル・リスク管理に関する原則（金融庁）とファイルの対応表（草案。貴社の法務でご検討ください）
SHA256SUMS              hashes of all files in this pack / 全ファイルのハッシュ

Not in the pack: texts, per-item outputs, weights (their hashes are in the manifests), but for the few answers and test
items the report shows (recipe: report.answers, report.items).
本文・問題ごとの出力・重みは含みません（ハッシュは manifest にあります）。ただしレポートに示した少数の回答例と問題は
含まれます（レシピの report.answers、report.items）。
"""


def write_evidence(run: Path, target: Path, *, report: Path, recipe: dict[str, Any] | None) -> list[str]:
    """Write the pack for `run` to `target`; `report` is the folder of the report stage.

    Every finished stage is re-hashed. Returns what was not sound, one line each (also in the pack); empty if all is.
    """
    folders = {stage: run / stage for stage in FOLDERS} | {"report": report}
    finished = {stage: folder for stage, folder in folders.items() if (folder / MANIFEST).is_file()}
    problems = [
        line.replace(str(folder), stage) for stage, folder in finished.items() for line in verify_folder(folder)
    ]
    files: dict[str, bytes] = {"README.txt": README.encode()}
    for stage, folder in finished.items():
        place = "report" if stage == "report" else f"stages/{stage}"
        for name in (MANIFEST, *FILES[stage]):
            if (folder / name).is_file():
                files[f"{place}/{name}"] = (folder / name).read_bytes()
    if recipe is not None:
        files["recipe.json"] = _json(recipe)
    files["chain.jsonl"] = "".join(canonical_json(row) + "\n" for row in chain(finished)).encode()
    files["verification.json"] = _json({"problems": problems})
    files["sbom.cdx.json"] = _json(bill_of_materials())
    files[MODEL_RISK] = model_risk_page({*files, "SHA256SUMS"}).encode()
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode()
    write_atomic(target, packed(files))
    return problems


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def packed(files: dict[str, bytes]) -> bytes:
    """A ZIP that depends on names and contents only: sorted, stored, one fixed time, one fixed mode."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.create_system = 3  # Unix, wherever this runs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


# --- the chain ---------------------------------------------------------------------------------------------------


def chain(finished: dict[str, Path]) -> list[dict[str, Any]]:
    """One line a stage, in the order of the run; each holds the hash of the line before."""
    rows: list[dict[str, Any]] = []
    previous = START
    for number, (stage, folder) in enumerate(finished.items()):
        manifest = read_manifest(folder)
        if manifest is None:
            continue
        row: dict[str, Any] = {
            "number": number,
            "stage": stage,
            "key": manifest.key,
            "artifact": manifest.artifact,
            "manifest": sha256_file(folder / MANIFEST),
            "parents": manifest.parents,
            "started": manifest.started,
            "previous": previous,
        }
        previous = row["hash"] = link(row)
        rows.append(row)
    return rows


def link(row: dict[str, Any]) -> str:
    """The hash of one line: SHA-256 over the previous hash and the line's canonical JSON without its own hash."""
    content = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256((row["previous"] + canonical_json(content)).encode()).hexdigest()


def broken_links(rows: Sequence[dict[str, Any]]) -> list[int]:
    """Positions of the lines that do not fit the chain; empty if it is whole."""
    previous = START
    found: list[int] = []
    for position, row in enumerate(rows):
        if row.get("previous") != previous or row.get("hash") != link(row):
            found.append(position)
        previous = str(row.get("hash"))
    return found


MOST_FILES = 1000
MOST_BYTES = 2_000_000_000
READ_AT_ONCE = 200_000_000


def check_evidence(path: Path) -> list[str]:
    """What is wrong with a pack, one line each; empty if all sums hold, the chain is whole, every file is the one its stage's
    manifest lists and the stages were sound.

    A pack comes from outside: nothing is unpacked to disk, and number and size of its files are limited.
    Raises `InputError` if it is no pack that can be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise zipfile.BadZipFile("too many or too large files")
            if any(entry.file_size > READ_AT_ONCE or entry.flag_bits & 1 for entry in entries):
                raise zipfile.BadZipFile("a file is too large or encrypted")
            content = {name: archive.read(name) for name in names}
        for name in ("SHA256SUMS", "chain.jsonl", "verification.json"):
            if name not in content:
                raise zipfile.BadZipFile(f"no {name} in it")
        sums = content["SHA256SUMS"].decode()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise InputError(
            Text("This is not an evidence pack that can be read.", "証跡一式として読めません。"),
            where=path,
            why=str(error),
        ) from error
    stated = {name: digest for digest, _, name in (line.partition("  ") for line in sums.splitlines())}
    wrong = [f"{name}: twice in the pack" for name, count in sorted(Counter(names).items()) if count > 1]
    for name in sorted(set(content) | set(stated)):
        if name == "SHA256SUMS":
            continue
        if name not in content:
            wrong.append(f"{name}: missing")
        elif name not in stated:
            wrong.append(f"{name}: not in SHA256SUMS")
        elif hashlib.sha256(content[name]).hexdigest() != stated[name]:
            wrong.append(f"{name}: changed")
    chained = [row for line in content["chain.jsonl"].splitlines() if (row := _table(line)) is not None]
    if len(chained) != len(content["chain.jsonl"].splitlines()):
        wrong.append("chain.jsonl: not readable")
    wrong += [f"chain.jsonl:{place + 1}: the chain is broken" for place in broken_links(chained)]
    told: set[str] = set()
    for row in chained:
        stage = str(row.get("stage"))
        place = "report" if stage == "report" else f"stages/{stage}"
        told.add(f"{place}/{MANIFEST}")
        manifest = content.get(f"{place}/{MANIFEST}")
        if manifest is None or hashlib.sha256(manifest).hexdigest() != row.get("manifest"):
            wrong.append(f"{place}/{MANIFEST}: not the one in the chain")
        else:
            wrong += _other_than_listed(manifest, place, FILES.get(stage, ()), content)
    wrong += [
        f"{name}: not in the chain" for name in sorted(content) if name.endswith(f"/{MANIFEST}") and name not in told
    ]
    unsound = (_table(content["verification.json"]) or {}).get("problems")
    if not isinstance(unsound, list):
        return [*wrong, "verification.json: not readable"]
    return wrong + [f"when packed: {line}" for line in cast("list[object]", unsound)]


def _other_than_listed(manifest: bytes, place: str, names: Sequence[str], content: dict[str, bytes]) -> list[str]:
    """The packed files of a stage that its manifest knows otherwise: new sums in SHA256SUMS do not hide them."""
    listed = (_table(manifest) or {}).get("outputs")
    rows = cast("list[object]", listed) if isinstance(listed, list) else []
    outputs = [cast("dict[str, object]", row) for row in rows if isinstance(row, dict)]
    stated = {str(row.get("path")): row.get("sha256") for row in outputs}
    wrong: list[str] = []
    for name in names:
        packed_file = content.get(f"{place}/{name}")
        if packed_file is None and name in stated:
            wrong.append(f"{place}/{name}: missing, though its manifest lists it")
        elif packed_file is not None and stated.get(name) != hashlib.sha256(packed_file).hexdigest():
            wrong.append(f"{place}/{name}: not the one its manifest lists")
    return wrong


def _table(raw: bytes) -> dict[str, Any] | None:
    """A JSON object, or None where it is none."""
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


# --- the bill of materials ---------------------------------------------------------------------------------------


def bill_of_materials() -> dict[str, Any]:
    """All Python distributions of this environment as CycloneDX 1.6 (without serial number and time: repeatable)."""
    components: dict[str, dict[str, Any]] = {}
    for distribution in distributions():
        component = _component(distribution)
        if component is not None:
            components.setdefault(component["purl"], component)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "tekio", "version": __version__, "bom-ref": "tekio"}},
        "components": [components[name] for name in sorted(components)],
    }


def _component(distribution: Distribution) -> dict[str, Any] | None:
    metadata = cast("Message", distribution.metadata)
    name, version = metadata.get("Name"), metadata.get("Version")
    if not name or not version:
        return None
    reference = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    component: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": reference,
        "bom-ref": reference,
    }
    license_text = _license(distribution)
    if license_text:
        spdx = bool(metadata.get("License-Expression"))
        component["licenses"] = [{"expression": license_text} if spdx else {"license": {"name": license_text}}]
    return component


def _license(distribution: Distribution) -> str | None:
    """The SPDX expression, else the classifiers' names, else the first line of the license field."""
    metadata = cast("Message", distribution.metadata)
    expression = metadata.get("License-Expression")
    if expression:
        return expression
    classifiers = metadata.get_all("Classifier") or []
    named = [item.rsplit("::", 1)[1].strip() for item in classifiers if item.startswith("License ::")]
    if named:
        return ", ".join(sorted(named))
    written = (metadata.get("License") or "").strip().splitlines()
    return written[0][:120] if written else None
