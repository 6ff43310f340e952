"""The corpus stage on small inputs: what stays, what goes and why, and that nothing is lost."""

import gc
import json
import shutil
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from tekio.corpus import build_corpus
from tekio.documents import DOCUMENT_SCHEMA, REJECTED_SCHEMA, read_documents
from tekio.engine import LocalEngine
from tekio.errors import LimitError, PolicyError, RecipeError
from tekio.recipe.corpus import CorpusConfig

REPORT = (
    "当社の当期の売上高は前期比で増加し、営業利益も過去最高となりました。設備投資は第{n}工場で計画どおり進みました。"
)
LONG = "".join(
    f"{n}月の景気動向では、{name}の販売が前年同月を{n * 7}％上回り、先行きについては{name}を中心に慎重な見方が広がっている。"
    for n, name in enumerate(("自動車", "家電", "衣料品", "食料品", "住宅", "観光", "建設機械", "半導体", "鉄鋼"), 1)
)


def write_jsonl(path, texts, **columns):
    rows = [
        {"text": text, **{name: values[place] for name, values in columns.items()}} for place, text in enumerate(texts)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def recipe(folder, sources, **sections):
    plain = {"sources": sources, **sections}
    return CorpusConfig.model_validate(plain, context={"base": folder})


def source(path, **values):
    return {"name": "reports", "path": path, "reader": "jsonl", "license": "CC0-1.0"} | values


def build(folder, config, *, workers=1, name="corpus", seed=17):
    out = folder / "run" / name
    manifest = build_corpus(config, out, seed=seed, engine=LocalEngine(workers))
    return out, manifest


def rows_of(out, kind):
    return list(read_documents(out / kind))


def funnel_of(out):
    return json.loads((out / "funnel.json").read_text(encoding="utf-8"))


def rejected_by(out):
    return {row["uri"]: row["rejected_by"] for row in rows_of(out, "rejected")}


def texts_of(out):
    return sorted(row["text"] for kind in ("train", "held_out") for row in rows_of(out, kind))


def assert_balanced(out):
    funnel = funnel_of(out)
    for item in [*funnel["sources"], funnel["totals"]]:
        assert item["rows_in"] == item["rows_train"] + item["rows_held_out"] + sum(item["rejected"].values())
    for kind, key in (("train", "rows_train"), ("held_out", "rows_held_out")):
        assert len(rows_of(out, kind)) == funnel["totals"][key]
    assert len(rows_of(out, "rejected")) == sum(funnel["totals"]["rejected"].values())


def test_tables_have_the_contract_s_columns(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT.format(n=n) * n for n in range(1, 30)] + [""])
    out, manifest = build(tmp_path, recipe(tmp_path, [source("in.jsonl")]))
    assert pq.read_schema(out / "train" / "part-00000.parquet").equals(DOCUMENT_SCHEMA)
    assert pq.read_schema(out / "held_out" / "part-00000.parquet").equals(DOCUMENT_SCHEMA)
    assert pq.read_schema(out / "rejected" / "part-00000.parquet").equals(REJECTED_SCHEMA)
    assert manifest.counts["rows_in"] == 30
    assert_balanced(out)


def test_a_build_leaves_no_object_out_of_the_collector_s_sight(tmp_path):
    build(tmp_path, recipe(tmp_path, [source(str(write_jsonl(tmp_path / "a.jsonl", [LONG])))]))
    assert gc.get_freeze_count() == 0


def test_duplicates_name_the_row_that_stays(tmp_path):
    near = LONG.replace("慎重な", "楽観的な", 1)
    write_jsonl(tmp_path / "in.jsonl", [LONG, REPORT.format(n=1), LONG, near])
    out, _ = build(tmp_path, recipe(tmp_path, [source("in.jsonl")]))
    kept = {row["id"]: row["text"] for kind in ("train", "held_out") for row in rows_of(out, kind)}
    removed = {row["rejected_by"]: row for row in rows_of(out, "rejected")}
    assert len(kept) == 2
    assert set(removed) == {"exact_duplicate", "near_duplicate"}
    assert all(kept[row["duplicate_of"]] in (LONG, near) for row in removed.values())
    measured = json.loads(removed["near_duplicate"]["measured"])
    assert 0.8 <= measured["jaccard"] < 1
    assert_balanced(out)


