"""Boilerplate of a source and passages of a group: what is taken out, what is kept, and that nothing is lost."""

import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.corpus import build_corpus
from tekio.corpus.decisions.removed_spans import take_out
from tekio.corpus.duplicates.passages import gram_of, group_cuts, sentences_within
from tekio.documents import read_documents
from tekio.engine import LocalEngine
from tekio.errors import LimitError
from tekio.recipe.corpus import CorpusConfig
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.common_passages import winnow

NOTICE = "本資料は投資判断の参考となる情報の提供を目的としたものであり、投資の勧誘を目的としたものではありません。"
TABLE = "売上高 | 231,282 | 273,802\n経常利益 | 2,546 | 8,632"


def sentence(seed: int) -> str:
    """A different sentence for every seed."""
    words = random.Random(seed).choices("売上利益設備投資市場需要製品価格為替金利景気動向海外国内販売増加減少", k=24)
    return "".join(words) + "となりました。"


def run(folder, rows, *, name="corpus", source=None, engine=None, **duplicates):
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    own = {"name": "reports", "path": "in.jsonl", "license": "CC0-1.0", **(source or {})}
    plain = {
        "sources": [own],
        "filters": {"preset": "none"},
        "held_out": {"share": 0},
        "shard_bytes": 2000,
        "duplicates": {"near": False, **duplicates},
    }
    out = folder / "run" / name
    config = CorpusConfig.model_validate(plain, context={"base": folder})
    manifest = build_corpus(config, out, seed=17, engine=engine or LocalEngine(1))
    return out, manifest


def listing(out, name):
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def texts(out, kind="train"):
    return [row["text"] for row in read_documents(out / kind)]


def funnel(out):
    return json.loads((out / "funnel.json").read_text(encoding="utf-8"))["totals"]


@pytest.mark.parametrize("keep_first", [True, False])
def test_a_line_of_many_documents_is_taken_out_and_numbers_and_tables_never(tmp_path, keep_first):
    rows = [{"text": f"{sentence(n)}\n{NOTICE}\n{TABLE}\n令和8年3月31日現在"} for n in range(12)]
    out, _ = run(tmp_path, rows, lines=10, keep_first=keep_first)
    found = texts(out)
    assert sum(NOTICE in text for text in found) == keep_first
    assert all(TABLE in text and "令和8年3月31日現在" in text for text in found)
    (line,) = listing(out, "boilerplate.jsonl")
    taken = 12 - keep_first
    assert (line["documents"], line["taken_out"], line["line"], line["source"]) == (12, taken, NOTICE, "reports")
    removed = funnel(out)["removed_characters"]["boilerplate"]
    assert removed == sum(len(row["text"]) for row in rows) - sum(map(len, found))
    assert funnel(out)["characters_in"] == sum(len(row["text"]) for row in rows)
    metas = [json.loads(row["meta"]) for row in read_documents(out / "train")]
    assert sum("removed_boilerplate" in meta.get("transforms", []) for meta in metas) == taken
    assert sum(meta.get("removed_characters", {}).get("boilerplate", 0) for meta in metas) == removed


def test_a_paragraph_goes_as_a_whole_and_a_document_of_nothing_else_is_named(tmp_path):
    paragraph = f"ご注意\n{NOTICE}\n以上"
    rows = [{"text": f"{sentence(n)}\n\n{paragraph}\n\n{sentence(n + 100)}"} for n in range(10)]
    rows.append({"text": f"{NOTICE}\n{NOTICE}"})
    out, _ = run(tmp_path, rows, lines=5)
    found = texts(out)
    assert sum("ご注意" in text for text in found) == 1
    assert f"{sentence(5)}\n\n{sentence(105)}" in found
    (row,) = read_documents(out / "rejected")
    assert (row["rejected_by"], row["text"]) == ("boilerplate", f"{NOTICE}\n{NOTICE}")
    assert funnel(out)["rejected"] == {"boilerplate": 1}


def test_a_source_without_a_text_that_stands_is_no_trouble(tmp_path):
    with pytest.raises(LimitError):
        run(tmp_path, [{"text": " "}], lines=2, passages=100)
    out = tmp_path / "run" / "corpus"
    assert listing(out, "boilerplate.jsonl") == listing(out, "passages.jsonl") == []


def test_copies_of_one_document_do_not_make_its_lines_boilerplate(tmp_path):
    rows = [{"text": f"{sentence(1)}\n{NOTICE}"}] * 30 + [{"text": sentence(2)}]
    out, _ = run(tmp_path, rows, lines=5)
    assert rows[0]["text"] in texts(out)
    assert listing(out, "boilerplate.jsonl") == []


def test_the_share_of_a_source_counts_too(tmp_path):
    rows = [{"text": f"{sentence(n)}\n{NOTICE if n < 8 else ''}"} for n in range(40)]
    assert listing(run(tmp_path, rows, lines=5, line_share=0.5)[0], "boilerplate.jsonl") == []
    assert len(listing(run(tmp_path, rows, name="other", lines=5, line_share=0.1)[0], "boilerplate.jsonl")) == 1


STORY = "".join(sentence(n) for n in range(300, 308))


def filings(*companies):
    """(company, date, text) as rows of a source."""
    return [{"text": text, "company": company, "date": date} for company, date, text in companies]


COLUMNS = {"columns": {"text": "text", "company": "company", "published": "date"}, "group": "company"}


