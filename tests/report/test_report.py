"""The report stage: what it writes from a whole run, from parts of one, and from hostile content."""

import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from report.report_fixture import HOSTILE, RECIPE, answers, config, corpus_funnel, full_run, results, write_stage
from tekio.cli import main
from tekio.report import write_report
from tekio.store import write_atomic, write_json

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """Checks nesting and collects what the tests ask about."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read_page(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    assert page.wrong == []
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = full_run(tmp_path_factory.mktemp("runs") / "fixture")
    write_report(config(), folder / "report", run=folder, recipe=RECIPE)
    return folder


@pytest.fixture(scope="module")
def page(run: Path) -> Page:
    return read_page(run / "report" / "report.html")


def words(page: Page) -> str:
    return re.sub(r"\s+", " ", "".join(page.text))


def test_the_page_is_one_file_that_may_load_nothing(run: Path, page: Page):
    text = (run / "report" / "report.html").read_text(encoding="utf-8")
    policy = next(item["content"] for item in page.all("meta") if item.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert page.all("script") == []
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", text)
    assert "url(" not in text
    assert "@import" not in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_the_verdict_comes_first_with_words_intervals_and_n(page: Page):
    shown = words(page)
    verdict = shown.index("Verdict")
    for section in ("What was asked", "What went in", "How it was trained", "What changed", "Answers side by side"):
        assert verdict < shown.index(f" {section}", verdict)
    box = shown[verdict : shown.index("1 What was asked", verdict)]
    assert "1 of 3 tasks improved, 0 worse, 2 cannot tell (n = 8,236 items in all)." in box
    assert "+25.2 [+24.1, +26.4]" in box
    assert "n = 7,723" in box
    assert "finance (bits per character)" in box
    assert "3.100 → 2.410" in box
    assert "loss +3.3 [+1.3, +5.4] points" in box
    assert "−0.690 [−0.750, −0.630]" in box
    assert "lost" in box
    assert "低下" in box


def test_both_languages_stand_in_the_page_and_no_text_lacks_its_partner(run: Path):
    text = (run / "report" / "report.html").read_text(encoding="utf-8")
    assert text.count('class="en" lang="en"') == text.count('class="ja" lang="ja"') > 200
    assert '<html lang="ja">' in text


def test_every_chart_has_a_text_alternative(page: Page):
    ids = {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
    charts = page.all("svg")
    assert len(charts) == 2 + 6 + 2 + 2  # funnels, curves, differences, spreads
    assert all(chart["role"] == "img" and chart["aria-labelledby"] in ids for chart in charts)


def test_ids_are_unique_and_links_lead_somewhere(page: Page):
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    references = {str(item["href"])[1:] for item in page.all("a")}
    references |= {str(item["for"]) for item in page.all("label")}
    references |= {
        str(attributes["aria-labelledby"]) for _, attributes in page.tags if attributes.get("aria-labelledby")
    }
    assert references <= set(ids)


def test_headings_descend_one_level_at_a_time_and_tables_have_captions_and_scopes(page: Page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table")) > 10
    assert all(item.get("scope") in ("col", "row") for item in page.all("th"))


def test_the_funnel_shows_every_reason_and_license(page: Page):
    shown = words(page)
    assert "Every row is accounted for." in shown
    for piece in (
        "near duplicate",
        "ほぼ同じ内容の重複",
        "PDL-1.0",
        "public-domain",
        "出典: watchers（PDL1.0）をもとに作成",
    ):
        assert piece in shown


def test_tokens_by_source_are_shown(page: Page):
    assert "What training read of each source" in " ".join(page.text)
    assert all(number in " ".join(page.text) for number in ("1,500,321", "987,654", "2.5"))


def test_what_the_licenses_allow_is_shown_by_the_policy_table(run: Path, page: Page):
    found = json.loads((run / "report" / "summary.json").read_text(encoding="utf-8"))["licenses"]
    assert [item["license"] for item in found] == ["PDL-1.0", "CC-BY-4.0", "unknown", "public-domain"]
    assert found[0]["sources"] == ["annual-reports", "faq"]
    assert [item["known"] for item in found][:3] == [True, True, False]
    assert "Public Data License 1.0 (Japan)" in words(page)
    assert "not in the policy table" in words(page)


def test_what_to_distrust_names_what_the_run_contains(run: Path):
    summary = json.loads((run / "report" / "summary.json").read_text(encoding="utf-8"))
    keys = [item["key"] for item in summary["cautions"]]
    for key in (
        "degenerate", "not_above_constant", "small_n", "template_selection", "lost_text", "tiny_model", "license",
        "contamination_unchecked", "dropped", "answers", "personal_data", "one_seed", "unreadable_inputs",
    ):  # fmt: skip
        assert key in keys, key
    ranks = [("high", "medium", "note").index(item["severity"]) for item in summary["cautions"]]
    assert ranks == sorted(ranks)


def test_the_same_run_gives_the_same_bytes_wherever_it_lies(run: Path, tmp_path: Path):
    other = full_run(tmp_path / "elsewhere" / "other-name")
    write_report(config(), other / "report", run=other, recipe=RECIPE)
    for name in ("report.html", "model_card.md", "summary.json"):
        assert (other / "report" / name).read_bytes() == (run / "report" / name).read_bytes(), name
        assert str(tmp_path) not in (other / "report" / name).read_text(encoding="utf-8")


def test_a_finished_report_is_kept_and_a_changed_stage_makes_a_new_one(tmp_path: Path):
    folder = full_run(tmp_path / "run")
    first = write_report(config(), tmp_path / "report", run=folder, recipe=RECIPE)
    assert write_report(config(), tmp_path / "report", run=folder, recipe=RECIPE).key == first.key
    changed = corpus_funnel()
    changed["sources"].pop()
    shutil.rmtree(folder / "corpus")
    write_stage(folder, "corpus", {"funnel.json": changed})
    assert write_report(config(), tmp_path / "report", run=folder, recipe=RECIPE).key != first.key


@pytest.mark.parametrize("stage", ["corpus", "base", "pretrain", "instruct", "tune", "evaluate", "compare"])
def test_any_stage_may_be_absent_and_the_page_says_so(tmp_path: Path, stage: str):
    folder = full_run(tmp_path / "run", without=(stage,))
    write_report(config(), folder / "report", run=folder, recipe=None)
    shown = words(read_page(folder / "report" / "report.html"))
    assert "not part of this run" in shown
    assert "The recipe was not saved with this run." in shown


def test_items_that_turned_are_counted_and_the_first_are_shown(run: Path, page: Page):
    summary = json.loads((run / "report" / "summary.json").read_text(encoding="utf-8"))
    assert summary["flips"] == [{"task": "fp2", "model": "tuned", "reference": "base", "gained": 3, "lost": 1}]
    shown = words(page)
    assert "gained 3, lost 1 items" in shown
    assert "fp2-1" in shown
    assert "fp2-4" in shown
    assert "fp2-7" not in shown  # two a direction
    assert "問 1: 正しいものを選べ。" in shown
    assert shown.count("説明。") < 400  # the end of the prompt is shown, not all of it


def test_the_test_is_not_quoted_when_that_is_switched_off(tmp_path: Path):
    folder = full_run(tmp_path / "run")
    write_report(config(items=0), tmp_path / "report", run=folder, recipe=RECIPE)
    assert "正しいものを選べ" not in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_contamination_found_by_the_evaluation_is_said(tmp_path: Path):
    found: dict[str, Any] = results()
    label = next(iter(found["tasks"][1]["scores"]))
    found["tasks"][1]["contamination"] = {
        "checked": 38,
        "question_seen": 3,
        "answer_seen": 1,
        "origins": {"corpus": {"question_seen": 1}, "instruct": {"question_seen": 2}},
        "scores": {label: {found["tasks"][1]["headline"]: {"all": 0.5, "clean": 0.25, "n_clean": 35}}},
    }
    write_stage(tmp_path / "run", "evaluate", {"results.json": found})
    write_report(config(), tmp_path / "report", run=tmp_path / "run", recipe=RECIPE)
    shown = words(read_page(tmp_path / "report" / "report.html"))
    assert (
        "cma_basics: 3 of 38 questions are in the training text (corpus 1, instruction data 2), 1 with its answer"
        in shown
    )
    assert f"(35 items left): {label} 50.0 → 25.0" in shown


@pytest.mark.parametrize("same", [True, False])
def test_the_published_board_stands_on_the_page_by_both_rules(tmp_path: Path, same: bool):
    found: dict[str, Any] = results()
    row = {
        "place": 7,
        "model": "tuned",
        "own": True,
        "template": "default",
        "average": 41.25,
        "remarks": [["odd", "変"]],
    }
    found["published"] = {
        "models": 196,
        "template": "default",
        "protocol": "fin-harness-2024" if same else "fin-harness-2025",
        "published_protocol": "fin-harness-2024",
        "same_protocol": same,
        "refused": None,
        "lift": 4.74,
        "public": {"of": 197, "rows": [row]},
        "honest": {"of": 180, "rows": [{**row, "low": 39.0, "high": 43.5, "ranks": [3, 12]}]},
    }
    write_stage(tmp_path / "run", "evaluate", {"results.json": found})
    write_report(config(), tmp_path / "report", run=tmp_path / "run", recipe=RECIPE)
    shown = words(read_page(tmp_path / "report" / "report.html"))
    assert "41.25 [39.0, 43.5]" in shown
    assert "3–12" in shown
    assert "by 4.74 points on average" in shown
    assert ("Same protocol" in shown) == same
    assert ("sends one newline less" in shown) == (not same)


def test_many_sources_become_lines_instead_of_columns(tmp_path: Path):
    funnel = corpus_funnel()
    funnel["sources"] = [{**item, "name": f"{item['name']}-{n}"} for n in range(3) for item in funnel["sources"]]
    write_stage(tmp_path / "run", "corpus", {"funnel.json": funnel})
    write_report(config(), tmp_path / "report", run=tmp_path / "run", recipe=RECIPE)
    page = read_page(tmp_path / "report" / "report.html")
    assert max(sum(tag == "th" for tag, _ in page.tags[start:end]) for start, end in head_rows(page)) <= 11
    # chart, sources, reasons (3), personal data (2), attribution, licenses
    assert words(page).count("annual-reports-2") == 1 + 1 + 3 + 2 + 1 + 1


def head_rows(page: Page) -> list[tuple[int, int]]:
    starts = [number for number, (tag, _) in enumerate(page.tags) if tag == "thead"]
    return [(start, next(n for n in range(start, len(page.tags)) if page.tags[n][0] == "tbody")) for start in starts]


def test_the_recipe_is_shown_as_the_user_wrote_it_else_in_the_order_of_the_run(tmp_path: Path):
    folder = full_run(tmp_path / "run")
    write_report(config(), tmp_path / "a", run=folder, recipe=dict(reversed(RECIPE.items())))
    shown = words(read_page(tmp_path / "a" / "report.html"))
    assert shown.index("tekio: 1") < shown.index("name: fixture") < shown.index("pretrain: optimizer:")
    write_atomic(folder / "recipe.yaml", "name: fixture  # <b>my comment</b>\n")
    write_report(config(), tmp_path / "a", run=folder, recipe=RECIPE)
    assert "name: fixture # <b>my comment</b>" in words(read_page(tmp_path / "a" / "report.html"))


def test_an_empty_run_still_gives_a_page(tmp_path: Path):
    (tmp_path / "run").mkdir()
    write_report(config(), tmp_path / "report", run=tmp_path / "run", recipe=None)
    shown = words(read_page(tmp_path / "report" / "report.html"))
    assert "This run was not evaluated, so nothing can be said about the effect." in shown
    assert "Nothing was trained in this run." in shown


def test_a_damaged_file_is_named_on_the_page_and_the_rest_is_shown(tmp_path: Path):
    folder = full_run(tmp_path / "run")
    write_atomic(folder / "evaluate" / "results.json", "{ not json")
    write_json(folder / "corpus" / "funnel.json", {"sources": 5})
    write_report(config(), folder / "report", run=folder, recipe=RECIPE)
    shown = words(read_page(folder / "report" / "report.html"))
    assert "evaluate/results.json could not be read and is left out" in shown
    assert "corpus/funnel.json could not be read and is left out" in shown
    assert "Answers side by side" in shown


def test_rows_that_do_not_add_up_are_said(tmp_path: Path):
    funnel = corpus_funnel()
    funnel["sources"][0]["rows_train"] -= 1
    write_stage(tmp_path / "run", "corpus", {"funnel.json": funnel})
    write_report(config(), tmp_path / "report", run=tmp_path / "run", recipe=RECIPE)
    shown = words(read_page(tmp_path / "report" / "report.html"))
    assert "The rows do not add up." in shown
    assert "annual-reports: 2,400 in, 2,399 accounted for" in shown


def hostile(value) -> Any:
    """The same structure with every text made hostile."""
    if isinstance(value, str):
        return f"{value}{HOSTILE}"
    if isinstance(value, list):
        return [hostile(item) for item in value]
    if isinstance(value, dict):
        return {key: hostile(item) for key, item in value.items()}
    return value


def test_nothing_from_models_or_documents_acts_on_the_page(tmp_path: Path):
    folder = tmp_path / "run"
    bad_results: dict[str, Any] = results()
    for item in bad_results["tasks"]:
        item.update(task=item["task"] + HOSTILE, template=HOSTILE, license=HOSTILE, note=HOSTILE)
    bad_results["tasks"][0]["scores"]["base"]["degenerate"] = HOSTILE
    bad_answers = [
        {**row, "id": HOSTILE, "prompt": HOSTILE, "input": HOSTILE, "topic": HOSTILE, "reference": HOSTILE,
         "answers": {label: {**answer, "text": HOSTILE, "finish": HOSTILE} for label, answer in row["answers"].items()}}
        for row in answers()
    ]  # fmt: skip
    bad_funnel = hostile(corpus_funnel())
    bad_funnel["sources"][0]["rejected"] = {HOSTILE: 7}
    bad_funnel["sources"][0]["personal_data"] = {HOSTILE: 7}
    write_stage(folder, "corpus", {"funnel.json": bad_funnel})
    write_stage(folder, "evaluate", {"results.json": bad_results})
    write_stage(folder, "compare", {"answers.jsonl": bad_answers, "summary.json": {}})
    recipe = hostile(RECIPE)
    write_report(config(title=HOSTILE), folder / "report", run=folder, recipe=recipe)
    page = read_page(folder / "report" / "report.html")
    assert page.all("script") == []
    assert page.all("img") == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    text = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert "⟨U+202E⟩ecalp" in text
    assert "⟨U+001B⟩[31mred" in text
    card = (folder / "report" / "model_card.md").read_text(encoding="utf-8")
    body = card.split("---\n", 2)[2]
    assert "<script" not in body
    assert not re.search("[\x1b\u202e\u200b]", card)


def test_the_model_card_has_a_header_the_hub_reads(run: Path):
    text = (run / "report" / "model_card.md").read_text(encoding="utf-8")
    header = yaml.safe_load(text.split("---\n")[1])
    assert header["library_name"] == "peft"
    assert "base_model" not in header  # made from scratch
    from huggingface_hub import ModelCard

    card: Any = ModelCard(text)  # an independent reader of the format
    assert card.data.eval_results is not None
    found = {(item.dataset_name, item.metric_type): item.metric_value for item in card.data.eval_results}
    assert found["chabsa", "macro_f1"] == 0.612
    assert found["perplexity:finance", "bits_per_character"] == 2.45


def test_the_card_names_a_given_base_by_its_folder_only(tmp_path: Path):
    folder = full_run(tmp_path / "run", without=("base",))
    write_stage(folder, "base", {"model.json": {"path": "/secret/place/llm-jp-1.3b", "sha256": "ab" * 32}})
    write_report(config(), tmp_path / "report", run=folder, recipe=RECIPE)
    text = (tmp_path / "report" / "model_card.md").read_text(encoding="utf-8")
    assert yaml.safe_load(text.split("---\n")[1])["base_model"] == "llm-jp-1.3b"
    assert "/secret" not in text


def test_the_first_screen_names_a_given_base_without_the_recipes_variables_and_by_its_hash(tmp_path: Path):
    folder = full_run(tmp_path / "run", without=("base",))
    write_stage(folder, "base", {"model.json": {"path": "${MODELS:-../models}/llm-jp-1.3b", "sha256": "ab" * 32}})
    write_report(config(), tmp_path / "report", run=folder, recipe=RECIPE)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "<dd>…/llm-jp-1.3b (SHA-256 abababababababab)</dd>" in re.sub(r"</?span[^>]*>", "", page)


def test_the_summary_holds_the_numbers_of_the_page(run: Path):
    summary = json.loads((run / "report" / "summary.json").read_text(encoding="utf-8"))
    assert [item["question"] for item in summary["verdict"]] == ["domain", "forgetting", "text"]
    tuned = summary["verdict"][0]["findings"][1]
    assert (tuned["model"], tuned["verdict"]) == ("tuned", "improved")
    assert summary["evaluation"]["tasks"][0]["scores"]["tuned"]["metrics"]["macro_f1"]["value"] == 0.612
    assert summary["corpus"]["sources"][0]["rows_in"] == 2400
    assert summary["training"]["tune"]["tokens"]["masked"] == 57_800


def test_the_verb_writes_the_report_with_the_recipe_saved_beside_the_run(tmp_path: Path, capsys):
    folder = full_run(tmp_path / "run")
    write_json(folder / "recipe.resolved.json", RECIPE | {"report": {"title": "題名", "language": "en"}})
    assert main(["--lang", "en", "report", str(folder), "--evidence", str(tmp_path / "pack.zip")]) == 0
    assert (tmp_path / "pack.zip").is_file()
    printed = capsys.readouterr().out
    assert "Domain tasks, tuned: improved. 1 of 3 tasks improved, 0 worse, 2 cannot tell" in printed
    text = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in text
    assert "<h1>題名</h1>" in text
    assert main(["--lang", "en", "report", str(tmp_path / "nowhere")]) == 2
    assert "no such file or folder" in capsys.readouterr().err


def test_results_of_an_older_version_of_a_stage_are_called_that(tmp_path: Path):
    """A section taken out of the recipe leaves its folder; what lies in it belongs to a model that is gone."""
    from tekio.report.warnings.find import stale_stages
    from tekio.store import Manifest

    def manifest(stage: str, artifact: str, **parents: str) -> Manifest:
        return Manifest(stage, "k", {}, 1, [], [], {}, {}, parents, "", 0.0, artifact)

    stages = {
        "pretrain": manifest("pretrain", "p2", corpus="c", base="b"),
        "corpus": manifest("corpus", "c"),
        "tune": manifest("tune", "t", model="p2", records="r"),
        "instruct": manifest("instruct", "r"),
        "evaluate": manifest("evaluate", "e", pretrained="p1", tuned="t", base="elsewhere"),
    }
    assert stale_stages(stages) == ["evaluate"]
    stages["evaluate"] = manifest("evaluate", "e", pretrained="p2", tuned="t", base="elsewhere")
    assert stale_stages(stages) == []
    stages["compare"] = manifest("compare", "a", **{"tuned/tune": "t0"})
    assert stale_stages(stages) == ["compare"]


def test_the_first_screen_says_when_by_whom_from_what_and_holds_no_statistics(tmp_path: Path):
    run = full_run(tmp_path / "fixture")
    write_report(config(ran_by="山田 花子"), run / "report", run=run, recipe=RECIPE)
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    first = page[page.index('<section class="verdict"') : page.index('id="figures"')]
    for words in (
        "何に使えるか",
        "良くなったか",
        "失われた能力",
        "費やした学習量",
        "どこまで確かか",
        "してはならないこと",
    ):
        assert words in first
    for words in ("レポート作成日", "山田 花子", "基盤モデル", "目的", "承認"):
        assert words in first
    assert re.search(r"<dd>20\d\d-\d\d-\d\d</dd>", first)
    assert first.count("<figure") == 1
    assert "補正後" not in first


def test_the_japanese_page_names_domains_kinds_and_settings_in_japanese(tmp_path: Path):
    run = full_run(tmp_path / "fixture")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    shown = re.sub(r'<span class="en" lang="en">.*?</span>|<text [^>]*lang="en"[^>]*>.*?</text>', "", page)
    for english in (">finance<", ">general<", ">full<", ">harvest<", "資料（件数）", "出所"):
        assert english not in shown
    assert "金融" in shown
