"""Attacks on runs: names and places that would write elsewhere, and edits that would lie."""

import json
import os
from pathlib import Path

import pytest

from model.tiny import save_tiny
from tekio.cli import main
from tekio.recipe import load_recipe
from tekio.run_folder import verify_run, writing_run
from tekio.store import run_stage

TEXT = "これは試験文書です。" + "景気は緩やかに回復していると会社は見ています。" * 6
CORPUS = "corpus:\n  sources: [{name: s, path: %s, license: CC0-1.0}]\n  filters: {preset: none}\n  duplicates: {near: false}\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    place = tmp_path / "project"
    (place / "docs").mkdir(parents=True)
    for number in range(3):
        (place / "docs" / f"{number}.txt").write_text(f"{number}。{TEXT}")
    monkeypatch.chdir(place)
    return place


def tekio(*words: str) -> int:
    return main(["--lang", "en", *words])


def recipe(project: Path, text: str) -> str:
    (project / "r.yaml").write_text(text)
    return str(project / "r.yaml")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: ..\n", 1),
        ("name: .hidden\n", 1),
        ("name: a/b\n", 1),
        (f"name: {'あ' * 90}\n", 1),
        (CORPUS % "docs/*.txt" + "name: x\nvariants: {'../../../../escaped': {tune: null}}\n", 6),
        ("name: x\ncorpus: {sources: [{name: '..', path: docs, license: CC0-1.0}]}\n", 2),
        ("name: x\ncorpus: {sources: [{name: s, domain: ../../d, path: docs, license: CC0-1.0}]}\n", 2),
        (f"name: t\nseed: {'9' * 5000}\n", 2),
        ("name: t\nout: ~nosuchuser/x\n", 2),
        ("name: t\nout: 'a\\0b'\n", 2),
        (f"name: t\nout: {'x' * 300}\n", 2),
        ("name: t\nseed: true\n", 2),
        ("name: t\nseed: '17'\n", 2),
        ("name: t\ncorpus: {sources: [{name: s, path: x, epochs: .inf}]}\n", 2),
        ("name: t\ntune: {method: lora, optimizer: {learning_rate: .inf}}\n", 2),
        ("name: t\ntune: {method: lora, optimizer: {learning_rate: .nan}}\n", 2),
        ("name: t\ntune: {method: lora, optimizer: {learning_rate: 1e999}}\n", 2),
        ("name: t\ncorpus: {sources: [{name: s, path: x, options: {rate: .inf}}]}\n", 2),
        ("name: t\ncorpus: {keep_units: 1, sources: [{name: s, path: x}]}\n", 2),
    ],
)
@pytest.mark.parametrize("verb", ["doctor", "run"])
def test_a_recipe_that_would_do_harm_is_refused_with_its_line(project, capsys, text, line, verb):
    before = sorted(project.rglob("*"))
    path = recipe(project, text.replace("\\0", "\\0") if "\\0" not in text else text.replace("'a\\0b'", '"a\\0b"'))
    assert tekio(verb, path) == 2
    said = capsys.readouterr().err
    assert f"r.yaml:{line}:" in said
    assert "is a bug" not in said
    assert sorted(item for item in project.rglob("*") if item.name != "r.yaml") == before


@pytest.mark.parametrize("out", [".", "..", "docs", "docs/run", "way", "mine"])
def test_a_run_folder_is_apart_from_everything_of_the_user_s(project, capsys, out):
    (project / "mine").mkdir()
    (project / "mine" / "thesis.txt").write_text("x")
    (project / "way").symlink_to(project)
    path = recipe(project, "name: x\n" + CORPUS % "docs")
    before = {item: item.read_bytes() for item in project.rglob("*") if item.is_file()}
    for verb in ("run", "doctor", "train"):
        assert tekio(verb, path, "--out", out) in (1, 2)
        assert {item: item.read_bytes() for item in project.rglob("*") if item.is_file()} == before


