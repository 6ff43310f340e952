"""The verbs of `tekio corpus` on a small corpus, through the command line."""

import json

import pyarrow.parquet as pq
import pytest

from tekio.cli import main
from tekio.corpus.inspect import corpus_folder
from tekio.corpus.units import measurements
from tekio.corpus.units.measurements import histogram, summarize
from tekio.offline import open_network
from tekio.store import read_manifest

RECIPE = """
name: small
engine: {{workers: 1}}
corpus:
  sources:
    - {{name: reports, path: in.jsonl, license: CC0-1.0}}
    - {{name: letters, path: letters.txt, domain: general, license: CC0-1.0}}
  filters: {{limits: {{letters: [{least}, null]}}}}
  shard_bytes: 2000
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("corpus")
    texts = [f"{n}月期の売上高は{n * 37}億円となり、前期を{n}％上回りました。" * (n % 3 + 1) for n in range(1, 40)]
    texts += ["This is English only, which is no use here."]
    rows = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts]
    (place / "in.jsonl").write_text("".join(rows), encoding="utf-8")
    (place / "letters.txt").write_text(
        "拝啓　時下ますます\r\nご清栄のこととお慶び申し上げます。電話03-1234-5678。", encoding="cp932"
    )
    for name, least in (("first", 10), ("second", 60)):
        (place / f"{name}.yaml").write_text(RECIPE.format(least=least), encoding="utf-8")
        assert main(["corpus", "build", str(place / f"{name}.yaml"), "--out", str(place / name)]) == 0
    return place


@pytest.fixture(autouse=True)
def network():
    yield
    open_network()


def out_of(capsys, *words):
    assert main(["--lang", "en", "corpus", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_show_prints_the_funnel(folder, capsys):
    shown = out_of(capsys, "show", folder / "first")
    assert "reports" in shown
    assert "filter:japanese_share" in shown
    assert "[phone]" in shown
    assert json.loads(out_of(capsys, "show", folder / "first", "--json"))["totals"]["rows_in"] == 41


def test_stats_tell_what_each_threshold_rejects(folder, capsys):
    table = json.loads(out_of(capsys, "stats", folder / "first", "--json"))
    row = next(item for item in table["statistics"] if item["statistic"] == "japanese_share")
    assert (row["outside"], row["limits"]) == (1, [0.1, None])
    assert "rows are outside" in out_of(capsys, "stats", folder / "first")


def test_other_thresholds_are_decided_without_the_text(folder, capsys):
    for shard in (folder / "first" / "train").glob("*.parquet"):
        shard.rename(shard.with_suffix(".away"))
    try:
        again = json.loads(
            out_of(capsys, "stats", folder / "first", "--threshold", "letters=60:", "--json", "--source", "reports")
        )
    finally:
        for shard in (folder / "first" / "train").glob("*.away"):
            shard.rename(shard.with_suffix(".parquet"))
    funnel = json.loads(out_of(capsys, "show", folder / "second", "--json"))["sources"][0]["rejected"]
    assert again["rejected"] == sum(count for reason, count in funnel.items() if reason.startswith("filter:"))


def test_stats_decide_as_the_build_does(tmp_path, capsys):
    """Rows that a license or personal data reject first are no rows of the thresholds, in both."""
    rows = [
        {"text": "短い文である。"},
        {"text": "短いうえに連絡先は info@example.co.jp である。"},
        {"text": "許諾のない短い文。", "license": "CC-BY-NC-ND-4.0"},
        {"text": "これは残る文である。" * 20},
        {"text": "これは残る文である。" * 20},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (tmp_path / "r.yaml").write_text(
        "name: x\ncorpus:\n  sources: [{name: a, path: a.jsonl, columns: {text: text, license: license}, license: CC0-1.0}]\n"
        "  filters: {preset: none, limits: {letters: [60, null]}}\n  personal_data: {mode: drop}\n"
        "  held_out: {share: 0}\n  licenses: {strict: true}\n"
    )
    out_of(capsys, "build", tmp_path / "r.yaml", "--out", tmp_path / "corpus")
    rejected = json.loads(out_of(capsys, "show", tmp_path / "corpus", "--json"))["totals"]["rejected"]
    assert rejected == {"exact_duplicate": 1, "filter:letters": 1, "license": 1, "personal_data": 1}
    found = json.loads(out_of(capsys, "stats", tmp_path / "corpus", "--json"))
    assert (found["rows"], found["rejected_before"], found["rejected"]) == (3, 2, 1)
    assert "2 other rows are rejected before thresholds" in out_of(capsys, "stats", tmp_path / "corpus")


def test_a_preset_can_be_tried(folder):
    summary = summarize(folder / "first", {"reports": {"letters": (400, None)}}, "reports")
    assert summary.rejected == summary.rows == 40


def test_of_many_rows_quantiles_are_sampled_and_counts_are_not(folder, capsys, monkeypatch):
    whole = summarize(folder / "first", {"reports": {"letters": (60, None)}})
    monkeypatch.setattr(measurements, "SAMPLE", 20)
    sampled = summarize(folder / "first", {"reports": {"letters": (60, None)}})
    assert 5 < sampled.sampled < 35 < whole.sampled == whole.rows
    assert (sampled.rows, sampled.rejected) == (whole.rows, whole.rejected)
    assert "sampled rows" in out_of(capsys, "stats", folder / "first")


def test_every_source_is_judged_by_its_own_limits(folder, capsys):
    table = json.loads(out_of(capsys, "stats", folder / "second", "--json"))
    letters = next(item for item in table["statistics"] if item["statistic"] == "letters")
    funnel = json.loads(out_of(capsys, "show", folder / "second", "--json"))["totals"]["rejected"]
    # The letter of 46 characters is of domain `general`, which these limits are not made for.
    assert letters["limits"] == [60, None]
    assert table["rejected"] == sum(count for reason, count in funnel.items() if reason.startswith("filter:"))
    shown = out_of(capsys, "stats", folder / "second", "--statistic", "letters")
    assert f"{letters['outside']} of 41 rows" in shown
    tried = json.loads(out_of(capsys, "stats", folder / "second", "--threshold", "letters=1000:", "--json"))
    assert tried["rejected"] == 41


def test_the_histogram_marks_what_is_rejected(folder, capsys):
    lines = histogram(summarize(folder / "first", {}).values["letters"], (40, None))
    assert len(lines) == 24
    assert "×" in lines[0]
    assert "×" not in lines[-1]
    assert "letters: characters" in out_of(capsys, "stats", folder / "first", "--statistic", "letters")


def test_sample_shows_rows_and_reasons(folder, capsys):
    shown = out_of(capsys, "sample", folder / "first", "-n", "3")
    assert shown.count("── ") == 3
    shown = out_of(capsys, "sample", folder / "first", "--table", "rejected", "--reason", "filter:japanese")
    assert "filter:japanese_share" in shown
    assert "This is English" in shown


def test_sample_shows_what_is_near_a_limit_and_the_source_beside_a_row(folder, capsys):
    shown = out_of(capsys, "sample", folder / "first", "--limit", "3", "--characters", "10")
    assert " characters …" in shown
    assert "digit_share" not in shown  # statistics that are not near a limit
    shown = out_of(capsys, "sample", folder / "second", "--table", "rejected", "--reason", "filter:letters")
    assert "near a limit: letters" in shown
    # Its id is of the masked text, whose key is this build's own: chance decides whether it is set aside.
    (table,) = (
        kind
        for kind in ("train", "held_out")
        for file in (folder / "first" / kind).glob("*.parquet")
        if "letters" in pq.read_table(file)["source"].to_pylist()
    )
    shown = out_of(
        capsys,
        "sample",
        folder / "first",
        "--source",
        "letters",
        "--table",
        table,
        "--recipe",
        folder / "first.yaml",
        "--characters",
        "0",
    )
    assert "  - ご清栄のこととお慶び申し上げます。電話03-1234-5678。" in shown
    assert "[電話番号:" in shown


def test_diff_names_settings_and_rows_that_moved(folder, capsys):
    shown = out_of(capsys, "diff", folder / "first", folder / "second")
    assert "filters.limits.letters: [10.0, None] → [60.0, None]" in shown
    assert "train → rejected: filter:letters" in shown
    assert "reports: rows for training" in shown
    assert "rows are unchanged" in out_of(capsys, "diff", folder / "first", folder / "first")


def test_clean_prints_what_a_build_would_keep(folder, capsys):
    assert main(["--lang", "en", "corpus", "clean", str(folder / "letters.txt")]) == 0
    shown = capsys.readouterr()
    assert "ご清栄のこととお慶び申し上げます。電話[電話番号:" in shown.out
    assert "masked_personal_data" in shown.err


@pytest.mark.parametrize(
    "words",
    [
        ("stats", "nowhere"),
        ("build", "first.yaml", "--unit", "3/3"),
        ("stats", "first", "--threshold", "letters"),
        ("stats", "first", "--threshold", "no_such=1:"),
        ("stats", "first", "--source", "nobody"),
        ("stats", "first", "--preset", "nothing"),
        ("stats", "first", "--statistic", "nothing"),
    ],
)
def test_wrong_words_end_with_exit_code_2(folder, capsys, words, monkeypatch):
    monkeypatch.chdir(folder)
    assert main(["--lang", "en", "corpus", *words]) == 2
    assert "Error:" in capsys.readouterr().err


def test_units_done_by_an_array_are_taken_up_by_the_build(folder, capsys):
    recipe, out = folder / "first.yaml", folder / "array"
    for share in ("0/2", "1/2"):
        shown = out_of(capsys, "build", recipe, "--out", out, "--unit", share)
    done, total = (int(word) for word in shown.split() if word.isdigit())
    assert done == total >= 3
    units = {path: path.stat().st_mtime_ns for path in (folder / "array.units").glob("*/unit-*/rows.arrow")}
    assert len(units) == total
    out_of(capsys, "build", recipe, "--out", out)
    alone, array = read_manifest(folder / "first"), read_manifest(out)
    assert alone is not None
    assert array is not None
    assert array.artifact == alone.artifact
    assert corpus_folder(out)[0] == out


def test_units_of_other_settings_are_not_mixed_in(folder, capsys):
    other = (folder / "first.yaml").read_text(encoding="utf-8") + "  normalize: {widths: false}\n"
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    out_of(capsys, "build", folder / "first.yaml", "--out", folder / "mixed", "--unit", "0/1")
    out_of(capsys, "build", folder / "other.yaml", "--out", folder / "mixed")
    out_of(capsys, "build", folder / "other.yaml", "--out", folder / "alone")
    mixed, alone = read_manifest(folder / "mixed"), read_manifest(folder / "alone")
    assert mixed is not None
    assert alone is not None
    assert mixed.artifact == alone.artifact


def test_clean_gives_the_build_s_reasons(tmp_path, capsys):
    text = "お問い合わせは電話03-1234-5678までお願いいたします。決算の内容についてのご質問を受け付けています。" * 5
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "r.yaml").write_text(
        "name: t\ncorpus:\n  sources: [{name: a, path: a.txt, license: internal}]\n  personal_data: {mode: drop}\n"
        "  filters: {preset: none}\n  held_out: {share: 0}\n",
        encoding="utf-8",
    )
    words = ["--lang", "en", "corpus", "clean", "--recipe", str(tmp_path / "r.yaml"), str(tmp_path / "a.txt")]
    assert main(words) == 0
    assert "rejected_by=personal_data {'phone': 5}" in capsys.readouterr().err