def test_a_passage_of_an_earlier_filing_of_the_company_is_taken_out_and_named(tmp_path):
    new, old = f"{sentence(1)}{STORY}{sentence(2)}", f"{sentence(3)}\n{STORY}\n{sentence(4)}"
    other = f"{sentence(5)}{STORY}"
    rows = filings(("甲", "2025-06-01", new), ("甲", "2024-06-01", old), ("乙", "2024-06-01", other))
    out, _ = run(tmp_path, rows, source=COLUMNS, passages=200)
    kept = {row["id"]: row["text"] for row in read_documents(out / "train")}
    assert sorted(kept.values()) == sorted([new, f"{sentence(3)}\n\n{sentence(4)}", other])
    (span,) = listing(out, "passages.jsonl")
    assert kept[span["of"]] == new
    assert (span["characters"], span["text"]) == (len(STORY), STORY[:80])
    assert funnel(out)["removed_characters"] == {"repeated_passage": len(STORY)}
    out, _ = run(tmp_path, rows, name="source", source=COLUMNS, passages=200, passages_within="source")
    assert sentence(5) in texts(out)


def test_a_filing_of_nothing_new_is_rejected_with_the_row_that_has_it(tmp_path):
    more = "".join(sentence(n) for n in range(400, 410))
    rows = filings(("甲", "2025-06-01", f"{more}\n{STORY}"), ("甲", "2024-06-01", STORY))
    out, _ = run(tmp_path, rows, source=COLUMNS, passages=200)
    (row,) = read_documents(out / "rejected")
    (kept,) = read_documents(out / "train")
    assert (row["rejected_by"], row["duplicate_of"], row["text"]) == ("repeated_passage", kept["id"], STORY)


class Backwards:
    """An engine whose units are done from the last to the first, as workers may do them."""

    workers = 2

    def map(self, function, units):
        yield from reversed([function(unit) for unit in reversed(units)])


def test_repeats_do_not_depend_on_the_order_of_work_and_other_thresholds_read_no_source_again(tmp_path):
    rows = filings(*((f"会社{n % 3}", f"20{10 + n}-06-01", f"{sentence(n)}\n{STORY}\n{NOTICE}") for n in range(30)))
    settings_ = {"source": COLUMNS, "passages": 150, "lines": 10}
    engines = (LocalEngine(1), Backwards())
    manifests = [
        run(tmp_path, rows, name=f"w{n}", engine=engine, **settings_)[1] for n, engine in enumerate(engines, 1)
    ]
    assert manifests[0].artifact == manifests[1].artifact
    (before,) = {path.stat().st_mtime_ns for path in (tmp_path / "run" / "w1.units").glob("*/unit-000000/rows.arrow")}
    run(tmp_path, rows, name="w1", **(settings_ | {"passages": 400}))
    (after,) = {path.stat().st_mtime_ns for path in (tmp_path / "run" / "w1.units").glob("*/unit-000000/rows.arrow")}
    assert before == after


class Plain:
    """Texts in memory, as `group_cuts` asks for them."""

    def __init__(self, whole):
        self.whole = [code_points([text]).codes for text in whole]

    def read(self, row, start=0, end=None):
        return self.whole[row][start:end]


def slow_cuts(whole, length):
    """Which characters stand in a passage of `length` that an earlier text has."""
    result = []
    for number, text in enumerate(whole):
        covered = np.zeros(len(text), dtype=bool)
        for start in range(len(text) - length + 1):
            if any(text[start : start + length] in earlier for earlier in whole[:number]):
                covered[start : start + length] = True
        result.append(covered)
    return result


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_exactly_the_characters_of_repeated_passages_are_cut(data):
    """Against the definition, on texts made of few pieces, periodic ones too."""
    length = 40
    pieces = ["売上高は増加し、" * 3, "ab" * 30, "x" * 25, STORY[:70], STORY[50:130], "。\n", "1", "営業利益"]
    whole = data.draw(st.lists(st.lists(st.sampled_from(pieces), max_size=8).map("".join), min_size=1, max_size=6))
    text, place, keys = winnow(code_points(whole), gram_of(length), length)
    rows_of = {}
    for number, key in zip(text.tolist(), keys.tolist(), strict=True):
        rows_of.setdefault(key, set()).add(number)
    shared = np.array([len(rows_of[key]) > 1 for key in keys.tolist()], dtype=bool)
    rows = [
        (number, place[shared & (text == number)]) for number in range(len(whole)) if (shared & (text == number)).any()
    ]
    cuts, forgotten = group_cuts(rows, Plain(whole), length, whole_sentences=False)
    assert forgotten == 0
    found = [np.zeros(len(item), dtype=bool) for item in whole]
    for cut in cuts:
        found[cut["row"]][cut["start"] : cut["end"]] = True
        passage = whole[cut["row"]][cut["start"] : cut["start"] + length]
        assert any(passage in earlier for earlier in whole[: cut["row"]])
        assert cut["of"] < cut["row"]
    for mine, slow in zip(found, slow_cuts(whole, length), strict=True):
        assert (mine == slow).all()


def test_only_whole_sentences_go():
    codes = code_points(["前の文の途中から。次の文。\n最後の文は途中"]).codes
    assert sentences_within(codes, 3, 20) == (9, 14)
    assert sentences_within(codes, 0, len(codes)) == (0, len(codes))
    assert sentences_within(codes, 10, 12) == (10, 10)


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 1)), max_size=5))
def test_what_is_taken_out_is_counted(text, spans):
    cuts = sorted((min(a, len(text)), min(max(a, b), len(text)), rule) for a, b, rule in spans)
    left = take_out(text, cuts)
    assert len(left.text) + sum(left.characters.values()) == len(text) or not left.characters
