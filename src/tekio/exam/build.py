"""The stage: questions from facts, checked, given options, guessed at without the passage, chosen, frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tekio.artifacts.exam import Baseline, Difficulty, Exam, ExamItem, Half, RejectedItem
from tekio.artifacts.model import read_artifact, write_artifact, write_lines
from tekio.contamination.exam_wording import ExamWordings, Wording
from tekio.contamination.training_text import read_study, thresholds_of
from tekio.documents import read_documents
from tekio.errors import NothingError, Text, UsageError
from tekio.exam.askable import Askable, Source, draw
from tekio.exam.checks import Refused, answerable, not_in_evaluation, not_in_training, unambiguous
from tekio.exam.draft import DRAFTED, Asked, Drafts, chosen_passages, drafted, drafting, prompt_hash, stands_once
from tekio.exam.guess import Guessable, guesses
from tekio.exam.options import answers_by_place, choose_options
from tekio.exam.plan import plan_half
from tekio.exam.questions import askables_of
from tekio.exam.review import accepted_items, numbered, review_records
from tekio.exam.sentences import stock_sentences
from tekio.exam.show import REASONS
from tekio.exam.titles import telling_titles
from tekio.knowledge.passages import split_passages
from tekio.recipe.exam import ExamConfig
from tekio.statistics.intervals import wilson
from tekio.store import Input, Manifest, Workspace, describe_input, run_stage, sha256_json, write_jsonl

STAGE = "exam"
VERSION = 6
SUMMARY, REJECTED, REVIEW, UNREAD = "exam.json", "rejected.jsonl", "review.jsonl", "unread.jsonl"
TABLES: dict[Half, str] = {"seen": "train", "unseen": "held_out"}
DRAWN = 8
"""Questions drawn for each item that is wanted: most of what rules can ask is not looked at further."""


def build_exam(config: ExamConfig, out: Path, *, corpus: Path, seed: int, study: Path | None = None) -> Manifest:
    """Make the exam of a recipe in `out` (docs/formats.md, `exam/`).

    corpus: a finished corpus stage. study: a finished study stage, whose rows may not have an item's wording; where the exam is made first, the
    study looks for it (`tekio.study.keep_out`). Two runs with the same corpus, configuration and seed write the same bytes.
    Raises `UsageError` where the accepted set is not the frozen one, or asks about documents that have changed sides;
    `NothingError` (exit 3), the stage being written, where no question could be made.
    """
    inputs = [describe_input(corpus, "corpus")]
    if study is not None:
        inputs.append(describe_input(study, "study"))
    if config.accepted is not None:
        inputs.append(describe_input(config.accepted.path, "accepted"))
    if config.avoid is not None:
        inputs += [
            Input(f"avoid:{path.written}", describe_input(path.path, path.written).sha256, "folder")
            for path in config.avoid.items
        ]
    plain = config.plain()
    if config.generator == "rules":
        for name in ("generator", "endpoint"):
            plain.pop(name)
    elif config.accepted is None:
        inputs.append(Input("prompt", prompt_hash(config), "file"))
        for name in ("parallel", "timeout", "prompts"):  # the result does not depend on these; the prompt is an input
            plain["endpoint"].pop(name)
    for name in ("accepted", "avoid"):  # the inputs say what is in them
        plain.pop(name, None)
    if config.avoid is not None:
        plain["avoid"] = {key: value for key, value in config.avoid.plain().items() if key != "items"}

    def work(space: Workspace) -> None:
        _write(config, corpus, space, seed, study)

    manifest = run_stage(STAGE, out, config=plain, inputs=inputs, seed=seed, work=work, version=VERSION)
    if not manifest.counts["items"]:
        _require_items(read_artifact(Exam, out / SUMMARY), out, corpus)
    return manifest


def _write(config: ExamConfig, corpus: Path, space: Workspace, seed: int, study: Path | None) -> None:
    refused = Refused()
    rejected: list[RejectedItem] = []
    considered = 0
    drafts: Drafts | None = None
    if config.accepted is not None:
        items = accepted_items(config.accepted.path)
        _require_sides(items, corpus, config.accepted.path)
        considered = len(items)
        items, rejected = _not_told(items, study)
    else:
        if config.generator == "endpoint":
            drafts = _drafts(config, corpus, space, seed)
        items, rejected, considered = _made(config, corpus, refused, seed, study, drafts)
    items = sorted(items, key=lambda item: (item.half, item.id))
    frozen = sha256_json([item.plain() for item in items])
    if config.frozen is not None and config.frozen != frozen:
        raise UsageError(
            Text("The exam is not the frozen one.", "固定された試験と一致しません。"),
            where="exam.frozen",
            why=Text(f"{frozen} was made", f"作成された試験: {frozen}"),
            fix=Text(
                "Use the corpus and the items it was frozen with, or freeze this one under another `exam.version`.",
                "固定時のコーパスと問題を使うか、`exam.version` を上げて固定し直してください。",
            ),
        )
    for half in TABLES:
        write_lines(space.path / f"{half}.jsonl", (item for item in items if item.half == half))
    write_lines(space.path / REJECTED, rejected)
    if drafts is not None:
        write_lines(space.path / UNREAD, drafts.unread)
    write_jsonl(space.path / REVIEW, (record.as_dict() for record in review_records(items)))
    exam = _summary(config, items, rejected, considered, frozen, drafts)
    write_artifact(space.path / SUMMARY, exam)
    space.counts.update(
        {"items": len(items), "considered": considered, "rejected": len(rejected)}
        | {half: sum(item.half == half for item in items) for half in TABLES}
    )


def _require_items(exam: Exam, out: Path, corpus: Path) -> None:
    """Raise `NothingError` for an exam without an item, with what most questions were left out for, or how many documents can be told apart."""
    if exam.items:
        return
    reasons = Counter(exam.rejected) + Counter(exam.drafting.unread if exam.drafting is not None else {})
    if reasons:
        most = [(REASONS.get(rule, Text(rule, rule)), count) for rule, count in reasons.most_common(5)]
        why = Text(
            ", ".join(f"{words.en}: {count}" for words, count in most),
            "、".join(f"{words.ja}: {count}" for words, count in most),
        )
    else:
        rows = [row for half in TABLES for row in _rows(corpus, half, ["id", "title", "uri"])]
        named = len(telling_titles(rows))
        why = Text(
            f"{len(rows)} documents, {named} of them with a title that no other has; no fact was found in these",
            f"文書 {len(rows)} 件、うち他と区別できる題名のあるもの {named} 件。その中に事実の記述が見つかりません",
        )
    raise NothingError(
        Text("No question could be made from these documents.", "これらの文書から問題を作れませんでした。"),
        where=out,
        why=why,
        fix=Text(
            "Documents need titles, and tables or sentences with facts; see `exam.sources` and `exam.kinds`, and `tekio exam show DIR --table rejected` (`unread`: replies without a question).",
            "題名と、事実を述べた表や文のある文書が必要です。`exam.sources` と `exam.kinds`、`tekio exam show フォルダ --table rejected`（問いにならなかった応答は `unread`）を確認してください。",
        ),
    )


def _require_sides(items: Sequence[ExamItem], corpus: Path, where: Path) -> None:
    """Raise `UsageError` where the corpus has the documents of accepted items on another side, or not at all, or an item twice."""
    sides: dict[str, Half] = {}
    for half in TABLES:
        for row in _rows(corpus, half, ["id"]):
            sides[row["id"]] = half
    wrong = [item.id for item in items if sides.get(item.document) != item.half]
    twice = [name for name, count in numbered(items).items() if count > 1]
    if wrong or twice:
        raise UsageError(
            Text(
                f"{len(wrong)} accepted items are about documents that this corpus has on another side or not at all; "
                f"{len(twice)} are there twice.",
                f"採用された問題のうち {len(wrong)} 件は、文書が別の側（学習用・評価用）にあるか存在しません。{len(twice)} 件は重複しています。",
            ),
            where=where,
            why=", ".join([*wrong, *twice][:5]),
            fix=Text(
                "Make the exam of this corpus, or use the corpus it was made from.",
                "このコーパスから作り直すか、作成時のコーパスを使ってください。",
            ),
        )


def _wanted(config: ExamConfig) -> dict[Half, int]:
    return {"seen": config.seen, "unseen": config.unseen}


def _rows(corpus: Path, half: Half, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The documents of one half; a corpus may have held nothing out."""
    folder = corpus / TABLES[half]
    if any(folder.glob("*.parquet")):
        yield from read_documents(folder, columns)


