"""What the page shows, section by section: from a run to the values of the templates. No markup but charts here."""

from __future__ import annotations

import re
from typing import Any, cast

import yaml

from tekio.artifacts.answers import AnsweredPrompt
from tekio.artifacts.report import PaperTable
from tekio.artifacts.training import HeldOut, ResidualFacts, stopped_words
from tekio.errors import Text
from tekio.instruct.source_table import source_table
from tekio.recipe.report import ReportConfig
from tekio.reject_reasons import reject_words
from tekio.report import chart_data
from tekio.report.answers import FOUND_WORDS, answer_measures, answer_tests
from tekio.report.changes import differences, form_rows, selections, task_groups, thinking_rows
from tekio.report.exam import exam_contents
from tekio.report.findings import Findings
from tekio.report.gather import FOLDERS, Run, Training
from tekio.report.glossary import (
    OPTIMIZER,
    TERMS,
    domain_words,
    kind_words,
    personal_data_words,
    setting_words,
)
from tekio.report.judged import judged_contents
from tekio.report.number_format import BITS, NONE, compact, count, general, plain, share
from tekio.report.papers import paper_rows
from tekio.report.protocol import protocol_lines
from tekio.report.sources import Funnel
from tekio.report.studied import study_contents
from tekio.report.sweeps import sweep_contents
from tekio.report.terms import answer_words
from tekio.report.training_facts import pair_of_counts, special_facts
from tekio.report.verdict import (
    style,
    word,
)

STAGE_WORDS = {
    "corpus": Text("Documents read, cleaned, split", "文書の読み込み・整形・分割"),
    "study": Text("Documents told again", "文書の言い換え"),
    "exam": Text("Exam from the documents", "文書から試験を作成"),
    "base": Text("Base model", "基盤モデル"),
    "pretrain": Text("Continual pre-training", "継続事前学習"),
    "instruct": Text("Instruction data", "指示データの作成"),
    "residual": Text("Instruction residual added", "指示チューニング差分の加算"),
    "tune": Text("Instruction tuning", "指示チューニング"),
    "prefer": Text("Preference tuning", "選好チューニング"),
    "sweep": Text("Sweep over settings and seeds", "設定とシードの比較"),
    "evaluate": Text("Evaluation", "評価"),
    "compare": Text("Answers side by side", "回答の比較"),
    "judged": Text("Answers judged blind", "モデル名を伏せた回答の判定"),
}
TRAINING_WORDS = {
    "base": Text("Base model, trained from scratch", "基盤モデル（ゼロから学習）"),
    "pretrain": Text("Continual pre-training", "継続事前学習"),
    "residual": Text("Instruction residual added", "指示チューニング差分の加算"),
    "tune": Text("Instruction tuning", "指示チューニング"),
    "prefer": Text("Preference tuning", "選好チューニング"),
}
WIDEST = 6  # sources side by side; more become lines of their own
SECTIONS = ("tekio", "name", "seed", "out", "paper", "engine", *FOLDERS, "report")
SEVERITY_WORDS = {
    "high": Text("important", "重要"),
    "medium": Text("mind", "注意"),
    "note": Text("note", "補足"),
}
MODEL_WORDS = {
    "base": Text("the base model", "基盤モデル"),
    "pretrained": Text("after continual pre-training", "継続事前学習後"),
    "residual": Text("with the instruction residual", "指示チューニング差分を加算"),
    "tuned": Text("after instruction tuning", "指示チューニング後"),
    "preferred": Text("after preference tuning", "選好チューニング後"),
}