def test_of_duplicates_the_source_with_priority_and_then_the_newest_stays(tmp_path):
    write_jsonl(tmp_path / "a.jsonl", [LONG, LONG], day=["2024-04-01", "2025-04-01"])
    write_jsonl(tmp_path / "b.jsonl", [LONG], day=["2020-04-01"])
    columns = {"published": "day"}
    first = source("a.jsonl", name="a", columns=columns)
    second = source("b.jsonl", name="b", columns=columns)

    def stays(sources, **sections):
        with pytest.raises(LimitError):  # the other source gave nothing
            build(tmp_path, recipe(tmp_path, sources, **sections))
        out = tmp_path / "run" / "corpus"
        (row,) = rows_of(out, "train") + rows_of(out, "held_out")
        return row["source"], row["published"]

    assert stays([first, second]) == ("a", "2025-04-01")
    assert stays([first, second | {"priority": 1}]) == ("b", "2020-04-01")
    assert stays([first, second], duplicates={"keep": "oldest"}) == ("b", "2020-04-01")


def test_filters_reject_with_the_measured_value_and_spare_general_text(tmp_path):
    english = "This text is not Japanese at all, and nothing in it is. " * 4
    write_jsonl(tmp_path / "in.jsonl", [english, REPORT.format(n=1)])
    finance = source("in.jsonl", name="finance")
    general = source("in.jsonl", name="general", domain="general")
    out, _ = build(tmp_path, recipe(tmp_path, [finance, general], duplicates={"exact": False, "near": False}))
    (row,) = rows_of(out, "rejected")
    assert (row["source"], row["rejected_by"]) == ("finance", "filter:japanese_share")
    assert json.loads(row["measured"])["japanese_share"]["limits"] == [0.1, None]
    judged = general | {"filters": {"preset": "none", "limits": {"japanese_share": [0.2, None]}}}
    out, _ = build(tmp_path, recipe(tmp_path, [finance, judged], duplicates={"exact": False, "near": False}))
    assert [row["rejected_by"] for row in rows_of(out, "rejected")] == ["filter:japanese_share"] * 2


@pytest.mark.parametrize("people", ["report", "mask", "drop"])
def test_people_are_decided_about_apart_from_numbers(tmp_path, people):
    text = "氏名 | 生年月日\n鈴木　一郎 | 昭和38年9月11日生\n鈴木一郎氏への連絡は075-123-4567へお願いします。"
    write_jsonl(tmp_path / "in.jsonl", [text, LONG])
    sections = {"personal_data": {"mode": "mask", "people": people}, "filters": {"preset": "none"}}
    out, _ = build(tmp_path, recipe(tmp_path, [source("in.jsonl")], **sections))
    assert funnel_of(out)["totals"]["personal_data"] == {"birth_date": 1, "person": 2, "phone": 1}
    kept = [text for text in texts_of(out) if text != LONG]
    if people == "drop":
        (row,) = rows_of(out, "rejected")
        assert (row["rejected_by"], json.loads(row["measured"])) == ("personal_data", {"birth_date": 1, "person": 2})
        assert kept == []
        return
    assert "075" not in kept[0]
    assert ("鈴木" in kept[0]) == (people == "report")
    assert ("[氏名:" in kept[0]) == ("[生年月日:" in kept[0]) == (people == "mask")


@pytest.mark.parametrize("mode", ["report", "mask", "drop"])
def test_personal_data(tmp_path, mode):
    write_jsonl(tmp_path / "in.jsonl", [REPORT.format(n=1) + "連絡先は電話03-1234-5678です。", REPORT.format(n=22)])
    out, _ = build(
        tmp_path, recipe(tmp_path, [source("in.jsonl")], personal_data={"mode": mode}, duplicates={"near": False})
    )
    assert funnel_of(out)["totals"]["personal_data"] == {"phone": 1}
    found = "".join(texts_of(out))
    assert ("03-1234-5678" in found) == (mode == "report")
    assert ("[電話番号:" in found) == (mode == "mask")
    assert set(rejected_by(out).values()) == ({"personal_data"} if mode == "drop" else set())


QUESTION = "次のうち、金融商品取引法に定める適合性の原則に関する記述として最も適切なものを一つ選びなさい。"


