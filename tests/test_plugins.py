"""Parts of installed packages: found by their entry points, named in messages, never taken from a working folder."""

import sys
from pathlib import Path

import pytest

from evaluate.choices import answered, choice_task
from tekio.corpus import build_corpus
from tekio.corpus.units.measurements import filters_used, limits_in_force, summarize
from tekio.documents import read_documents
from tekio.engine import make_engine
from tekio.errors import TekioError, UsageError
from tekio.evaluate.results.metrics import measures, unparsed
from tekio.evaluate.scoring.requests import GenerationScore
from tekio.evaluate.tasks import load_task, shipped_tasks
from tekio.evaluate.tasks.build import BuiltTask
from tekio.evaluate.tasks.metric_names import SHIPPED, check_metrics
from tekio.evaluate.units import Unit
from tekio.plugins import Reader, installed, load_part
from tekio.recipe import corpus as recipe_corpus
from tekio.recipe import readers as known
from tekio.recipe.corpus import CorpusConfig
from tekio.recipe.watch import WatchConfig
from tekio.store import read_manifest

LEDGER = """
from tekio.corpus.readers import Rejected, make_document
from tekio.plugins import Reader

def read(source, file):
    for number, line in enumerate(file.read(1000).decode().splitlines()):
        if line == "boom":
            raise KeyError("column")
        yield make_document(source, file, line, part=f"line={number}") if line != "-" else Rejected(file.uri, "blank_entry")

READER = Reader("ledger", "VERSION", read, suffixes=(".led",), sniff=lambda head: head.startswith(b"LEDGER"))
"""


def forget() -> None:
    """What one process remembers of the installed packages."""
    from tekio import plugins

    for cached in (plugins.installed, plugins._loaded, known.readers, known._by_suffix):
        cached.cache_clear()


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder on the import path, and a function that puts a package with entry points there."""
    folder = tmp_path / "site"
    monkeypatch.syspath_prepend(str(folder))

    def install(package: str, code: str, entries: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / f"{package}.py").write_text(code)
        about = folder / f"{package}-1.2.dist-info"
        about.mkdir(exist_ok=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (about / "entry_points.txt").write_text(entries)
        sys.modules.pop(package, None)
        forget()

    yield install
    monkeypatch.undo()
    forget()


def ledger(packages, version: str = "1") -> None:
    packages("ledgers", LEDGER.replace("VERSION", version), "[tekio.readers]\nledger = ledgers:READER\n")


def build(folder: Path, **source: object) -> Path:
    plain = {"name": "books", "path": "books", "domain": "general", **source}
    config = CorpusConfig.model_validate(
        {"sources": [plain], "filters": {"preset": "none"}, "held_out": {"share": 0}}, context={"base": folder}
    )
    build_corpus(config, folder / "corpus", seed=1, engine=make_engine("local", 1))
    return folder / "corpus"


def books(folder: Path) -> None:
    (folder / "books").mkdir()
    (folder / "books" / "a.led").write_text("売掛金の残高は百二十万円である。\n-\n買掛金の残高は八十万円である。\n")


def test_a_reader_is_found_by_suffix_and_by_content(tmp_path, packages):
    ledger(packages)
    books(tmp_path)
    (tmp_path / "books" / "noname").write_text("LEDGER 現金の残高は五万円である。\n")
    corpus = build(tmp_path)
    texts = sorted(row["text"] for row in read_documents(corpus / "train"))
    assert texts == [
        "LEDGER 現金の残高は五万円である。",
        "売掛金の残高は百二十万円である。",
        "買掛金の残高は八十万円である。",
    ]
    assert [row["rejected_by"] for row in read_documents(corpus / "rejected")] == ["blank_entry"]


def test_a_new_version_of_a_reader_reads_again(tmp_path, packages):
    ledger(packages)
    books(tmp_path)
    first = (build(tmp_path, reader="ledger") / "manifest.json").read_text()
    assert (build(tmp_path, reader="ledger") / "manifest.json").read_text() == first
    ledger(packages, "2")
    assert (build(tmp_path, reader="ledger") / "manifest.json").read_text() != first


def test_what_a_reader_raises_ends_its_file_and_no_other(tmp_path, packages):
    ledger(packages)
    books(tmp_path)
    (tmp_path / "books" / "b.led").write_text("未収金の残高は三万円である。\nboom\n")
    corpus = build(tmp_path)
    assert len(list(read_documents(corpus / "train"))) == 3
    (failed,) = [row for row in read_documents(corpus / "rejected") if row["rejected_by"] == "reader_failed"]
    assert failed["uri"] == "b.led"
    assert "KeyError" in failed["measured"]


def test_an_unknown_reader_is_refused_with_the_nearest_name(tmp_path, packages):
    ledger(packages)
    with pytest.raises(ValueError, match="did you mean `ledger`"):
        recipe_corpus.SourceConfig.model_validate({"name": "a", "path": "a", "reader": "ledgers"})
    assert known.reader_names()[-1] == "ledger"


def test_two_packages_with_one_name_are_refused(packages):
    ledger(packages)
    packages("others", LEDGER, "[tekio.readers]\nledger = others:READER\n")
    with pytest.raises(TekioError, match=r"others and ledgers|ledgers and others"):
        installed("tekio.readers")


@pytest.mark.parametrize(
    ("code", "why"),
    [("READER = 5", "no tekio.plugins.Reader"), ("import nothing_of_this_name", "ModuleNotFoundError")],
)
def test_a_broken_package_is_named(packages, code: str, why: str):
    packages("ledgers", code, "[tekio.readers]\nledger = ledgers:READER\n")
    with pytest.raises(TekioError) as refused:
        load_part(Reader, "ledger")
    assert "ledgers" in refused.value.explain("en")
    assert why in refused.value.explain("en")


def test_a_folder_of_documents_brings_no_code(tmp_path, packages, monkeypatch):
    ledger(packages)
    monkeypatch.chdir(tmp_path / "site")
    forget()
    assert installed("tekio.readers") == {}


def test_every_shipped_reader_can_be_imported_and_stands_in_the_docs():
    page = (Path(__file__).parent.parent / "docs" / "sources.md").read_text()
    for reader in known.SHIPPED:
        assert callable(reader.function())
        assert f"`{reader.name}`" in page, reader.name


FILTERS = """
from tekio.plugins import Filter

