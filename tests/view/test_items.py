"""Which items are listed as fixed, broken, unparsed or seen, against a plain comparison of the files."""

import pytest

from report.report_fixture import item_files, write_stage
from tekio.artifacts.results import items_file
from tekio.view.items import TaskItems, templates_of


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    files = item_files()
    files["items/tuned/fp2.default.jsonl"][5] |= {
        "unparsed": True,
        "prompt": '引用 "correct": false と "unparsed": true',
    }
    write_stage(run, "evaluate", {"results.json": {}, **files})
    items = TaskItems(run / "evaluate", "fp2", "default", ["base", "tuned"])
    items.seen = frozenset({"fp2-4"})
    return items, files


def test_items_are_told_apart_by_what_each_model_made_of_them(found):
    items, files = found
    before, after = (
        [row["correct"] for row in files[f"items/{label}/fp2.default.jsonl"]] for label in ("base", "tuned")
    )
    pairs = list(enumerate(zip(before, after, strict=True)))
    assert items.chosen("all", "tuned") == list(range(10))
    assert items.chosen("fixed", "tuned") == [at for at, (old, new) in pairs if new and not old]
    assert items.chosen("broken", "tuned") == [at for at, (old, new) in pairs if old and not new]
    assert items.chosen("wrong", "base") == [at for at, (old, _) in pairs if not old]
    assert items.chosen("unparsed", "tuned") == [5]
    assert items.chosen("unparsed", "base") == []
    assert items.chosen("contaminated", "tuned") == [4]


def test_words_narrow_a_list(found):
    items, _ = found
    assert items.chosen("all", "base", "問 7") == [7]
    assert items.chosen("wrong", "base", "問 7") == [7]
    assert items.chosen("right", "base", "問 7") == []


def test_an_item_is_read_whole_for_every_model(found):
    items, _ = found
    scored = items.read(2)
    assert list(scored) == ["base", "tuned"]
    assert [row.correct for row in scored.values()] == [True, False]


def test_no_name_leads_out_of_the_stage(found, tmp_path):
    write_stage(tmp_path, "evaluate", {"results.json": {}})
    (tmp_path / "evaluate" / "items" / "base").mkdir(parents=True)
    (tmp_path / "secret.default.jsonl").write_text("{}", encoding="utf-8")
    assert items_file(tmp_path / "evaluate", "base", "../../../secret", "default") is None
    assert templates_of(tmp_path / "evaluate", "base", "../../../secret") == []