def test_a_glob_may_lie_beside_a_run_and_never_reach_into_it(project, capsys):
    path = recipe(project, "name: x\n" + CORPUS % "'*/*.txt'")
    assert tekio("run", path) == 0
    path = recipe(project, "name: y\n" + CORPUS % "'**/*.jsonl'")
    assert tekio("run", path) == 2
    assert "input" in capsys.readouterr().err


def test_brackets_in_a_folder_s_name_are_no_pattern(project, monkeypatch):
    place = project / "g[2024]"
    place.mkdir()
    (project / "docs").rename(place / "docs")
    path = place / "r.yaml"
    path.write_text("name: x\n" + CORPUS % "docs/*.txt")
    assert len(load_recipe(path).corpus.sources[0].path.files()) == 3  # type: ignore[union-attr]


def test_a_renamed_single_input_is_read_again(project):
    (project / "one").mkdir()
    (project / "one" / "p.txt").write_text(f"<html><body><p>{TEXT}</p></body></html>")
    path = recipe(project, "name: x\n" + CORPUS % "one/*")
    assert tekio("run", path) == 0
    first = json.loads((project / "runs/x/corpus/manifest.json").read_text())["artifact"]
    (project / "one" / "p.txt").rename(project / "one" / "p.html")
    assert tekio("run", path) == 0
    assert json.loads((project / "runs/x/corpus/manifest.json").read_text())["artifact"] != first


def test_a_corpus_build_keeps_a_user_s_folder_of_units(project, capsys):
    (project / "runs/x/corpus.units").mkdir(parents=True)
    (project / "runs/x/corpus.units/mine.txt").write_text("x")
    path = recipe(project, "name: x\n" + CORPUS % "docs")
    assert tekio("corpus", "build", path) == 2
    assert (project / "runs/x/corpus.units/mine.txt").read_text() == "x"


def edit(path: Path, change):
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


