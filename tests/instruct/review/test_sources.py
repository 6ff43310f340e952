"""Passages are found, and only where they may be looked for; a pair goes from a page through review into a run."""

# pyright: standard
# (JSON rows are untyped)

import json
import zipfile
from typing import Any

import pytest

from tekio.cli import main
from tekio.documents import Document, to_table, write_table
from tekio.errors import TekioError
from tekio.instruct.review.items import load_items
from tekio.instruct.review.sources import Passages
from tekio.instruct.review.tables import read_table
from tekio.records import InstructionMeta, new_record, read_records
from tekio.store import verify_folder, write_jsonl

PAGE = """<!doctype html><html lang="ja"><head><meta charset="{}"><title>国債FAQ</title></head><body>
<h1>個人向け国債のよくある質問</h1>
<dl><dt>Q1. いつ中途換金できますか。</dt><dd>発行から1年が経過すれば、当省が定める<br>手続きで、いつでも中途換金することができます。</dd>
<dt>Q2. 最低いくらから購入できますか。</dt><dd>額面1万円から、1万円単位で購入することができます。</dd>
<dt>Q3. 満期は何年ですか。</dt><dd>固定3年、固定5年、変動10年の三つの種類があります。</dd></dl></body></html>"""


def record(**extra):
    return new_record("問い", "答え", InstructionMeta("faq", "mof", "PDL-1.0", parents=["d1"], extra=extra))


def test_a_passage_kept_with_the_record_goes_first(tmp_path):
    assert Passages().of(record(passage="元の文", file="a.html")) == ("元の文", "a.html")
    assert Passages().of(record()) == ("", "")


def test_a_parent_of_the_corpus_is_the_passage(tmp_path):
    rows = [
        Document("d1", "元の文書です。", "s", "u", "CC0-1.0", title="題"),
        Document("d2", "別", "s", "u", "CC0-1.0"),
    ]
    write_table(to_table(rows), tmp_path / "part-00000.parquet")
    passages = Passages(tmp_path)
    passages.prepare([record()])
    assert passages.of(record()) == ("元の文書です。", "題")


@pytest.mark.parametrize("charset", ["utf-8", "cp932"])
def test_a_harvested_page_is_the_passage(tmp_path, charset):
    (tmp_path / "faq.html").write_bytes(PAGE.format("shift_jis" if charset == "cp932" else charset).encode(charset))
    text, place = Passages(pages=tmp_path).of(record(file="faq.html"))
    assert "いつでも中途換金することができます。" in text
    assert "<dd>" not in text
    assert place == "faq.html"
    named = record()
    named.meta.parents = ["faq.html#q2"]
    assert Passages(pages=tmp_path).of(named)[0] == text