# --- making --------------------------------------------------------------------------------------------------------


def _made(
    config: ExamConfig, corpus: Path, refused: Refused, seed: int, study: Path | None, drafts: Drafts | None
) -> tuple[list[ExamItem], list[RejectedItem], int]:
    """Items, rejected ones, and how many questions were considered."""
    if drafts is not None:
        considered, drawn = len(drafts.questions), stands_once(drafts.questions, refused)
    else:
        drawn = _drawn(config, corpus, seed)
        considered = len(drawn)
    asked = unambiguous(list(answerable(drawn, refused)), refused)
    asked = not_in_evaluation(asked, config.avoid, refused)
    asked = not_in_training(asked, corpus / TABLES["seen"], refused)
    others = answers_by_place(asked)
    items: list[ExamItem] = []
    outstanding: dict[str, float] = {}
    for one in asked:
        chosen = choose_options(one, others.get(one.place, []) if one.place else [], config.options, seed)
        if chosen is None:
            refused.add(one, "too_few_rivals", wanted=float(config.options - 1))
        else:
            outstanding[one.id] = chosen[3]
            items.append(_item(one, *chosen[:3]))
    rejected = [_rejected(one, rule, measured) for one, rule, measured in refused.rows]
    items, told = _not_told(items, study)
    items, guessed = _not_guessed(items, config.guessable)
    chosen_items, left = _choose(_plain_ones_first(items, outstanding), config)
    return chosen_items, [*rejected, *told, *guessed, *left], considered


