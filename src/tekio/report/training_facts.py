"""Lines on what was particular about a training: preferences, annealing, replay, answers of the model itself."""

from __future__ import annotations

from tekio.artifacts.training import OwnAnswers, TrainingSummary
from tekio.errors import Text
from tekio.reject_reasons import counted_words
from tekio.report.number_format import NONE, count, general, plain, share


def special_facts(summary: TrainingSummary) -> list[tuple[Text, Text | str]]:
    """What only some trainings have, each with its words."""
    return [
        *_preference_facts(summary),
        *_anneal_facts(summary),
        *_replay_facts(summary),
        *_rewriting_facts(summary),
    ]


def _anneal_facts(summary: TrainingSummary) -> list[tuple[Text, Text | str]]:
    """What was mixed in while the learning rate fell, and how much of it was learned."""
    found = summary.anneal
    if found is None:
        return []
    words = Text(
        f"from step {count(found.begin + 1)} on, {count(found.steps)} steps, {count(found.tokens)} tokens: "
        f"{share(found.share)} from {', '.join(found.sources)} ({share(found.asked)} asked for)",
        f"ステップ {count(found.begin + 1)} から {count(found.steps)} ステップ、{count(found.tokens)} トークン。"
        f"うち {share(found.share)} が {'、'.join(found.sources)}(指定 {share(found.asked)})",
    )
    return [(Text("Annealing", "アニーリング"), words)]


def _replay_facts(summary: TrainingSummary) -> list[tuple[Text, Text | str]]:
    """Records mixed in against forgetting, and what became of the model's own answers."""
    found = summary.replay
    if found is None:
        return []
    of = Text(", ".join(found.sources) or "all records", "、".join(found.sources) or "全指示データ")
    facts: list[tuple[Text, Text | str]] = [
        (
            Text("Replay", "リプレイ"),
            Text(
                f"{count(found.records)} records ({of.en}): {share(found.share)} of the learned tokens "
                f"({share(found.asked)} of an epoch asked for)",
                f"{count(found.records)} 件({of.ja})。学習トークンの {share(found.share)}(指定: 1 エポックの {share(found.asked)})",
            ),
        )
    ]
    return [*facts, *_own_answer_facts(found.own)]


def _own_answer_facts(made: OwnAnswers | None) -> list[tuple[Text, Text | str]]:
    if made is None:
        return []
    lost = counted_words(made.rejected)
    words = Text(
        f"{count(made.kept)} of {count(made.questions)} used; not used: {lost.en or NONE}",
        f"{count(made.questions)} 件中 {count(made.kept)} 件を使用。不使用: {lost.ja or NONE}",
    )
    return [(Text("Answers of the model itself, before the tuning", "チューニング前のモデル自身の回答"), words)]


def _rewriting_facts(summary: TrainingSummary) -> list[tuple[Text, Text | str]]:
    """How many answers are the model's own wording, and why the others are not."""
    made = summary.rewritten
    if made is None:
        return []
    others = counted_words(made.stayed)
    words = Text(
        f"{count(made.rewritten)} of {count(made.records)}, {count(made.same)} of them word for word the same; as they were: {others.en or NONE}",
        f"{count(made.records)} 件中 {count(made.rewritten)} 件(うち同文 {count(made.same)} 件)。元のまま: {others.ja or NONE}",
    )
    by_itself = Text(
        "Answers rewritten by the model itself, before the tuning", "チューニング前のモデル自身が書き直した回答"
    )
    by_server = Text(
        f"Answers rewritten by a model server ({made.server})", f"モデルサーバ({made.server})が書き直した回答"
    )
    return [(by_itself if made.server is None else by_server, words)]


def _preference_facts(summary: TrainingSummary) -> list[tuple[Text, Text | str]]:
    """How preferences were learned, and whether pairs that were not learned from are told apart."""
    found = summary.preference
    if found is None:
        return []
    facts: list[tuple[Text, Text | str]] = [
        (Text("Preference learning", "選好の学習方法"), f"{found.method.upper()}, beta {general(found.beta)}"),
        (
            Text("Pairs of answers / left out for length", "回答の組／長さで除外"),
            pair_of_counts(found.pairs, found.dropped),
        ),
    ]
    measured = (summary.held_out_before.get("validation"), summary.held_out_after.get("validation"))
    before, after = (item.pairs if item is not None else None for item in measured)
    if before is None or after is None:
        return facts
    return [
        *facts,
        (Text("Validation pairs", "検証用の組"), count(after.pairs)),
        (Text("Preferred answer has the higher reward", "好まれる回答の報酬が高い割合"), share(after.accuracy)),
        (
            Text("Reward margin, before and after", "報酬の差（前 → 後）"),
            f"{plain(before.margin, 3)} → {plain(after.margin, 3)}",
        ),
    ]


def pair_of_counts(first: int | None, second: int | None) -> str:
    """Two counts side by side."""
    return NONE if first is None and second is None else f"{count(first)} / {count(second)}"