ATTACKS = {
    "counts": lambda run: edit(run / "corpus/manifest.json", lambda m: m["counts"].update(rows_train=99)),
    "config": lambda run: edit(run / "corpus/manifest.json", lambda m: m["config"].update(shard_bytes=1)),
    "seed": lambda run: edit(run / "corpus/manifest.json", lambda m: m.update(seed=3)),
    "inputs": lambda run: edit(run / "corpus/manifest.json", lambda m: m["inputs"][0].update(sha256="0" * 64)),
    "versions": lambda run: edit(run / "corpus/manifest.json", lambda m: m["versions"].update(tekio="9")),
    "recipe copy": lambda run: (run / "recipe.yaml").write_text("name: other\n"),
    "resolved recipe": lambda run: edit(run / "recipe.resolved.json", lambda r: r.update(seed=3)),
    "mark": lambda run: edit(run / "run.json", lambda m: m.update(name="other")),
    "parent gone": lambda run: __import__("shutil").rmtree(run / "corpus"),
    "added file": lambda run: (run / "corpus/extra.txt").write_text("x"),
    "added folder": lambda run: (run / "corpus/extra").mkdir(),
    "a link for a file": lambda run: (
        (run / "corpus/funnel.json").rename(run.parent / "f"),
        (run / "corpus/funnel.json").symlink_to(run.parent / "f"),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_verify_notices(project, attack):
    path = recipe(project, "name: x\n" + CORPUS % "docs")
    assert tekio("run", path) == 0
    assert tekio("verify", "runs/x") == 0
    ATTACKS[attack](project / "runs/x")
    assert tekio("verify", "runs/x") == 1


SCRATCH = {".hashes.json", "corpus.units"}
"""Memories of the machine: they are no evidence, and a run may be handed on without them."""


def test_verify_notices_one_bit_in_any_file_whose_size_and_time_stay(project):
    path = recipe(project, "name: x\n" + CORPUS % "docs")
    assert tekio("run", path) == 0
    run = project / "runs/x"
    for file in sorted(item for item in run.rglob("*") if item.is_file()):
        if SCRATCH & set(file.relative_to(run).parts) or not file.stat().st_size:
            continue
        before, status = file.read_bytes(), file.stat()
        for at in (0, len(before) // 2, len(before) - 1):
            file.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
            assert any(verify_run(run).values()), (file, at)
        file.write_bytes(before)
    assert not any(verify_run(run).values())


def test_a_manifest_with_its_own_hash_mended_still_does_not_fit_its_child(project):
    from tekio.store import manifest_hash

    path = recipe(project, "name: x\n" + CORPUS % "docs")
    assert tekio("run", path) == 0

    def lie(manifest):
        manifest["counts"]["rows_train"] = 99
        manifest["sha256"] = manifest_hash(manifest)

    edit(project / "runs/x/corpus/manifest.json", lie)
    found = verify_run(project / "runs/x")
    assert found["corpus"] == []
    assert "not the one it was made from" in found["report"][0]


def test_an_input_that_changes_between_hashing_and_reading_fails_the_unit(project, monkeypatch, capsys):
    from tekio.corpus import build

    plan = build.plan_tasks

    def changing(*arguments):
        found = plan(*arguments)
        (project / "docs/0.txt").write_text("別の文書です。" + TEXT)
        return found

    monkeypatch.setattr(build, "plan_tasks", changing)
    path = recipe(project, "name: x\nengine: {workers: 1}\n" + CORPUS % "docs")
    assert tekio("run", path) == 1
    assert "changed while it was read" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert tekio("run", path) == 0
    assert tekio("verify", "runs/x") == 0


def test_a_sound_run_with_a_base_of_the_users_own_is_verified(project):
    """The records' screen takes the base's special tokens beside the recipe's: no other settings for that."""
    save_tiny(project / "m")
    rows = [
        {"instruction": f"{number}番の商品は何ですか。", "output": f"{number}番の預金です。"} for number in range(4)
    ]
    (project / "r.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    text = "name: x\nbase: {model: m}\ninstruct: {import: [{name: r, path: r.jsonl, license: internal}]%s}\n"
    for number, screen in enumerate(("", ", screen: {special_tokens: ['<|own|>']}")):
        run = project / f"run{number}"
        assert tekio("run", recipe(project, text % screen), "--out", str(run), "--only", "instruct") == 0
        tokens = json.loads((run / "instruct" / "manifest.json").read_text())["config"]["screen"]["special_tokens"]
        assert "</s>" in tokens
        assert ("<|own|>" in tokens) == bool(screen)
        assert tekio("verify", str(run)) == 0
    resolved = project / "run1" / "recipe.resolved.json"
    resolved.write_text(resolved.read_text().replace("<|own|>", "<|other|>"))
    assert tekio("verify", str(project / "run1")) == 1


def test_a_sound_run_with_preferences_is_verified(project):
    """`prefer` keeps the rule by which test items were kept out of the records in its manifest."""
    row = {"instruction": "預金とは何ですか。", "output": "銀行に預けたお金です。"}
    (project / "r.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n")
    text = "name: x\nbase: {scratch: {}}\ninstruct: {import: [{name: r, path: r.jsonl, license: internal}]}\ntune: {}\n"
    text += "prefer: {pairs: [{name: p, path: r.jsonl, license: internal}]}\n"
    place, run = recipe(project, text), project / "run"
    loaded = load_recipe(Path(place))
    assert loaded.instruct is not None
    assert loaded.prefer is not None
    rule = loaded.instruct.screen.contamination.plain()
    for number, more in enumerate(({}, {"containment": 0.123})):
        folder = run.with_name(f"run{number}")
        settings = loaded.prefer.plain() | {"screen": {"contamination": rule | more}}
        with writing_run(loaded, folder):
            run_stage("prefer", folder / "prefer", config=settings, inputs=[], seed=loaded.seed, work=lambda _: None)
        said = "its settings are not those" in str(verify_run(folder).get("recipe", []))
        assert said == bool(more)