def _titles(corpus: Path) -> dict[str, str]:
    return telling_titles([row for half in TABLES for row in _rows(corpus, half, ["id", "title", "uri"])])


def _drawn(config: ExamConfig, corpus: Path, seed: int) -> list[Askable]:
    """The questions of rules that are looked at, of both halves."""
    titles = _titles(corpus)
    return [
        one
        for half, wanted in _wanted(config).items()
        if wanted
        for one in _draw(config, corpus, half, titles, wanted * DRAWN, seed)
    ]


def _drafts(config: ExamConfig, corpus: Path, space: Workspace, seed: int) -> Drafts:
    """Questions that a model server drafts about drawn passages of both halves."""
    titles, wishes = _titles(corpus), list[Asked]()
    for half, wanted in _wanted(config).items():
        own: list[Asked] = []
        documents = _documents(config, corpus, half, titles, wanted * DRAFTED, seed)
        for row in _rows(corpus, half, ["id", "text", "source", "group", "license"]) if documents else ():
            if row["id"] in documents:
                source = Source(half, row["id"], row["source"], row["group"], titles[row["id"]], row["license"])
                passages = split_passages(row["id"], row["text"], config.longest_passage)
                own += chosen_passages(source, passages, config.per_document, seed)
        wishes += sorted(own, key=lambda one: draw(seed, one.passage.id))[: wanted * DRAFTED]
    return drafted(config, wishes, space.scratch("replies"), seed)


def _documents(
    config: ExamConfig, corpus: Path, half: Half, titles: Mapping[str, str], most: int, seed: int
) -> set[str]:
    """The ids of so many drawn documents of one half, at most, that a title tells from all others."""
    rows = _rows(corpus, half, ["id", "source"])
    named = [
        row["id"] for row in rows if row["id"] in titles and (not config.sources or row["source"] in config.sources)
    ]
    return set(sorted(named, key=lambda name: draw(seed, name))[:most])