@pytest.mark.parametrize("action", ["remove", "flag"])
def test_decontamination(tmp_path, action):
    (tmp_path / "eval").mkdir()
    options = ["顧客の知識、経験、財産の状況に照らす", "必ず書面を交付する", "勧誘を受けた者の同意を得る", "登録を行う"]
    item = [{"question": QUESTION, "choices": options, "answer": 0}]
    (tmp_path / "eval" / "exam.json").write_text(json.dumps(item, ensure_ascii=False), encoding="utf-8")
    texts = [
        REPORT.format(n=1) + QUESTION.replace("、", "，") + REPORT.format(n=2),
        REPORT.format(n=3) + "適合性の原則は金融商品取引法に定められている。",
        "選択肢は、" + "\n".join(options) + "の四つ。",
        "顧客の知識、経験、財産の状況に照らすことが求められる。",
    ]
    write_jsonl(tmp_path / "in.jsonl", texts)
    config = recipe(
        tmp_path,
        [source("in.jsonl")],
        decontaminate={"items": ["eval"], "action": action},
        duplicates={"near": False},
        held_out={"share": 0},
    )
    out, manifest = build(tmp_path, config)
    assert manifest.counts["decontamination"]["items"] == 3  # the question, the options, both
    if action == "remove":
        assert [row["rejected_by"] for row in rows_of(out, "rejected")] == ["contaminated"] * 2
        measured = json.loads(rows_of(out, "rejected")[0]["measured"])
        assert measured["item"] == "exam.json#0.question"
        assert measured["containment"] == 1
        start, end = measured["spans"][0]["document"]
        assert texts[0][start:end] == QUESTION.replace("、", "，").rstrip("。")
    else:
        flags = [bool(json.loads(row["meta"]).get("contaminated")) for row in rows_of(out, "train")]
        assert flags == [True, False, True, False]


def test_groups_are_held_out_whole_and_stay_when_data_is_added(tmp_path):
    texts = [f"{n}社の{part}期の報告です。" + REPORT.format(n=n * 100 + part) for n in range(40) for part in range(5)]
    companies = [f"E{n:05d}" for n in range(40) for _ in range(5)]
    sections = {"held_out": {"share": 0.2}, "duplicates": {"near": False}}

    def groups(count):
        write_jsonl(tmp_path / "in.jsonl", texts[:count], company=companies[:count])
        out, _ = build(tmp_path, recipe(tmp_path, [source("in.jsonl", group="company")], **sections))
        return {row["group"] for row in rows_of(out, "train")}, {row["group"] for row in rows_of(out, "held_out")}

    train, held = groups(200)
    assert not train & held
    assert 3 <= len(held) <= 14
    fewer_train, fewer_held = groups(100)
    assert fewer_held <= held
    assert fewer_train <= train


def test_a_limit_is_a_seeded_sample_of_the_whole_source(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [f"{n}番目の文書です。" + REPORT.format(n=n) for n in range(300)])
    config = recipe(
        tmp_path, [source("in.jsonl", limit=40)], shard_bytes=3000, duplicates={"near": False}, held_out={"share": 0}
    )
    out, _ = build(tmp_path, config)
    numbers = sorted(int(row["text"].split("番")[0]) for row in rows_of(out, "train"))
    assert len(numbers) == 40
    assert numbers[0] < 60
    assert numbers[-1] > 240
    totals = funnel_of(out)["totals"]
    assert (totals["rows_in"], totals["rows_available"]) == (40, 300)
    other, _ = build(tmp_path, config, seed=18, name="other")
    assert {row["id"] for row in rows_of(other, "train")} != {row["id"] for row in rows_of(out, "train")}


def test_the_result_does_not_depend_on_workers(tmp_path):
    near = [LONG.replace("前年", f"前{word}年") for word in "春夏秋冬朝夕"]
    write_jsonl(tmp_path / "in.jsonl", [REPORT.format(n=n) * (n % 5 + 1) for n in range(200)] + near)
    config = recipe(tmp_path, [source("in.jsonl")], shard_bytes=9000)
    _, one = build(tmp_path, config, name="one")
    _, two = build(tmp_path, config, workers=2, name="two")
    assert one.counts["units"] > 3
    assert one.artifact == two.artifact


def test_a_second_build_is_not_done_again(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT.format(n=n) for n in range(3)])
    config = recipe(tmp_path, [source("in.jsonl")])
    _, first = build(tmp_path, config)
    _, second = build(tmp_path, config)
    assert first.started == second.started


def test_unreadable_rows_are_rows_in_rejected(tmp_path):
    (tmp_path / "in.jsonl").write_bytes(
        b'{"text": "\xff\xfe"}\n{"no": 1}\n{"text": "' + REPORT.encode() + b'"}\n{broken\n'
    )
    out, _ = build(tmp_path, recipe(tmp_path, [source("in.jsonl")]))
    assert funnel_of(out)["totals"]["rows_in"] == 4
    assert len(rows_of(out, "rejected")) == 3
    assert_balanced(out)