def score(document):
    if "壊" in document.text:
        raise KeyError("column")
    return float("nan") if "非数" in document.text else document.text.count("円") / len(document.text)

FILTER = Filter("yen", "VERSION", score, limits=(0.05, None), meaning="share of 円")
"""


def yen(packages, version: str = "1") -> None:
    packages("yens", FILTERS.replace("VERSION", version), "[tekio.filters]\nyen = yens:FILTER\n")


def priced(folder: Path, **filters: object) -> Path:
    (folder / "books").mkdir(exist_ok=True)
    lines = ["単価は十円である。", "単価は書かれていない。", "この行は壊れている。", "この行は非数になる。"]
    (folder / "books" / "a.jsonl").write_text("".join(f'{{"text": "{line}"}}\n' for line in lines))
    config = CorpusConfig.model_validate(
        {
            "sources": [{"name": "books", "path": "books", "domain": "prices"}],
            "filters": {"preset": "none", "installed": ["yen"], **filters},
            "held_out": {"share": 0},
        },
        context={"base": folder},
    )
    build_corpus(config, folder / "corpus", seed=1, engine=make_engine("local", 1))
    return folder / "corpus"


def rejections(corpus: Path) -> dict[str, str]:
    return {row["text"]: row["rejected_by"] for row in read_documents(corpus / "rejected")}


def test_a_filter_decides_by_its_score_and_failures_are_rows(tmp_path, packages):
    yen(packages)
    corpus = priced(tmp_path)
    assert rejections(corpus) == {
        "単価は書かれていない。": "filter:yen",
        "この行は壊れている。": "filter_failed",
        "この行は非数になる。": "filter_failed",
    }
    measured = {row["text"]: row["measured"] for row in read_documents(corpus / "rejected")}
    assert measured["この行は壊れている。"] == """{"yen":"KeyError: 'column'"}"""


def test_other_limits_do_not_score_again_and_another_version_does(tmp_path, packages):
    yen(packages)
    priced(tmp_path)
    units = {path: path.stat().st_mtime_ns for path in (tmp_path / "corpus.units").rglob("scores.npy")}
    assert len(units) == 1
    corpus = priced(tmp_path, limits={"yen": [None, None]})
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "corpus.units").rglob("scores.npy")} == units
    assert "単価は書かれていない。" not in rejections(corpus)
    yen(packages, "2")
    priced(tmp_path)
    assert {path.stat().st_mtime_ns for path in (tmp_path / "corpus.units").rglob("scores.npy")} != set(units.values())


def test_statistics_of_a_corpus_show_the_score_without_the_package(tmp_path, packages):
    yen(packages)
    corpus = priced(tmp_path)
    (tmp_path / "site" / "yens-1.2.dist-info" / "entry_points.txt").write_text("")
    forget()
    manifest = read_manifest(corpus)
    assert manifest is not None
    limits = limits_in_force(manifest, None)
    assert limits == {"books": {"yen": (0.05, None)}}
    found = summarize(corpus, limits, installed=filters_used(manifest))
    (row,) = (item for item in found.table if item["statistic"] == "yen")
    assert (row["meaning"], row["outside"], found.rejected) == ("share of 円", 1, 1)
    assert row["quantiles"][-1] == pytest.approx(1 / 9)


def test_an_unknown_filter_or_tracker_is_refused_with_the_nearest_name(packages):
    yen(packages)
    with pytest.raises(ValueError, match="did you mean `yen`"):
        recipe_corpus.FilterConfig.model_validate({"installed": ["yens"]})
    with pytest.raises(ValueError, match="did you mean `tensorboard`"):
        WatchConfig.model_validate({"trackers": ["tensorbord"]})


METRICS = """
from tekio.plugins import Metric

