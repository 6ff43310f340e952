"""The hostile set is large enough, covers every reader, and each input is refused with the reason stated."""

# pyright: standard

import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hostile.files import FILES
from hostile.inputs import INPUTS, Input
from model.test_load import add_adapter
from model.tiny import save_tiny
from tekio.artifacts.something_left import NothingError
from tekio.corpus import build_corpus
from tekio.corpus.readers import UnitFile
from tekio.corpus.readers.dispatch import detect
from tekio.documents import read_documents
from tekio.engine import LocalEngine
from tekio.errors import RecipeError, TekioError
from tekio.instruct.formats.read import import_records
from tekio.instruct.formats.rejected import RejectedRecord
from tekio.instruct.review.actions import read_action
from tekio.model.load import load_model
from tekio.recipe import load_recipe
from tekio.recipe.corpus import CorpusConfig
from tekio.recipe.readers import SHIPPED

GOOD = "これは良い文書です。最後まで読まれます。"


def test_the_set_has_at_least_120_inputs_each_with_its_reason():
    assert sum(bool(entry.reasons) and all(entry.reasons) for entry in INPUTS.values()) >= 120
    kinds = {entry.kind for entry in INPUTS.values()}
    assert kinds == {"file", "records", "decision", "model", "adapter", "recipe"}


def test_every_reader_is_attacked(tmp_path: Path):
    attacked: set[str] = set()
    for name, item in FILES.items():
        content = item.bytes()
        file = UnitFile(tmp_path / name, name, len(content), content=content)
        attacked.add(item.source.get("reader") or detect(file))
    assert {reader.name for reader in SHIPPED} <= attacked


@dataclass
class Built:
    """One build over all files. reasons: by file. kept: texts. totals: of the funnel."""

    reasons: dict[str, set[str]]
    kept: list[str]
    totals: dict[str, int]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    base = tmp_path_factory.mktemp("build")
    sources: dict[str, dict[str, Any]] = {}
    for name, item in FILES.items():
        folder = (
            base / f"source-{list(sources).index(key) if (key := json.dumps(item.source)) in sources else len(sources)}"
        )
        folder.mkdir(exist_ok=True)
        sources.setdefault(key, {"name": folder.name, "path": folder.name, "license": "CC0-1.0"} | item.source)
        (folder / name).write_bytes(item.bytes())
    (base / "source-0" / "良い.txt").write_text(GOOD, encoding="utf-8")
    given = {"sources": list(sources.values()), "filters": {"preset": "none"}}
    config = CorpusConfig.model_validate(given, context={"base": base})
    out = base / "run" / "corpus"
    with pytest.raises(NothingError) as caught:  # at the end of a finished build: sources that gave nothing
        build_corpus(config, out, seed=1, engine=LocalEngine(1))
    assert str(caught.value).count("source-") == len(sources) - 1
    reasons: dict[str, set[str]] = defaultdict(set)
    for row in read_documents(out / "rejected"):
        reasons[str(row["uri"]).split("#")[0].split("!/")[0]].add(str(row["rejected_by"]))
    kept = [str(row["text"]) for part in ("train", "held_out") for row in read_documents(out / part)]
    return Built(reasons, kept, json.loads((out / "funnel.json").read_text(encoding="utf-8"))["totals"])


def test_the_good_file_beside_them_is_kept_and_nothing_of_theirs(built: Built):
    assert sorted(built.kept) == sorted(["a", GOOD])  # the row before the damage of behind.json
    assert built.totals["rows_in"] == len(built.kept) + sum(built.totals["rejected"].values())  # pyright: ignore


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model and an adapter that load."""
    folder = tmp_path_factory.mktemp("models")
    base = save_tiny(folder / "base")
    return {"model": base, "adapter": add_adapter(base, folder / "adapter")}


def test_what_the_model_inputs_are_made_of_loads(sound: dict[str, Path]):
    for folder in sound.values():
        assert load_model(folder).parameters


def take_in(entry: Input, folder: Path, sound: Callable[[], dict[str, Path]]) -> None:
    """Give the program a decision, recipe, model or adapter."""
    if entry.kind == "decision":
        read_action(entry.given)
    elif entry.kind == "recipe":
        (folder / "recipe.yaml").write_text(f"name: x\n{entry.given}\n", encoding="utf-8")
        load_recipe(folder / "recipe.yaml")
    else:
        good = sound()[entry.kind]
        copied = good.with_name(f"bad-{folder.name}")  # beside it: an adapter names its base from its own folder
        entry.given(good, copied)
        load_model(copied)


def reason_of(entry: Input, folder: Path, built: Callable[[], Built], sound: Callable[[], dict[str, Path]]) -> set[str]:
    """What the program says of an input."""
    if entry.kind == "file":
        return built().reasons[entry.name]
    if entry.kind == "records":
        path = folder / entry.name
        path.write_bytes(entry.given if isinstance(entry.given, bytes) else entry.given())
        found = list(import_records(path, origin="outside"))
        assert all(isinstance(item, RejectedRecord) for item in found), found
        return {item.rejected_by for item in found if isinstance(item, RejectedRecord)}
    with pytest.raises(TekioError) as caught:
        take_in(entry, folder, sound)
    assert entry.kind != "recipe" or isinstance(caught.value, RecipeError)
    said = caught.value.explain("en")
    patterns = {words: words if entry.kind in ("model", "adapter") else re.escape(words) for words in entry.reasons}
    return {words for words, pattern in patterns.items() if re.search(pattern, said, re.DOTALL)} or {said}


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_refused_for_its_reason(name: str, tmp_path: Path, request: pytest.FixtureRequest):
    found = reason_of(
        INPUTS[name],
        tmp_path,
        lambda: request.getfixturevalue("built"),
        lambda: request.getfixturevalue("sound"),
    )
    assert found & INPUTS[name].reasons, found
