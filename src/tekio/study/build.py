"""The study stage: training documents told again, every row checked, documents and records written.

Documents are read, told, checked and written one after the other, so memory depends on none of their numbers. Rows go through
three gates: grounding, what must not be told, and repetition; a row that fails one is a line of `rejected.jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tekio.artifacts.model import write_artifact
from tekio.artifacts.study import STUDY, StudyCost, UnreadReply
from tekio.documents import GENERAL, read_documents
from tekio.errors import NothingError, Text
from tekio.hashes import input_hash
from tekio.knowledge.ground import Ground, Span
from tekio.knowledge.grounding import check_row
from tekio.progress import Progress, followed
from tekio.recipe.study import StudyConfig
from tekio.store import Input, Manifest, Workspace, describe_input, run_stage, sha256_json
from tekio.study.keep_out import KeepOut
from tekio.study.material import Draft, LeftOut, Material, material_of
from tekio.study.novelty import Repeats, SeenPieces, SeenRows
from tekio.study.strategies import STRATEGIES
from tekio.study.tokens import counter, tokenizer_file
from tekio.study.wording import start_of
from tekio.study.write import Generator, Kept, Writer
from tekio.visible import shown_name

VERSION = 18
BUCKETS = 16
"""Parts in which documents are taken where there is a budget, so that it is spent over the whole corpus."""
BATCH = 256
CHOOSING = Text("study, choosing passages", "study（対象の文章の抽出）")
"""Rows checked at once."""
_COLUMNS = ("id", "text", "source", "uri", "title", "as_of", "license", "domain", "group", "meta")

Tell = Callable[[Material], Iterable[Draft | LeftOut | UnreadReply]]


def build_study(
    config: StudyConfig, out: Path, *, corpus: Path, seed: int, base: Path | None = None, exam: Path | None = None
) -> Manifest:
    """Tell the training documents of a corpus again (docs/formats.md, `study/`).

    corpus: the finished `corpus/` folder. base: the folder of the recipe's base model, whose tokenizer counts the budget. exam: the finished
    `exam/` folder, whose items are not told in their own wording.
    With `rules` the same inputs, configuration and seed give the same bytes. Raises `NothingError` when no document is of the sources
    and domains that are asked for, and, the stage being written, when nothing was told; `TekioError` when a model server fails for good (what it replied is kept).
    """
    tokenizer = tokenizer_file(base)
    inputs = [describe_input(corpus, "corpus")]
    if tokenizer is not None:
        inputs.append(describe_input(tokenizer, "tokenizer"))
    if exam is not None:
        inputs.append(describe_input(exam, "exam"))
    inputs += [
        Input(
            f"avoid:{path.written}",
            sha256_json([[shown_name(Path(file.name)), input_hash(file)] for file in path.files()]),
            "folder",
            files=tuple(path.files()),
        )
        for path in config.avoid.items
    ]
    if config.generator == "endpoint":
        from tekio.study.endpoint import prompt_inputs

        inputs += prompt_inputs(config)

    def work(space: Workspace) -> None:
        _build(config, space, corpus, tokenizer, exam)

    manifest = run_stage("study", out, config=config.plain(), inputs=inputs, seed=seed, work=work, version=VERSION)
    if not manifest.counts["texts"] and not manifest.counts["records"]:
        raise NothingError(
            Text("`study` told nothing.", "`study` で言い換えられた文書がありません。"),
            where=out,
            why=Text(
                f"{manifest.counts['passages']:,} passages read, {manifest.counts['rejected']:,} drafts rejected",
                f"読んだ節 {manifest.counts['passages']:,}、除外した案 {manifest.counts['rejected']:,}",
            ),
            fix=Text(
                "`tekio study stats` shows it by strategy. Rules tell laws, tables, and questions with answers.",
                "`tekio study stats` で方法別に確認できます。規則で言い換えられるのは、法令・表・質問と回答です。",
            ),
        )
    return manifest


def _build(config: StudyConfig, space: Workspace, corpus: Path, tokenizer: Path | None, exam: Path | None) -> None:
    keep_out = KeepOut(config.avoid, corpus, exam)
    chosen = _chosen_passages(config, corpus, space.seed) if config.most_passages else None
    cost: StudyCost | None = None
    if config.generator == "rules":
        generator = Generator("rules")
        gates = _Gates(config, space, generator, keep_out, tokenizer)
        gates.run(lambda material: _by_rules(material, config, gates, chosen), corpus)
    else:
        from tekio.study.endpoint import Teller

        teller = Teller(config, space)
        gates = _Gates(config, space, teller.generator, keep_out, tokenizer)
        gates.run(lambda material: teller.tell(material, gates.is_open, chosen), corpus)
        cost = teller.cost()
    told = f"{config.characters_per_token:g} characters a token" if tokenizer is None else "base"
    summary = gates.writer.summary(tokenizer=told, kept_out=keep_out.counts, cost=cost)
    write_artifact(space.path / STUDY, summary)
    space.counts.update(
        documents=summary.documents,
        passages=summary.passages,
        texts=sum(item.texts for item in summary.strategies.values()),
        records=sum(item.records for item in summary.strategies.values()),
        rejected=sum(sum(item.rejected.values()) for item in summary.strategies.values()),
        left_out=sum(sum(item.left_out.values()) for item in summary.strategies.values()),
        tokens=summary.tokens,
    )


class _Gates:
    """What stands between a draft and the files."""

    def __init__(
        self, config: StudyConfig, space: Workspace, generator: Generator, keep_out: KeepOut, tokenizer: Path | None
    ) -> None:
        self.config, self.keep_out = config, keep_out
        self.writer = Writer(space.path, generator, seed=space.seed, validation_share=config.validation_share)
        self._count = counter(tokenizer, config.characters_per_token)
        # A rule's sentence of another figure has the same words: it is new unless it is the same.
        self._seen: SeenRows | SeenPieces = SeenRows() if config.generator == "rules" else SeenPieces()
        self._least_new = 0.5 if config.generator == "rules" else config.least_new
        self._repeats = {name: Repeats(config.stop_at_repeats) for name in config.chosen}
        self._waiting: list[tuple[Material, Draft, list[Span]]] = []

    def is_open(self, strategy: str) -> bool:
        """Whether more rows of a strategy are wanted."""
        return self.writer.counts[strategy].ended is None

    @property
    def spent(self) -> bool:
        return self.config.tokens is not None and self.writer.tokens >= self.config.tokens

    def run(self, tell: Tell, corpus: Path) -> None:
        """All documents through all gates."""
        for name in self.config.chosen:
            self.writer.counts[name].made += 0  # a strategy that tells nothing is named too
        try:
            with Progress("study", None if self.config.tokens else _count(self.config, corpus)) as progress:
                for material in _materials(self.config, corpus):
                    self.writer.read += 1
                    self.writer.passages += len(material.passages)
                    self._take(material, tell(material))
                    progress.advance()
                    if self.spent:
                        break
            self._pass_on()
            if self.spent:
                for name in self.config.chosen:
                    self.writer.counts[name].ended = self.writer.counts[name].ended or "tokens"
            if not self.writer.read:
                raise NothingError(
                    Text(
                        "No training document is of the sources and domains of `study`.",
                        "`study` の対象となる情報源・分野の学習用文書がありません。",
                    ),
                    where=corpus,
                )
            self.writer.close()
        except BaseException:
            self.writer.abandon()
            raise

    def _take(self, material: Material, drafts: Iterable[Draft | LeftOut | UnreadReply]) -> None:
        grounds: dict[tuple[int, str], Ground] = {}
        for item in drafts:
            if isinstance(item, LeftOut):
                self.writer.leave_out(item)
            elif isinstance(item, UnreadReply):
                self.writer.unread(item)
            else:
                key = (item.passage.number, str(item.extra.get("also", "")))
                if key not in grounds:
                    grounds[key] = ground_of(material, item)
                spans, wrong = check_row(item.question, item.text, grounds[key], item.computed)
                if wrong:
                    measured = {"facts": [fact.plain() for fact in wrong]} | item.extra.get("asked", {})
                    self.writer.reject(item, "not_in_the_passage", measured)
                else:
                    self._waiting.append((material, item, spans))
                    if len(self._waiting) >= BATCH:
                        self._pass_on()

    def _pass_on(self) -> None:
        """The rows that wait: not what must be kept out, and nothing that repeats earlier rows."""
        waiting, self._waiting = self._waiting, []
        wholes = [draft.whole for _, draft, _ in waiting]
        guilty, asked = self.keep_out.check(wholes), self.keep_out.check_exam(wholes)
        tokens = self._count(wholes)
        for number, (material, draft, spans) in enumerate(waiting):
            if number in guilty:
                self.writer.reject(draft, "contaminated", guilty[number])
                continue
            if number in asked:
                self.writer.reject(draft, "exam_item", asked[number])
                continue
            if self.spent:
                self.writer.reject(draft, "over_the_budget", {"tokens": self.writer.tokens})
                continue
            new = self._seen.new_share(draft.whole)
            repeats = self._repeats[draft.strategy]
            repeats.note(new < self._least_new)
            if new < self._least_new:
                self.writer.reject(draft, "repeats", {"new": round(new, 4)})
                if repeats.at_end:
                    self.writer.counts[draft.strategy].ended = "repeats"
                continue
            self._seen.add(draft.whole)
            self.writer.keep(Kept(material, draft, spans, tokens[number]))


def ground_of(material: Material, draft: Draft) -> Ground:
    """What a row of this draft may say: its passage, the one it refers to, and what is known of the document."""
    context = [material.context(draft.passage)]
    if "also_text" in draft.extra:
        context += [draft.extra["also_heading"], draft.extra["also_text"]]
    return Ground.of(draft.passage.text, "\n".join(context), draft.passage.above)


def _by_rules(
    material: Material, config: StudyConfig, gates: _Gates, chosen: set[str] | None
) -> Iterator[Draft | LeftOut]:
    for name in config.chosen:
        if gates.is_open(name):
            for item in STRATEGIES[name](material, config.wordings):
                if chosen is None or item.passage.id in chosen:
                    yield item


def _is_wanted(config: StudyConfig, row: dict[str, Any]) -> bool:
    wanted = row["domain"] in config.domains if config.domains else row["domain"] != GENERAL
    return wanted and (not config.sources or row["source"] in config.sources)


def _materials(config: StudyConfig, corpus: Path) -> Iterator[Material]:
    """The documents to tell, in the table's order; where there is a budget, in parts spread over the table."""
    for bucket in range(BUCKETS) if config.tokens is not None else (None,):
        for row in read_documents(corpus / "train", _COLUMNS):
            if _is_wanted(config, row) and (bucket is None or start_of(row["id"]) % BUCKETS == bucket):
                yield material_of(row, json.loads(row["meta"]), config.longest_passage)


def _count(config: StudyConfig, corpus: Path) -> int:
    """How many documents there are to tell."""
    return sum(_is_wanted(config, row) for row in read_documents(corpus / "train", ("source", "domain")))


def _chosen_passages(config: StudyConfig, corpus: Path, seed: int) -> set[str]:
    """A seeded sample of passages: those with the smallest hashes."""
    import heapq

    def ranked() -> Iterator[tuple[int, str]]:
        materials = _materials(config.model_copy(update={"tokens": None}), corpus)
        for material in followed(CHOOSING, materials, _count(config, corpus)):
            for passage in material.passages:
                yield start_of(f"{seed}\x1f{passage.id}"), passage.id

    return {name for _, name in heapq.nsmallest(config.most_passages or 0, ranked())}