def contents(
    run: Run,
    findings: Findings,
    config: ReportConfig,
    recipe: dict[str, Any] | None,
    recipe_text: str | None = None,
    written: str = "",
) -> dict[str, Any]:
    """Everything the templates need. recipe_text: the recipe as the user wrote it. written: the day of the report."""
    name = run.name
    results = run.results
    labels = findings.labels
    charts = differences(run, labels)
    return {
        "title": config.title or name,
        "language": config.language,
        "purpose": config.purpose,
        "name": name,
        "seed": (recipe or {}).get("seed"),
        "run": run,
        "results": results,
        "labels": labels,
        "model_words": [(label, MODEL_WORDS[label]) for label in labels if label in MODEL_WORDS],
        "questions": findings.questions,
        "overview": findings.overview,
        "dates": _dates(run),
        "written": written,
        "ran_by": config.ran_by,
        "base": _base(run),
        "chart": charts[0] if charts else None,
        "protocol": protocol_lines(results) if results else [],
        "paper": _paper(findings.paper),
        "paper_sources": source_table(run.instruct) if run.instruct and run.instruct.expected else None,
        "cautions": findings.cautions,
        "severity": SEVERITY_WORDS,
        "stages": [
            _stage_row(run, stage)
            for stage in FOLDERS
            if stage not in ("residual", "prefer", "sweep", "exam", "judged") or stage in run.manifests
        ],
        "funnels": _funnels(run),
        "terms": findings.terms,
        "own_policy": _own_policy(recipe),
        "answer_words": answer_words,
        "training": [_training(item) for item in run.training],
        "residual": _residual(run.residual),
        "sweep": sweep_contents(run.sweep),
        "study": study_contents(run.study),
        "exam": exam_contents(run.exam, run.exam_cost, run.manifests),
        "differences": charts[1:],
        "task_groups": task_groups(run, labels),
        "spreads": chart_data.spread_charts(results, labels) if results else [],
        "selections": selections(run, labels),
        "forms": form_rows(run, labels),
        "thinking": thinking_rows(run, labels),
        "flips": run.flips,
        "answers": shown_answers(run.answers, config.answers),
        "answers_in_all": len(run.answers),
        "recipe_text": recipe_text or (as_yaml(recipe) if recipe else None),
        "recipe_is_users": recipe_text is not None,
        "run_folder": (recipe or {}).get("out") or f"runs/{name}",
        "versions": _versions(run),
        "measures": answer_measures(run.answer_summary, labels),
        "answer_tests": answer_tests(run.answer_summary),
        "judged": judged_contents(run.judged),
        "drawn": run.answer_summary.drawn if run.answer_summary is not None else None,
        "found_words": FOUND_WORDS,
        "glossary": TERMS,
        "reason_words": reject_words,
        "kind_words": kind_words,
        "personal_data_words": personal_data_words,
        "word": word,
        "style": style,
    }


def _paper(table: PaperTable | None) -> dict[str, Any] | None:
    if table is None:
        return None
    return {
        "name": table.paper,
        "arxiv": table.arxiv,
        "base": table.base,
        "small": table.scale == "small",
        "rows": paper_rows(table),
        "differs": [item.text for item in table.differs],
    }


def _base(run: Run) -> Text:
    """The model everything began with; a given one by its place without the recipe's variables, and by its hash."""
    if run.base_model is not None:
        place = re.sub(r"\$\{[^}]*\}", "…", run.base_model.path)
        known = f"{place} (SHA-256 {run.base_model.sha256[:16]})"
        return Text(known, known)
    first = next((item.summary for item in run.training if item.stage == "base"), None)
    if first is None:
        return Text("not known", "不明")
    size = compact(first.parameters)
    return Text(f"made from the beginning ({size} parameters)", f"ゼロから作成（パラメータ数 {size}）")


def _dates(run: Run) -> str:
    """Day of the first and of the last stage, by their manifests."""
    days = sorted(day for item in run.manifests.values() if (day := item.started[:10]))
    return "" if not days else days[0] if days[0] == days[-1] else f"{days[0]} – {days[-1]}"


def _own_policy(recipe: dict[str, Any] | None) -> bool:
    """Whether the recipe brings a license table of its own (the page shows the shipped one)."""
    corpus = cast("dict[str, Any]", (recipe or {}).get("corpus") or {})
    licenses = cast("dict[str, Any]", corpus.get("licenses") or {})
    return bool(licenses.get("table"))


def as_yaml(recipe: dict[str, Any]) -> str:
    """The resolved recipe with its sections in the order of the run, whatever order it came in."""
    places = {section: place for place, section in enumerate(SECTIONS)}
    names = sorted(recipe, key=lambda section: (places.get(section, len(places)), section))
    parts = [yaml.safe_dump({section: recipe[section]}, allow_unicode=True) for section in names]
    return "".join(parts)


def shown_answers(answers: list[AnsweredPrompt], most: int) -> list[AnsweredPrompt]:
    """The first prompts in their order: no choosing of good ones."""
    return answers[:most]


def _stage_row(run: Run, stage: str) -> dict[str, Any]:
    manifest = run.manifests.get(stage)
    return {
        "stage": stage,
        "words": STAGE_WORDS[stage],
        "done": manifest is not None,
        "artifact": manifest.artifact if manifest else None,
        "key": manifest.key if manifest else None,
        "inputs": [(item.name, item.kind, item.sha256) for item in manifest.inputs] if manifest else [],
    }