def test_too_many_unreadable_files_end_with_a_limit_error_each_time(tmp_path):
    (tmp_path / "in").mkdir()
    write_jsonl(tmp_path / "in" / "good.jsonl", [REPORT])
    (tmp_path / "in" / "bad.jsonl").write_bytes(b"")
    config = recipe(tmp_path, [source("in")], max_rejected_files=0.4)
    for _ in range(2):
        with pytest.raises(LimitError):
            build(tmp_path, config)
    assert (tmp_path / "run" / "corpus" / "manifest.json").is_file()


def test_a_license_that_forbids_training_stops_the_build(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT])
    with pytest.raises(PolicyError) as caught:
        build(tmp_path, recipe(tmp_path, [source("in.jsonl", license="evaluation-only")]))
    assert caught.value.exit_code == 4
    with pytest.raises(PolicyError):
        build(tmp_path, recipe(tmp_path, [source("in.jsonl", license="unknown")], licenses={"strict": True}))


def test_a_row_under_a_forbidden_license_is_rejected(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT, LONG], terms=["CC0-1.0", "evaluation-only"])
    out, _ = build(tmp_path, recipe(tmp_path, [source("in.jsonl", columns={"license": "terms"})]))
    assert [row["rejected_by"] for row in rows_of(out, "rejected")] == ["license"]


def test_an_unknown_statistic_is_refused_with_the_nearest_name(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT])
    with pytest.raises(RecipeError) as caught:
        build(tmp_path, recipe(tmp_path, [source("in.jsonl")], filters={"limits": {"hiragana_shar": [0, 1]}}))
    assert caught.value.fix == "hiragana_share"


def test_transforms_are_named_in_the_row(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", ["売上高は１２３億円でした。" + REPORT])
    out, _ = build(tmp_path, recipe(tmp_path, [source("in.jsonl")], held_out={"share": 0}))
    (row,) = rows_of(out, "train")
    assert row["text"].startswith("売上高は123億円")
    assert json.loads(row["meta"])["transforms"] == ["full_width_letters"]


def test_two_sources_of_one_name_are_refused(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT])
    with pytest.raises(RecipeError):
        build(tmp_path, recipe(tmp_path, [source("in.jsonl"), source("in.jsonl")]))


KILLED_BUILD = """
import os, signal, sys
from pathlib import Path
import tekio.corpus.build as build
import tekio.corpus.decisions.decide as decide
import tekio.corpus.units.unit as unit
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig

folder, name, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
config = CorpusConfig.model_validate_json(sys.argv[4], context={"base": folder})
module = next(module for module in (unit, decide, build) if hasattr(module, name))
function = getattr(module, name)

def until_killed(*arguments, **named):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return function(*arguments, **named)

setattr(module, name, until_killed)
build.build_corpus(config, folder / "run" / "killed", seed=17, engine=LocalEngine(1))
"""


def test_a_killed_build_goes_on_and_ends_with_the_same_bytes(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT.format(n=n) * (n % 3 + 1) for n in range(60)] + [LONG, LONG])
    config = recipe(tmp_path, [source("in.jsonl")], shard_bytes=9000)
    _, undisturbed = build(tmp_path, config)
    plain = json.dumps(config.plain())
    places = (
        *(("_process_batch", 2), ("judge_unit", 2), ("exact_duplicates", 1), ("join_band", 3), ("group_members", 1)),
        *(("near_duplicates", 1), ("extra_groups", 1), ("read_reasons", 2), ("write_unit", 2), ("corpus_funnel", 1)),
    )
    for name, call in places:
        command = [sys.executable, "-c", KILLED_BUILD, str(tmp_path), name, str(call), plain]
        assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == -signal.SIGKILL
        assert not (tmp_path / "run" / "killed").exists()
    units = list((tmp_path / "run" / "killed.units").glob("reports-*/unit-*"))
    assert len(units) == undisturbed.counts["units"]
    _, resumed = build(tmp_path, config, name="killed")
    assert resumed.artifact == undisturbed.artifact