def test_a_page_that_was_moved_and_renamed_is_found_by_what_it_says(tmp_path):
    page = PAGE.format("utf-8")
    (tmp_path / "2026" / "kokusai").mkdir(parents=True)
    (tmp_path / "2026" / "kokusai" / "page 1.html").write_text(page, encoding="utf-8")
    (tmp_path / "2026" / "index.html").write_text(page.replace("額面1万円", "額面5万円"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("いつ中途換金できますか。", encoding="utf-8")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    found = new_record(
        "最低いくらから購入できますか。",
        "額面1万円から、1万円単位で購入することができます。",
        InstructionMeta("faq", "mof", "PDL-1.0", extra={"file": "faq/kokusai.html"}),
    )
    passages = Passages(pages=tmp_path)
    passages.prepare([found])
    text, place = passages.of(found)
    assert place == "2026/kokusai/page 1.html"
    assert "額面1万円から" in text
    other = new_record(
        "どこにもない質問ですか、それともありますか。", "どこにもない答えです。", InstructionMeta("faq", "a", "b")
    )
    passages.prepare([other])
    assert passages.of(other) == ("", "")


def test_a_page_is_looked_for_below_its_folder_only(tmp_path):
    (tmp_path / "secret.html").write_text("<p>秘密の文章</p>", encoding="utf-8")
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "link.html").symlink_to(tmp_path / "secret.html")
    for name in ("../secret.html", str(tmp_path / "secret.html"), "link.html", "absent.html", "a\0b", "x" * 5000):
        assert Passages(pages=pages).of(record(file=name))[0] == ""


def test_a_workbook_with_entities_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(TekioError, match="entities"):
        read_table(tmp_path / "a.xlsx", [])


def test_from_a_page_through_review_into_a_run(tmp_path, capsys):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "faq.html").write_text(PAGE.format("utf-8"), encoding="utf-8")
    pairs = tmp_path / "pairs.jsonl"
    assert main(["--lang", "en", "harvest", str(pages), "--out", str(pairs)]) == 0
    items = load_items(pairs, pages=pages)
    assert len(items) == 3
    assert "1年が経過すれば" in items[0].passage
    assert [note.rule for note in items[0].notes if "当省" in note.found] == ["self_reference"]
    decisions: list[Any] = [{"tekio_review": 1}]
    for number, item in enumerate(items):
        row: Any = {
            "key": f"k{number}",
            "item": item.key,
            "reviewer": "A",
            "decision": ("edit", "accept", "reject")[number],
            "digest": item.digest(),
        }
        if number == 0:
            answer = item.record.output.replace("当省", "財務省")
            row["messages"] = [item.record.messages[0], {"role": "assistant", "content": answer}]
        decisions.append(row)
    write_jsonl(tmp_path / "a.decisions.jsonl", decisions)
    assert (
        main(
            [
                "review",
                str(pairs),
                "--merge",
                str(tmp_path / "a.decisions.jsonl"),
                "--out",
                str(tmp_path / "reviewed.jsonl"),
            ]
        )
        == 0
    )
    (tmp_path / "recipe.yaml").write_text(
        "name: r\ninstruct:\n  validation_share: 0\n  import:\n    - {name: reviewed, path: reviewed.jsonl, license: PDL-1.0}\n",
        encoding="utf-8",
    )
    assert main(["run", str(tmp_path / "recipe.yaml"), "--only", "instruct", "--out", str(tmp_path / "run")]) == 0
    stage = tmp_path / "run" / "instruct"
    assert main(["review", str(stage / "train.jsonl"), "--status"]) == 0
    assert main(["review", str(stage), "--status"]) == 0
    assert verify_folder(stage) == []  # the review of a stage's records lies beside the stage and outlives it
    names = {"instruct.review.sqlite", "instruct-train.jsonl.review.sqlite"}
    assert names <= {path.name for path in (tmp_path / "run" / "review").iterdir()}
    found = {item.id: item for item in read_records(tmp_path / "run" / "instruct" / "train.jsonl")}
    assert {key: item.meta.review for key, item in found.items()} == {items[0].key: "edited", items[1].key: "accepted"}
    assert "財務省が定める" in found[items[0].key].output
    assert (
        json.loads((tmp_path / "run" / "instruct" / "funnel.json").read_text(encoding="utf-8"))["totals"]["rows_in"]
        == 2
    )


def test_a_flag_whose_rule_has_said_more_is_shown_once(tmp_path):
    said = {
        "suggestions": [{"rule": "procedure", "found": ["窓口"], "why": "a procedure"}],
        "flags": ["procedure", "odd"],
    }
    record = new_record(
        "どこで手続きできますか。",
        "窓口です。",
        InstructionMeta(task="faq", origin="x", license="internal", extra=said),
    )
    write_jsonl(tmp_path / "a.jsonl", [record.as_dict()])
    (item,) = load_items(tmp_path / "a.jsonl")
    assert [(note.rule, note.found) for note in item.notes] == [("procedure", ["窓口"]), ("odd", [])]


def test_what_comes_back_and_cannot_be_used_is_named_in_the_users_language(tmp_path, capsys):
    record = new_record(
        "どこで手続きできますか。", "窓口です。", InstructionMeta(task="faq", origin="x", license="internal")
    )
    write_jsonl(tmp_path / "a.jsonl", [record.as_dict()])
    head = '{"tekio_review": 1}\n'
    (tmp_path / "back.jsonl").write_text(head + "not json\n", encoding="utf-8")
    (tmp_path / "back.csv").write_text("id,decision\n0000,accept\n" + f"{record.id},perhaps\n", encoding="utf-8")
    words = [str(tmp_path / "back.jsonl"), str(tmp_path / "back.csv"), "--reviewer", "佐藤"]
    assert main(["--lang", "ja", "review", str(tmp_path / "a.jsonl"), "--merge", *words]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ! ")]
    assert len(said) == 3
    assert "壊れた JSON" in said[0]
    assert all(any("ぁ" <= char <= "ん" for char in line) for line in said[1:])