def _versions(run: Run) -> list[tuple[str, str]]:
    merged: dict[str, set[str]] = {}
    for manifest in run.manifests.values():
        for name, version in manifest.versions.items():
            merged.setdefault(name, set()).add(version)
    return [(name, ", ".join(sorted(values))) for name, values in sorted(merged.items())]


# --- what went in ------------------------------------------------------------------------------------------------


def _funnels(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if run.documents is not None:
        aside = Text("Held out", "評価用に確保")
        found.append(
            _funnel(run.documents, "corpus", Text("Documents", "文書"), aside)
            | {"packed": _packed(run), "annealed": _annealed(run)}
        )
    if run.records is not None:
        aside = Text("Validation", "検証用")
        found.append(
            _funnel(run.records, "instruct", Text("Instruction records", "指示データ"), aside)
            | {"packed": [], "annealed": False}
        )
    return found


def _packed(run: Run) -> list[tuple[str, ...]]:
    """Stage, source, documents, characters, tokens, how often an epoch takes them, tokens learned over all steps and of these
    while annealing, of every stage that packed text.
    """
    return [
        (
            *(item.stage, name, count(own.documents), count(own.characters), count(own.tokens), f"{own.epochs:.3g}"),
            *(count(own.learned), count(own.annealed)),
        )
        for item in run.training
        for name, own in (item.summary.sources or {}).items()
    ]


def _annealed(run: Run) -> bool:
    return any(own.annealed is not None for item in run.training for own in (item.summary.sources or {}).values())


def _funnel(funnel: Funnel, key: str, title: Text, aside: Text) -> dict[str, Any]:
    reasons = sorted({reason for source in funnel.sources for reason, rows in source.rejected.items() if rows})
    totals = total_of(funnel)
    attributions = [
        (source.name, name, line)
        for source in funnel.sources
        for name, line in (source.attributions or {source.license: source.attribution}).items()
    ]
    return {
        "key": key,
        "title": title,
        "aside": aside,
        "funnel": funnel,
        "totals": totals,
        "sentence": Text(
            f"{count(totals['rows_in'])} rows in = {count(totals['rows_train'])} for training + "
            f"{count(totals['rows_aside'])} {aside.en.lower()} + {count(totals['rows_rejected'])} rejected.",
            f"入力 {count(totals['rows_in'])} 件 = 学習用 {count(totals['rows_train'])} 件 + "
            f"{aside.ja} {count(totals['rows_aside'])} 件 + 除外 {count(totals['rows_rejected'])} 件。",
        ),
        "sampled": [
            (source.name, count(source.rows_available))
            for source in funnel.sources
            if source.rows_available > source.rows_in
        ],
        "reasons": reasons,
        "by_reason": {reason: sum(source.rejected.get(reason, 0) for source in funnel.sources) for reason in reasons},
        "wide": len(funnel.sources) > WIDEST,
        "chart": chart_data.funnel_chart(funnel, f"{key}-funnel", aside),
        "attributions": attributions if any(item[2] for item in attributions) else [],
        "personal_data": sorted({kind for source in funnel.sources for kind in source.personal_data}),
        "with_characters": any(source.characters_in is not None for source in funnel.sources),
    }


def total_of(funnel: Funnel) -> dict[str, int]:
    """The totals, added up here from the sources (so that the table is right by itself)."""
    sources = funnel.sources
    return {
        "files": sum(source.files for source in sources),
        "files_rejected": sum(source.files_rejected for source in sources),
        "rows_in": sum(source.rows_in for source in sources),
        "rows_train": sum(source.rows_train for source in sources),
        "rows_aside": sum(source.rows_kept_aside for source in sources),
        "rows_rejected": sum(source.rows_rejected for source in sources),
        "characters_in": sum(source.characters_in or 0 for source in sources),
        "characters_train": sum(source.characters_train or 0 for source in sources),
    }


# --- how it was trained ------------------------------------------------------------------------------------------


def _training(item: Training) -> dict[str, Any]:
    summary = item.summary
    tokens = summary.tokens
    trainable = f"{count(summary.trainable_parameters)} ({share(summary.trainable_parameters, summary.parameters, 2)})"
    facts: list[tuple[Text, Text | str]] = [
        (Text("Method", "方式"), setting_words(summary.method)),
        (Text("Parameters", "パラメータ数"), count(summary.parameters)),
        (Text("of these trained", "うち学習対象"), trainable if summary.trainable_parameters else NONE),
        (Text("Optimizer steps", "学習ステップ数"), count(summary.steps)),
        (Text("Passes over the data (epochs)", "エポック数"), general(summary.epochs)),
        (Text("Texts", "文書・指示データの数"), count(summary.texts)),
        (Text("Texts cut / left out", "切り詰め／除外"), pair_of_counts(summary.texts_cut, summary.texts_dropped)),
        (Text("Packed rows (every text once)", "パッキング後の系列数（全件 1 回分）"), count(summary.rows)),
        (Text("Tokens in a row", "系列長（トークン）"), count(summary.sequence_length)),
        (Text("Rows in a step", "1 ステップの系列数"), count(summary.batch_rows)),
        (Text("Tokens (every text once)", "トークン数（全件 1 回分）"), count(tokens.in_)),
        (Text("with loss", "うち損失を計算"), count(tokens.trained)),
        (Text("without loss (questions, first tokens)", "うち計算しない（質問側・先頭）"), count(tokens.masked)),
        (Text("Tokens left out", "除いたトークン数"), count(tokens.dropped)),
        (Text("Tokens learned in all passes", "延べ学習トークン数"), count(tokens.seen)),
        (Text("Row positions filled", "パッキング率"), share(summary.packing.fill)),
        (Text("Prompt template", "プロンプトのテンプレート"), general(summary.template)),
        (Text("Precision", "数値精度"), general(summary.precision)),
        (Text("Ended", "終了"), _ended(summary.stopped)),
    ]
    facts += special_facts(summary)
    optimizer = summary.optimizer.plain()
    facts += [
        (words, setting_words(str(optimizer[name])) if name == "schedule" else general(optimizer[name]))
        for name, words in OPTIMIZER.items()
    ]
    return {
        "stage": item.stage,
        "title": TRAINING_WORDS[item.stage],
        "facts": [(name, value) for name, value in facts if value != NONE],
        "loss": chart_data.loss_chart(item, f"{item.stage}-loss"),
        "held_out": chart_data.held_out_chart(item, f"{item.stage}-held-out"),
        "repeated": item.stage not in ("tune", "prefer"),
        "domains": _held_out_rows(summary.held_out_before, summary.held_out_after),
    }


def _residual(found: ResidualFacts | None) -> dict[str, Any] | None:
    """The weights that were tried, with the loss on what they were judged by first, and which was kept and why."""
    if found is None:
        return None
    names = sorted(
        {name for item in found.tried for name in item.held_out}, key=lambda name: (name not in found.judged, name)
    )
    kept = plain(found.weight, 2)
    if found.judge is None:
        sentence = Text(f"Weight {kept}, as the recipe says.", f"重み {kept}（レシピの指定）。")
    elif found.judge == "records":
        sentence = Text(
            f"Weight {kept} has the lowest loss on the answers of the validation records, which documents cannot tell: they know "
            "nothing of instructions. The lowest of several losses is flattered by the choice; the test items were not used.",
            f"重み {kept} が、検証用の指示データの回答に対する損失で最小（文書では指示への応答を測れないため）。"
            "複数から選んだ最小値は良く見えがちです。テスト問題は使っていません。",
        )
    else:
        sentence = Text(
            f"Weight {kept} has the lowest loss on held-out documents ({', '.join(found.judged)}): there were no validation records. "
            "Documents know nothing of following instructions and favour small weights.",
            f"重み {kept} が評価用文書（{'、'.join(found.judged)}）の損失で最小。検証用の指示データがないため文書で判定。"
            "文書では指示への応答は測れず、小さい重みが選ばれがちです。",
        )
    rows = [
        (
            plain(item.weight, 2),
            item.weight == found.weight,
            [plain(item.held_out[name].loss, 4) if name in item.held_out else NONE for name in names],
        )
        for item in found.tried
    ]
    return {
        "sentence": sentence,
        "names": [domain_words(name) for name in names],
        "rows": rows if names else [],
        "stored": found.dtype,
        "instruct": found.instruct_sha256[:16],
        "added": count(found.added_rows) if found.added_rows else None,
    }


def _ended(stopped: str | None) -> Text | str:
    if stopped == "done":
        return Text("as planned", "予定どおり")
    return stopped_words(stopped) if stopped else NONE


def _held_out_rows(before: dict[str, HeldOut], after: dict[str, HeldOut]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for domain in sorted(set(before) | set(after)):
        old, new = before.get(domain), after.get(domain)
        change = new.bits_per_character - old.bits_per_character if old and new else None
        known = new or old
        rows.append(
            {
                "domain": domain_words(domain),
                "before": BITS.value(old.bits_per_character if old else None),
                "after": BITS.value(new.bits_per_character if new else None),
                "change": BITS.signed(change),
                "characters": count(known.characters if known else None),
            }
        )
    return rows
