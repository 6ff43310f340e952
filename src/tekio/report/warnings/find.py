"""What to distrust: everything in a run that should make a reader careful, found by rule, most serious first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tekio.artifacts.training import stopped_words
from tekio.errors import Text
from tekio.model_stages import MODEL_STAGES
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.instruct import InstructConfig
from tekio.recipe.prefer import PreferConfig
from tekio.report.gather import FOLDERS, Run
from tekio.report.number_format import compact, count, plain, share
from tekio.report.terms import Terms
from tekio.report.warnings.personal_data import personal_data_cautions
from tekio.report.warnings.results import result_cautions
from tekio.report.warnings.rule import RANK, Caution, listed
from tekio.store import Manifest

TINY_PARAMETERS = 100_000_000
CONTAMINATED = "contaminated"
TRAINED_MODELS = tuple(MODEL_STAGES.items())[1:]


def cautions(run: Run, recipe: dict[str, Any] | None, terms: Sequence[Terms]) -> list[Caution]:
    """All cautions of a run, most serious first, then in the order of the page. terms: the licenses of its sources."""
    found = [*_run_cautions(run, recipe), *_data_cautions(run, recipe, terms), *_training_cautions(run)]
    if run.results is not None:
        found += result_cautions(run.results, run.labels)
    found += _answer_cautions(run)
    found += _always(run)
    return sorted(found, key=lambda item: RANK[item.severity])


def _names(values: list[str], language: str) -> str:
    return ("、" if language == "ja" else ", ").join(values)


def stale_stages(manifests: Mapping[str, Manifest]) -> list[str]:
    """Stages that were made from another version of a trained stage, the corpus or the records than lie there now."""
    # What a stage calls its inputs -> the stages that may stand behind the name. `base` may be another run's model.
    origins = {
        "corpus": ("corpus",),
        "records": ("instruct",),
        "model": tuple(MODEL_STAGES.values())[:-1],
        **{label: (stage,) for label, stage in TRAINED_MODELS},
        **{stage: (stage,) for _, stage in TRAINED_MODELS},  # as `compare` says it: label/stage
    }
    found: list[str] = []
    for stage, manifest in manifests.items():
        for name, artifact in manifest.parents.items():
            here = [
                manifests[origin].artifact for origin in origins.get(name.rsplit("/", 1)[-1], ()) if origin in manifests
            ]
            if here and artifact not in here and stage not in found and stage != "base":
                found.append(stage)
    return found


def _run_cautions(run: Run, recipe: dict[str, Any] | None) -> list[Caution]:
    absent = [
        stage
        for stage in FOLDERS
        if stage not in run.manifests and stage not in ("residual", "prefer", "sweep", "study", "exam", "judged")
    ]
    found = [
        Caution("unreadable", "high", Text("A file could not be read", "読めないファイル"), item)
        for item in run.problems
    ]
    if absent:
        found.append(
            Caution(
                "absent",
                "note",
                Text("Stages that are not part of this run", "この実行に含まれない段階"),
                Text(_names(absent, "en") + ".", _names(absent, "ja") + "。"),
            )
        )
    unmade = [stage for stage in FOLDERS if _setting(recipe, stage) and stage not in run.manifests]
    found += listed(
        "not_made",
        "high",
        Text("Stages of the recipe that were not made", "レシピにあるのに作られていない段階"),
        [Text(stage, stage) for stage in unmade],
    )
    stale = stale_stages(run.manifests)
    if stale:
        found.append(
            Caution(
                "stale",
                "high",
                Text("Results of another version of this run", "この実行の別の版の結果が混ざっている"),
                Text(
                    f"{_names(stale, 'en')}: made from stages that have been made anew since, or were taken out of the "
                    "recipe. Put the sections back and run again, or delete these folders.",
                    f"{_names(stale, 'ja')}: その後に作り直された段階から作られています。レシピに節を戻して再実行するか、"
                    "これらのフォルダを削除してください。",
                ),
            )
        )
    versions = {
        name: {item.versions.get(name, "") for item in run.manifests.values()}
        for name in ("tekio", "torch", "transformers")
    }
    mixed = [f"{name} ({', '.join(sorted(values))})" for name, values in versions.items() if len(values) > 1]
    if mixed:
        found.append(
            Caution(
                "versions",
                "medium",
                Text("Stages were made with different versions", "段階ごとに版が異なる"),
                Text(_names(mixed, "en") + ".", _names(mixed, "ja") + "。"),
            )
        )
    return found


# --- data --------------------------------------------------------------------------------------------------------


def _data_cautions(run: Run, recipe: dict[str, Any] | None, terms: Sequence[Terms]) -> list[Caution]:
    found: list[Caution] = []
    sources = run.sources
    found += listed(
        "unbalanced",
        "high",
        Text("Rows do not add up", "件数が合わない"),
        [
            Text(
                f"{source.name}: {count(source.rows_in)} in, "
                f"{count(source.rows_train + source.rows_kept_aside + source.rows_rejected)} accounted for",
                f"{source.name}: 入力 {count(source.rows_in)} 件に対し説明できるのは "
                f"{count(source.rows_train + source.rows_kept_aside + source.rows_rejected)} 件",
            )
            for source in sources
            if not source.balanced
        ],
    )
    unknown = [name for item in terms if not item.known for name in item.sources]
    found += listed(
        "license",
        "high",
        Text("Sources without a known license", "ライセンス不明の情報源"),
        [Text(name, name) for name in unknown],
    )
    found += listed(
        "terms",
        "note",
        Text("Licenses that need a decision before the model is passed on", "モデルを外に出す前に判断が要るライセンス"),
        [
            Text(f"{item.license}: {', '.join(item.sources)}", f"{item.license}: {'、'.join(item.sources)}")
            for item in terms
            if item.known and not item.free
        ],
    )
    found += listed(
        "unreadable_inputs",
        "medium",
        Text("Input files that could not be read", "読めなかった入力ファイル"),
        [
            Text(
                f"{source.name}: {count(source.files_rejected)} of {count(source.files)}",
                f"{source.name}: {count(source.files)} 件中 {count(source.files_rejected)} 件",
            )
            for source in sources
            if source.files_rejected
        ],
    )
    found += personal_data_cautions(run, recipe)
    found += listed(
        "empty_source",
        "high",
        Text("A source gave nothing to train on", "学習に使えるデータが 1 件もない情報源"),
        [
            Text(
                f"{source.name}: {count(source.rows_in)} rows in, 0 for training",
                f"{source.name}: 入力 {count(source.rows_in)} 件、学習用 0 件",
            )
            for source in sources
            # An optional source of records that is not at hand has no files: the table of sources says so.
            if not source.rows_train and (source.files or source.characters_in is not None)
        ],
    )
    found += listed(
        "nothing_to_train_on",
        "high",
        Text("Nothing was left to train on", "学習に使えるデータが何も残っていない"),
        [
            words
            for funnel, words in (
                (run.corpus, Text("no document", "文書 0 件")),
                (run.instruct, Text("no instruction record", "指示データ 0 件")),
            )
            if funnel is not None and not any(source.rows_train for source in funnel.sources)
        ],
    )
    return found + _no_validation(run, recipe) + _contamination(run, recipe)


def _no_validation(run: Run, recipe: dict[str, Any] | None) -> list[Caution]:
    """Stages whose share for validation came out as no record at all."""
    return listed(
        "no_validation",
        "medium",
        Text("No record was kept for validation", "検証用のデータが 1 件もない"),
        [
            Text(
                f"{stage}: 0 of {count(kept)} although validation_share is {asked:g}; whether training memorized cannot be seen",
                f"{stage}: validation_share は {asked:g} だが {count(kept)} 件中 0 件。過学習かどうかを確認できない",
            )
            for stage, kept, aside in _splits(run)
            if kept and not aside and (asked := _asked_share(recipe, stage))
        ],
    )


def _splits(run: Run) -> list[tuple[str, int, int]]:
    """Stages of records: how many are trained on, how many kept for validation."""
    found: list[tuple[str, int, int]] = []
    if run.records is not None:
        own = run.records.sources
        found.append(("instruct", sum(it.rows_train for it in own), sum(it.rows_kept_aside for it in own)))
    if run.pairs is not None:
        pairs = run.pairs.sources
        found.append(("prefer", sum(it.train for it in pairs), sum(it.validation for it in pairs)))
    return found


def _asked_share(recipe: dict[str, Any] | None, stage: str) -> float:
    """`validation_share` of a section of records; its default where the recipe does not say."""
    asked = _setting(recipe, stage, "validation_share")
    default: float = (
        {"instruct": InstructConfig, "prefer": PreferConfig}[stage].model_fields["validation_share"].default
    )
    return float(asked) if isinstance(asked, int | float) else default if _setting(recipe, stage) else 0.0


def _setting(recipe: dict[str, Any] | None, *path: str) -> Any:
    value: Any = recipe
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _contamination(run: Run, recipe: dict[str, Any] | None) -> list[Caution]:
    """For documents, records and pairs each: by which rule evaluation items were looked for, and what was done."""
    checked: list[Text] = []
    unchecked: list[Text] = []
    for sources, path, what in (
        (run.documents, ("corpus", "decontaminate"), Text("documents", "文書")),
        (run.records, ("instruct", "screen", "contamination"), Text("instruction records", "指示データ")),
        (run.pairs, ("instruct", "screen", "contamination"), Text("pairs of answers", "回答の組")),
    ):
        if sources is None:
            continue
        off = _setting(recipe, *path[:-1], "off") or ()  # only the screen of records has such a list
        if not _setting(recipe, *path, "items") or CONTAMINATED in off:
            unchecked.append(what)
            continue
        removed = sum(source.rejected.get(CONTAMINATED, 0) for source in sources.sources)
        checked.append(_searched(what, removed, lambda name, path=path: _rule(recipe, *path, name)))
    found = listed(
        "contamination",
        "note",
        Text("Contamination was checked", "混入を検査済み"),
        checked,
        Text(
            "The training text was searched for the evaluation items. Paraphrases are not found.",
            "評価問題が学習データに含まれるかを調べました。言い換えは検出できません。",
        ),
    )
    return found + listed(
        "contamination_unchecked",
        "medium",
        Text("Contamination was not checked", "評価問題の混入を検査していません"),
        unchecked,
        Text(
            "The recipe names no evaluation items to keep out of these; a model may have seen questions in training.",
            "次のデータから評価問題を除く設定がありません。問題が含まれていた可能性があります。",
        ),
    )


def _searched(what: Text, removed: int, rule: Callable[[str], Any]) -> Text:
    share_of, piece, longest = share(rule("containment")), rule("ngram"), rule("longest")
    done = Text(f"{count(removed)} removed", f"{count(removed)} 件を除外")
    if rule("action") == "flag":
        done = Text("kept and marked in their `meta`", "除外せず `meta` に印を付けました")
    return Text(
        f"{what.en}: found where {share_of} of a text of an item stands in one place, in common pieces of {piece} letters "
        f"and digits or more, or {longest} of them in a row (punctuation, width and case do not count); {done.en}",
        f"{what.ja}: 問題文の {share_of} 以上が一か所に（{piece} 字以上の共通部分として）あるか、{longest} 字が連続して"
        f"一致するものを検出（記号・全半角・大文字小文字は無視）。{done.ja}",
    )


def _rule(recipe: dict[str, Any] | None, *path: str) -> Any:
    """A setting of the contamination rule, or its default where the recipe leaves it out."""
    given = _setting(recipe, *path)
    return ContaminationConfig.model_fields[path[-1]].default if given is None else given


# --- training ----------------------------------------------------------------------------------------------------


def _training_cautions(run: Run) -> list[Caution]:
    found: list[Caution] = []
    for item in run.training:
        summary = item.summary
        if summary.steps == 0 or summary.tokens.trained == 0:
            found.append(
                Caution(
                    "trained_on_nothing",
                    "high",
                    Text(f"{item.stage} trained on nothing", f"{item.stage} は何も学習していない"),
                    Text(
                        f"{count(summary.steps)} steps, {count(summary.tokens.trained)} tokens with loss.",
                        f"学習ステップ {count(summary.steps)}、損失を計算したトークン {count(summary.tokens.trained)}。",
                    ),
                )
            )
        if summary.stopped not in (None, "done"):
            why = stopped_words(summary.stopped)
            found.append(
                Caution(
                    "stopped",
                    "high",
                    Text(f"{item.stage} ended early", f"{item.stage} は途中で終了"),
                    Text(f"Reason: {why.en}.", f"理由: {why.ja}。"),
                )
            )
        if summary.tokens.dropped:
            found.append(
                Caution(
                    "dropped",
                    "medium",
                    Text(f"{item.stage} left out tokens", f"{item.stage} で除いたトークン"),
                    Text(
                        f"{count(summary.tokens.dropped)} of {count(summary.tokens.in_)} tokens "
                        f"({share(summary.tokens.dropped, summary.tokens.in_)}) did not fit the sequence length.",
                        f"{count(summary.tokens.in_)} トークン中 {count(summary.tokens.dropped)}"
                        f"（{share(summary.tokens.dropped, summary.tokens.in_)}）が系列長に収まらず除かれました。",
                    ),
                )
            )
    sizes = [item.summary.parameters for item in run.training if item.summary.parameters]
    if run.results is not None:
        sizes += [item.parameters for item in run.results.models.values() if item.parameters]
    if sizes and max(sizes) < TINY_PARAMETERS:
        found.append(
            Caution(
                "tiny_model",
                "high",
                Text("This is a very small model", "ごく小さなモデルです"),
                Text(
                    f"{compact(max(sizes))} parameters. At this size exam tasks stay near chance and answers are not "
                    "usable; the run shows that the chain works, not what a real model would reach.",
                    f"パラメータ数 {compact(max(sizes))}。この規模では試験課題は偶然の水準にとどまり、回答も実用になりません。"
                    "工程が動くことの確認であり、実用モデルの性能を示すものではありません。",
                ),
            )
        )
    return found


# --- answers and what always holds -------------------------------------------------------------------------------


def _answer_cautions(run: Run) -> list[Caution]:
    lines: list[Text] = []
    for label in run.labels:
        given = [row.answers[label] for row in run.answers if label in row.answers]
        if broken := sum(answer.finish == "nan" for answer in given):
            lines.append(
                Text(
                    f"{label}: {broken} of {len(given)} broke off because the model gave NaN or infinity",
                    f"{label}: {len(given)} 件中 {broken} 件は、モデルの値が NaN または無限大となり中断",
                )
            )
        endless = sum(answer.finish == "length" for answer in given)
        repeating = sum((answer.repetition or 0) > 0.5 for answer in given)
        if endless or repeating:
            lines.append(
                Text(
                    f"{label}: {endless} of {len(given)} did not end by themselves, {repeating} mostly repeat themselves",
                    f"{label}: {len(given)} 件中、自然に終わらない {endless} 件、大半が繰り返し {repeating} 件",
                )
            )
    found = listed("answers", "medium", Text("Answers that run on or repeat", "終わらない・繰り返す回答"), lines)
    if run.answers:
        found.append(
            Caution(
                "few_answers",
                "note",
                Text("The answers are examples", "回答は例です"),
                Text(
                    f"{len(run.answers)} prompts; nobody has graded them, and no conclusion rests on them.",
                    f"{len(run.answers)} 件の質問であり、採点していません。結論の根拠にはしていません。",
                ),
            )
        )
    return found


def _always(run: Run) -> list[Caution]:
    if run.results is None:
        return []
    looked_at = sum(len(task.comparisons) for task in run.results.tasks)
    confidence = plain(100 * run.results.confidence, 0)
    return [
        Caution(
            "one_seed",
            "note",
            Text("One training run", "学習は 1 回"),
            Text(
                f"The {confidence} % intervals cover which items were asked, not how training would differ with another "
                "seed or order of data.",
                f"{confidence} % 区間は問題の選ばれ方による揺れを表します。乱数や学習順序を変えた場合の揺れは含みません。",
            ),
        ),
        Caution(
            "several_comparisons",
            "note",
            Text("Several differences were looked at", "複数の差を見ている"),
            Text(
                f"{looked_at} comparisons; p-values are corrected by Holm's method over the tasks.",
                f"比較は {looked_at} 件。p 値は課題にわたり Holm 法で補正しています。",
            ),
        ),
    ]