def _draw(
    config: ExamConfig, corpus: Path, half: Half, titles: Mapping[str, str], most: int, seed: int
) -> list[Askable]:
    """The questions of one half that are looked at: of drawn documents, in an order that depends on seed and question alone,
    kinds and sources in turn.
    """
    wanted = _documents(config, corpus, half, titles, most * 2, seed)
    stock = stock_sentences(row["text"] for row in _rows(corpus, half, ["id", "text"]) if row["id"] in wanted)
    found: list[Askable] = []
    for row in _rows(corpus, half, ["id", "text", "source", "group", "license"]):
        if row["id"] not in wanted:
            continue
        source = Source(half, row["id"], row["source"], row["group"], titles[row["id"]], row["license"])
        own = list(
            askables_of(source, row["text"], config.kinds, longest=config.longest_passage, seed=seed, stock=stock)
        )
        found += _in_turn(own, seed)[: config.per_document * DRAWN]
        if len(found) > 4 * most:
            found = _in_turn(found, seed)[: 2 * most]
    return _in_turn(found, seed)[:most]


def _in_turn(asked: Sequence[Askable], seed: int) -> list[Askable]:
    """Questions in drawn order, one of each kind and source in turn, so that a rare kind is not lost among a frequent one."""
    order = sorted(asked, key=lambda one: draw(seed, one.id))
    places: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[int, int, Askable]] = []
    for number, one in enumerate(order):
        ranked.append((places[one.kind, one.source.source], number, one))
        places[one.kind, one.source.source] += 1
    return [one for _, _, one in sorted(ranked, key=lambda entry: entry[:2])]


def _item(one: Askable, options: list[str], answer: int, difficulty: Difficulty) -> ExamItem:
    passage = one.passage
    return ExamItem(
        id=one.id,
        half=one.source.half,
        kind=one.kind,
        topic=one.topic,
        question=one.question,
        options=options,
        answer=answer,
        document=one.source.document,
        group=one.source.group,
        title=one.source.title,
        passage=passage.id,
        passage_text=passage.text,
        start=one.start,
        end=one.end,
        document_start=passage.start + one.start,
        document_end=passage.start + one.end,
        difficulty=difficulty,
        guess=1 / len(options),
        generator=one.generator,
        license=one.source.license,
        review="rule",
    )


def _rejected(one: Askable, rule: str, measured: dict[str, float | str | list[str]]) -> RejectedItem:
    return RejectedItem(
        id=one.id,
        half=one.source.half,
        kind=one.kind,
        question=one.question,
        options=[one.answer],
        answer=0,
        document=one.source.document,
        passage=one.passage.id,
        rejected_by=rule,
        measured=measured,
    )


def _left_out(item: ExamItem, rule: str, **measured: float | str | list[str]) -> RejectedItem:
    return RejectedItem(
        id=item.id,
        half=item.half,
        kind=item.kind,
        question=item.question,
        options=item.options,
        answer=item.answer,
        document=item.document,
        passage=item.passage,
        rejected_by=rule,
        measured=measured,
    )


def _not_told(items: Sequence[ExamItem], study: Path | None) -> tuple[list[ExamItem], list[RejectedItem]]:
    """Items whose wording no row of a study has, and the others."""
    if study is None:
        return list(items), []
    wordings = (Wording(one.id, one.wording, one.told) for one in items)
    told = ExamWordings(wordings, thresholds_of(study)).items_in_all(text for _, _, text in read_study(study))
    left = [_left_out(one, "told_by_study") for one in items if one.id in told]
    return [one for one in items if one.id not in told], left