def test_word_lists_give_a_statistic_with_a_threshold(tmp_path):
    (tmp_path / "words.txt").write_text("必ず儲かる\n元本保証\n", encoding="utf-8")
    texts = ["必ず儲かる元本保証の投資です。" * 2 + REPORT.format(n=1), "元本保証ではありません。" + REPORT.format(n=2)]
    write_jsonl(tmp_path / "in.jsonl", texts)
    filters = {
        "words": ["words.txt"],
        "limits": {"listed_word_share": [None, 0.1], "duplicate_sentence_letter_share": [None, 1]},
    }
    out, _ = build(tmp_path, recipe(tmp_path, [source("in.jsonl")], filters=filters))
    assert [row["rejected_by"] for row in rows_of(out, "rejected")] == ["filter:listed_word_share"]


OTHER_DECISIONS = [
    {"filters": {"preset": "none", "limits": {"letters": [100, None]}}},
    {"duplicates": {"threshold": 0.6}},
    {"duplicates": {"threshold": 0.9, "keep": "longest"}},
    {"duplicates": {"exact": False, "near": False}},
    {"held_out": {"share": 0.3}},
    {"decontaminate": {"items": ["exam.json"], "action": "flag"}},
]


def test_other_decisions_do_not_read_the_sources_again(tmp_path):
    near = [LONG.replace("前年", f"前{word}年") for word in "春夏秋冬朝夕"]
    texts = [REPORT.format(n=n) * (n % 5 + 1) for n in range(60)] + near + [LONG, "", QUESTION + REPORT.format(n=99)]
    write_jsonl(tmp_path / "sources" / "in.jsonl", texts)
    (tmp_path / "exam.json").write_text(json.dumps([{"question": QUESTION}], ensure_ascii=False), encoding="utf-8")
    plain = {"decontaminate": {"items": ["exam.json"]}, "shard_bytes": 9000}
    sources = [source("sources/in.jsonl")]
    build(tmp_path, recipe(tmp_path, sources, **plain))
    units = {path: path.stat().st_mtime_ns for path in (tmp_path / "run" / "corpus.units").glob("*/unit-*/rows.arrow")}
    assert len(units) > 3
    artifacts = set()
    for number, changed in enumerate(OTHER_DECISIONS):
        config = recipe(tmp_path, sources, **(plain | changed))
        _, again = build(tmp_path, config)
        assert {path: path.stat().st_mtime_ns for path in units} == units
        _, fresh = build(tmp_path, config, name=f"fresh-{number}")
        assert again.artifact == fresh.artifact
        artifacts.add(again.artifact)
    assert len(artifacts) == len(OTHER_DECISIONS)
    build(tmp_path, recipe(tmp_path, sources, **plain, normalize={"widths": False}))
    assert not any(path.exists() for path in units)  # what touches text is measured anew, and the old units go