def both(line, fields):
    return (1.0, 2.0) if line.correct else (0.0, 1.0)

def wrong(line, fields):
    raise KeyError(fields["question"])

WEIGHTED = Metric("weighted", "1", both, combine=lambda sums: sums[..., 0] / sums[..., 1])
RIGHT = Metric("right", "1", lambda line, fields: line.prediction == line.gold, right_or_wrong=True)
FAILS = Metric("fails", "1", wrong)
TOKENS = Metric("tokens", "1", lambda line, fields: 5.0, unit="tokens", kinds=("generation",))
"""
METRIC_NAMES = "[tekio.metrics]\n" + "".join(
    f"{name} = own_metrics:{name.upper()}\n" for name in ("weighted", "right", "fails", "tokens")
)


def test_a_metric_may_be_a_ratio_of_sums_or_right_and_wrong(packages):
    packages("own_metrics", METRICS, METRIC_NAMES)
    built = choice_task([0, 1, 1], metrics=["acc", "weighted", "right"])
    found = measures(built, answered(built, [0, 1, 2]))
    assert found["weighted"].observed == pytest.approx(2 / 5)
    assert found["right"].correct is not None
    assert found["right"].observed == found["acc"].observed
    assert found["right"].unit == "share"


def test_a_metric_that_fails_names_the_item(packages):
    packages("own_metrics", METRICS, METRIC_NAMES)
    built = choice_task([0, 1], metrics=["fails"])
    with pytest.raises(TekioError) as refused:
        measures(built, answered(built, [0, 1]))
    assert "`fails` 1" in refused.value.explain("en")
    assert "KeyError" in refused.value.explain("en")


def test_an_unknown_metric_is_refused_before_anything_is_scored(packages):
    packages("own_metrics", METRICS, METRIC_NAMES)
    check_metrics("exam", "choice", ["acc_norm", "map_2", "map_2_norm", "weighted"])
    for name in ("weigthed", "tokens"):  # a slip; one for tasks of another kind
        with pytest.raises(UsageError, match=f"no metric `{name}` for choice"):
            check_metrics("exam", "choice", [name])


ANSWERS = """
from tekio.plugins import AnswerReader

def read(reply, fields):
    return reply.partition(fields["mark"])[2] or None

MARKED = AnswerReader("marked", "3", read)
BROKEN = AnswerReader("broken", "1", lambda reply, fields: 1 / 0)
"""


def marked_exam(folder: Path, reader: str) -> BuiltTask:
    (folder / "exam.jsonl").write_text('{"question": "?", "mark": ">>", "answer": "12"}\n' * 2)
    (folder / "exam.yaml").write_text(
        "name: exam\nkind: generation\nlicense: CC0\ndata: {files: [exam.jsonl]}\n"
        f"generation: {{reader: {reader}}}\ntemplates: {{default: {{prompt: '{{{{ question }}}}'}}}}\n"
    )
    task = load_task("exam.yaml", base=folder)
    return task.build(None, template="default", protocol="plain", shots=0, limit=None, seed=1)


def test_an_answer_reader_of_a_package_finds_the_answer(packages, tmp_path):
    packages(
        "own_answers", ANSWERS, "[tekio.answer_readers]\nmarked = own_answers:MARKED\nbroken = own_answers:BROKEN\n"
    )
    built = marked_exam(tmp_path, "marked")
    replies = [GenerationScore("0", "well >> 12", 3, "eos"), GenerationScore("1", "12", 1, "eos")]
    assert measures(built, replies)["exact_match"].rows[:, 0].tolist() == [1.0, 0.0]
    assert unparsed(built, replies) == 1
    assert Unit(built).identity()["answer_reader"] == {"marked": "3 (own_answers 1.2)"}
    with pytest.raises(TekioError, match="`broken` of an installed package fails on item 0"):
        measures(marked_exam(tmp_path, "broken"), replies)
    with pytest.raises(UsageError) as refused:
        marked_exam(tmp_path, "markt")
    assert "`marked`" in refused.value.explain("en")


def test_every_shipped_metric_is_known_before_it_is_computed():
    """The table of names and what `measures` computes are the same."""
    for name in SHIPPED["choice"]:
        built = choice_task([0, 1], ("A", "B"), metrics=[name])
        assert measures(built, answered(built, [0, 1]))
    for task in shipped_tasks():
        spec = load_task(task, base=Path()).spec
        check_metrics(spec.name, spec.kind, spec.metrics)