def _not_guessed(items: Sequence[ExamItem], limit: float) -> tuple[list[ExamItem], list[RejectedItem]]:
    """Items with what the baseline gives their right option, and those that it takes too surely."""
    kept: list[ExamItem] = []
    rejected: list[RejectedItem] = []
    for item, share in zip(items, _guessed(items), strict=True):
        if share >= limit:
            rejected.append(_left_out(item, "answered_without_passage", probability=round(share, 4)))
        else:
            kept.append(item.model_copy(update={"guess": round(share, 4)}))
    return kept, rejected


def _seen_by_baseline(items: Sequence[ExamItem]) -> list[Guessable]:
    return [Guessable(item.question, item.options, item.answer, item.group) for item in items]


def _guessed(items: Sequence[ExamItem]) -> list[float]:
    shares = guesses(_seen_by_baseline(items))
    return [float(one[item.answer]) for one, item in zip(shares, items, strict=True)]


def _plain_ones_first(items: Sequence[ExamItem], outstanding: Mapping[str, float]) -> list[ExamItem]:
    """Items whose right option does not stand out before those whose does, each kind and source in the places it had."""
    waiting: dict[tuple[str, str], list[ExamItem]] = {}
    for item in items:
        waiting.setdefault((item.kind, item.topic), []).append(item)
    in_order = {key: iter(sorted(own, key=lambda item: outstanding[item.id])) for key, own in waiting.items()}
    return [next(in_order[item.kind, item.topic]) for item in items]


def _choose(items: Sequence[ExamItem], config: ExamConfig) -> tuple[list[ExamItem], list[RejectedItem]]:
    """As many as are wanted of each half, in the order they were drawn, few of one document."""
    wanted = _wanted(config)
    taken: Counter[str] = Counter()
    of_document: Counter[str] = Counter()
    chosen: list[ExamItem] = []
    left: list[RejectedItem] = []
    for item in items:
        if taken[item.half] >= wanted[item.half]:
            left.append(_left_out(item, "enough_items"))
        elif of_document[item.document] >= config.per_document:
            left.append(_left_out(item, "enough_of_this_document"))
        else:
            taken[item.half] += 1
            of_document[item.document] += 1
            chosen.append(item)
    return chosen, left


# --- summary -------------------------------------------------------------------------------------------------------


def _summary(
    config: ExamConfig,
    items: Sequence[ExamItem],
    rejected: Sequence[RejectedItem],
    considered: int,
    frozen: str,
    drafts: Drafts | None,
) -> Exam:
    counts = {
        name: dict(sorted(Counter(values).items()))
        for name, values in (
            ("half", [item.half for item in items]),
            ("kind", [item.kind for item in items]),
            ("topic", [item.topic for item in items]),
            ("difficulty", [item.difficulty for item in items]),
        )
    }
    wanted = _wanted(config)
    halves: dict[Half, list[ExamItem]] = {half: [item for item in items if item.half == half] for half in TABLES}
    return Exam(
        version=config.version,
        sha256=frozen,
        accepted_by="people" if config.accepted is not None else "rule",
        items=len(items),
        considered=considered,
        rejected=dict(sorted(Counter(one.rejected_by for one in rejected).items())),
        counts=counts,
        difference=config.difference,
        baseline=_baseline(items),
        plan={
            half: plan_half(
                len(own),
                len({item.group for item in own}),
                wanted[half],
                difference=config.difference,
                differing=config.differing,
            )
            for half, own in halves.items()
            if own
        },
        drafting=None if drafts is None else drafting(config, drafts),
    )


def _baseline(items: Sequence[ExamItem]) -> Baseline:
    """How many of the accepted items the baseline has right."""
    shares = guesses(_seen_by_baseline(items))
    right = sum(int(one.argmax()) == item.answer for one, item in zip(shares, items, strict=True))
    interval = wilson(right, len(items))
    return Baseline(
        n=len(items),
        right=right,
        share=right / len(items) if items else None,
        low=interval.low if items else None,
        high=interval.high if items else None,
        chance=sum(1 / len(item.options) for item in items) / len(items) if items else None,
    )