@pytest.mark.parametrize("name", ["rows.arrow", "light.npy", "summary.json", "sha256.json", "bands"])
def test_a_flipped_bit_in_a_kept_unit_is_noticed_and_the_unit_read_again(name, tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT.format(n=n) for n in range(20)])
    config = recipe(tmp_path, [source("in.jsonl")], shard_bytes=3000)
    _, first = build(tmp_path, config)
    unit = sorted((tmp_path / "run" / "corpus.units").glob("*/unit-*"))[1]
    [damaged, *_] = sorted(unit.glob("bands-*.npy")) if name == "bands" else [unit / name]
    good = damaged.read_bytes()
    damaged.write_bytes(good[: len(good) // 2] + bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1 :])
    shutil.rmtree(tmp_path / "run" / "corpus")
    _, again = build(tmp_path, config)
    assert again.artifact == first.artifact
    assert damaged.read_bytes() == good


def test_a_flipped_bit_in_the_kept_index_of_evaluation_items_is_noticed(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [QUESTION + REPORT.format(n=1), *(REPORT.format(n=n) * n for n in (2, 3, 4))])
    (tmp_path / "exam.json").write_text(json.dumps([{"question": QUESTION}], ensure_ascii=False), encoding="utf-8")
    config = recipe(tmp_path, [source("in.jsonl")], decontaminate={"items": ["exam.json"]})
    _, first = build(tmp_path, config)
    [keys] = (tmp_path / "run" / "corpus.units").glob("items-*/keys.npy")
    good = keys.read_bytes()
    keys.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    shutil.rmtree(tmp_path / "run" / "corpus")
    _, again = build(tmp_path, config)
    assert (again.artifact, keys.read_bytes()) == (first.artifact, good)


def test_near_duplicates_can_be_asked_for_later(tmp_path):
    near = [LONG.replace("前年", f"前{word}年") for word in "春夏秋冬朝夕"]
    write_jsonl(tmp_path / "in.jsonl", near + [REPORT.format(n=n) for n in range(9)])
    without = recipe(tmp_path, [source("in.jsonl")], duplicates={"near": False}, shard_bytes=3000)
    with_them = recipe(tmp_path, [source("in.jsonl")], shard_bytes=3000)
    build(tmp_path, without)
    assert not list((tmp_path / "run" / "corpus.units").glob("*/unit-*/bands-*"))
    out, later = build(tmp_path, with_them)
    assert funnel_of(out)["totals"]["rejected"]["near_duplicate"] >= 5
    _, fresh = build(tmp_path, with_them, name="fresh")
    assert later.artifact == fresh.artifact


def test_units_can_be_dropped_after_the_build(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT, LONG])
    build(tmp_path, recipe(tmp_path, [source("in.jsonl")], keep_units=False))
    assert not (tmp_path / "run" / "corpus.units").exists()


def test_a_source_added_leaves_the_units_of_the_others(tmp_path):
    for name in ("a", "b"):
        write_jsonl(tmp_path / f"{name}.jsonl", [name + REPORT, name + LONG])
    first, second = source("a.jsonl", name="a"), source("b.jsonl", name="b")
    build(tmp_path, recipe(tmp_path, [first]))
    (unit,) = (tmp_path / "run" / "corpus.units").glob("a-*/unit-000000/rows.arrow")
    before = unit.stat().st_mtime_ns
    _, added = build(tmp_path, recipe(tmp_path, [second, first]))
    assert unit.stat().st_mtime_ns == before
    _, fresh = build(tmp_path, recipe(tmp_path, [second, first]), name="fresh")
    assert added.artifact == fresh.artifact


def test_epochs_and_weights_are_handed_on_without_measuring_again(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [REPORT, LONG])
    out, plain = build(tmp_path, recipe(tmp_path, [source("in.jsonl")]))
    assert not (out / "mixing.json").exists()
    (unit,) = (tmp_path / "run" / "corpus.units").glob("*/unit-000000/rows.arrow")
    before = unit.stat().st_mtime_ns
    _, mixed = build(tmp_path, recipe(tmp_path, [source("in.jsonl", epochs=2.5)]))
    expected = {"name": "reports", "domain": "finance", "epochs": 2.5, "weight": None}
    assert json.loads((out / "mixing.json").read_text())["sources"] == [expected]
    assert unit.stat().st_mtime_ns == before
    assert mixed.artifact != plain.artifact


def test_an_amendment_that_comes_into_another_source_is_read_anew(tmp_path):
    """The units of the first source depend on the filings of the second, though not on its other files."""
    from tekio.corpus.build import list_inputs
    from tekio.corpus.units.cache_key import source_key

    def key():
        known = {item.name: item for item in list_inputs(config, None)}
        return source_key(config, config.sources[0], known, 17)

    for name in ("old", "new", "text"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.zip").write_bytes(b"PK")
    (tmp_path / "text" / "a.zip").rename(tmp_path / "text" / "a.txt")
    sources = [{"name": name, "path": name, "license": "CC0-1.0"} for name in ("old", "new", "text")]
    config = recipe(tmp_path, sources)
    before = key()
    (tmp_path / "text" / "b.txt").write_text("b", encoding="utf-8")
    assert key() == before
    (tmp_path / "new" / "b.zip").write_bytes(b"PK")
    assert key() != before


def test_the_funnel_counts_the_cells_of_tables_read_and_written(tmp_path):
    page = "# 税率\n\n次の表のとおりです。\n\n| 区分 | 当期 |\n| --- | ---: |\n| 甲種 | 15％ |\n| 乙種 | |\n"
    (tmp_path / "a.md").write_text(page, encoding="utf-8")
    rows = write_jsonl(tmp_path / "b.jsonl", [LONG])
    sources = [
        source(str(tmp_path / "a.md"), name="kept", reader="markdown"),
        source(str(tmp_path / "a.md"), name="dropped", reader="markdown", options={"tables": "drop"}),
        source(str(rows), name="without"),
    ]
    out, _ = build(tmp_path, recipe(tmp_path, sources, filters={"preset": "none"}))
    found = {item["name"]: item["tables"] for item in funnel_of(out)["sources"]}
    assert found == {
        "kept": {"tables": 1, "cells_in": 5, "cells_out": 5},
        "dropped": {"tables": 1, "cells_in": 5, "cells_out": 0},
        "without": {},
    }
    assert funnel_of(out)["totals"]["tables"] == {"tables": 2, "cells_in": 10, "cells_out": 5}
