"""Documents for others: only what licenses allow, each license apart, with the lines they ask for."""

import hashlib
import json

import pyarrow.parquet as pq
import pytest

from tekio.cli import main
from tekio.documents import read_documents
from tekio.offline import open_network

LICENSES = ["CC-BY-4.0", "CC-BY-SA-4.0", "EDINET", "internal:risk"]
RECIPE = """
name: small
engine: {workers: 1}
corpus:
  sources:
    - {name: free, path: a.jsonl, license: PDL-1.0}
    - {name: mixed, path: b.jsonl, license: CC0-1.0, columns: {text: text, license: license}}
  filters: {preset: none}
  duplicates: {near: false}
  held_out: {share: 0}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("export")
    for name, licenses in (("a", [None] * 3), ("b", [*LICENSES, "evaluation-only"])):
        rows = [
            {"text": f"{name}社の第{n}期の売上高は{n + 1}億円でした。"} | ({"license": item} if item else {})
            for n, item in enumerate(licenses)
        ]
        (place / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (place / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    assert main(["corpus", "build", str(place / "recipe.yaml"), "--out", str(place / "run")]) == 0
    return place


@pytest.fixture(autouse=True)
def network():
    yield
    open_network()


def export(folder, out, *words):
    return main(["--lang", "en", "corpus", "export", str(folder / "run"), "--out", str(out), *words])


def test_a_row_whose_license_forbids_training_is_rejected_by_the_build(folder):
    (row,) = read_documents(folder / "run" / "rejected")
    assert (row["rejected_by"], json.loads(row["measured"])) == ("license", {"license": "evaluation-only"})


def test_the_funnel_has_the_source_line_of_every_license_of_the_training_rows(folder):
    _, mixed = json.loads((folder / "run" / "funnel.json").read_text(encoding="utf-8"))["sources"]
    assert mixed["licenses"] == dict.fromkeys(sorted(LICENSES), 1)
    assert (
        mixed["attributions"]["CC-BY-SA-4.0"]
        == "mixed、CC BY-SA 4.0、加工して作成 / mixed, CC BY-SA 4.0; edited with Tekio."
    )


def test_an_export_with_rows_that_may_not_be_passed_on_is_refused_and_writes_nothing(folder, tmp_path, capsys):
    assert export(folder, tmp_path / "out") == 4
    message = capsys.readouterr().err
    assert "mixed: EDINET" in message
    assert "mixed: internal:risk" in message
    assert list(tmp_path.iterdir()) == []


def test_what_may_be_passed_on_is_given_by_license_the_rest_as_references_or_not_at_all(folder, tmp_path):
    assert export(folder, tmp_path / "out", "--leave-out") == 0
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "CC-BY-4.0",
        "CC-BY-SA-4.0",
        "PDL-1.0",
        "README.md",
        "references",
    ]
    built = {row["id"]: row for row in read_documents(folder / "run" / "train")}
    given = [row for name in [*LICENSES[:2], "PDL-1.0"] for row in read_documents(out / name)]
    assert [built[row["id"]] for row in given] == given
    assert len(given) == 5
    (reference,) = pq.read_table(out / "references").to_pylist()
    assert "text" not in reference
    text = built[reference["id"]]["text"]
    assert reference["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "出典：free、公共データ利用規約（第1.0版）に基づき加工して作成" in card
    assert "| mixed | internal:risk | 1 |" in card
    assert "Share-alike / 継承: CC-BY-SA-4.0" in card
    assert text not in card


def test_inside_the_house_everything_is_given_and_the_card_says_so(folder, tmp_path):
    assert export(folder, tmp_path / "out", "--internal") == 0
    rows = [row for path in sorted((tmp_path / "out").iterdir()) if path.is_dir() for row in read_documents(path)]
    assert len(rows) == 7
    assert "For use in the house only" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert export(folder, tmp_path / "out", "--internal") == 2  # never over an existing folder


def test_rows_come_in_batches_and_shards_of_bounded_size(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("tekio.corpus.export.BATCH", 1)
    monkeypatch.setattr("tekio.corpus.export.ROWS_PER_SHARD", 2)
    assert export(folder, tmp_path / "out", "--leave-out") == 0
    assert sorted(path.name for path in (tmp_path / "out" / "PDL-1.0").iterdir()) == [
        "part-00000.parquet",
        "part-00001.parquet",
    ]
    assert len(list(read_documents(tmp_path / "out" / "PDL-1.0"))) == 3


def test_equal_corpora_give_equal_exports(folder, tmp_path):
    for name in ("one", "two"):
        assert export(folder, tmp_path / name, "--leave-out") == 0
    files = [sorted(path for path in (tmp_path / name).rglob("*") if path.is_file()) for name in ("one", "two")]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
