"""What the recipe alone tells: settings that contradict each other, stages without what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tekio.doctor.findings import Finding, failure
from tekio.documents import GENERAL
from tekio.errors import TekioError, Text
from tekio.model_server import Endpoint
from tekio.model_stages import MODEL_STAGES
from tekio.recipe import Recipe
from tekio.stages import check_stages, wanted_stages


def check_order(recipe: Recipe) -> Iterator[Finding]:
    """Stages without the stages they read."""
    subject = Text("stages", "段階")
    try:
        check_stages(recipe)
        yield Finding("ok", subject, ", ".join(wanted_stages(recipe)))
    except TekioError as error:
        yield failure(subject, error)


def check_settings(recipe: Recipe) -> Iterator[Finding]:
    """Settings that contradict each other: seen in the recipe alone."""
    yield from _domains(recipe)
    yield from _labels_without_stage(recipe)
    yield from _held_out(recipe)
    yield from _record_sources(recipe)
    yield from _asked_itself(recipe)
    asked = recipe.compare
    if asked is not None and asked.prompts is None and asked.questions is None and recipe.instruct is None:
        yield Finding(
            "failure",
            "compare.prompts",
            Text(
                "nothing to ask: name a file of prompts, `questions: finance`, or add `instruct`",
                "質問がありません。prompts のファイルか `questions: finance` を指定するか `instruct` を加えてください",
            ),
        )
    if recipe.evaluate is not None and not recipe.evaluate.tasks:
        held_out = recipe.evaluate.perplexity.held_out and recipe.corpus is not None
        if not held_out and recipe.exam is None:
            yield Finding(
                "failure",
                "evaluate.tasks",
                Text(
                    "nothing to evaluate: name tasks, or add a corpus with held-out text",
                    "評価するものがありません。tasks を指定するか、評価用文書のあるコーパスを加えてください",
                ),
            )
    if recipe.sweep is not None and recipe.instruct is not None and not recipe.instruct.validation_share:
        yield Finding(
            "failure",
            "instruct.validation_share",
            Text(
                "a sweep is judged on validation records, and 0 keeps none",
                "sweep は検証用の指示データで判定しますが、0 では一件も残りません",
            ),
        )


def _held_out(recipe: Recipe) -> Iterator[Finding]:
    """Measurements on held-out text of which there is none."""
    corpus, evaluate, pretrain = recipe.corpus, recipe.evaluate, recipe.pretrain
    if corpus is None:
        return
    kept = corpus.held_out.share > 0
    if evaluate is not None and evaluate.perplexity.held_out and not kept:
        yield Finding(
            "failure",
            "evaluate.perplexity",
            Text(
                "The corpus has no held-out text: raise corpus.held_out.share or set evaluate.perplexity.held_out: false",
                "コーパスに評価用の文書がありません。corpus.held_out.share を上げるか evaluate.perplexity.held_out: false に",
            ),
        )
    measured = kept and any(source.domain == GENERAL for source in corpus.sources)
    if pretrain is not None and pretrain.forgetting_budget is not None and not measured:
        yield Finding(
            "failure",
            "pretrain.forgetting_budget",
            Text(
                "forgetting is measured on held-out text of the domain general, which the corpus does not have",
                "忘却は分野 general の評価用文書で測りますが、コーパスにありません",
            ),
        )


def _record_sources(recipe: Recipe) -> Iterator[Finding]:
    """Sources of records that are to be trained or replayed and are not there; replay of all there is."""
    tune, instruct = recipe.tune, recipe.instruct
    if tune is None:
        return
    replayed = tune.replay.sources if tune.replay is not None else []
    names = [source.name for source in (*instruct.harvest, *instruct.expand, *instruct.import_)] if instruct else []
    if (
        "study" in recipe.record_stages and recipe.corpus is not None
    ):  # its records bear the names of their documents' sources
        names += [source.name for source in recipe.corpus.sources]
    for key, wanted, purpose in (
        ("tune.sources", tune.sources, Text("train on", "学習に使う")),
        ("tune.replay.sources", replayed, Text("replay", "リプレイに使う")),
    ):
        for name in sorted(set(wanted) - set(names)):
            yield Finding(
                "failure",
                key,
                Text(
                    f"there are no records of the source {name} to {purpose.en} (there are: {', '.join(names) or '-'})",
                    f"{purpose.ja}情報源 {name} の指示データがありません(あるもの: {', '.join(names) or '-'})",
                ),
            )
    if replayed and names and not set(names) - set(replayed):
        yield Finding(
            "failure",
            "tune.replay.sources",
            Text(
                "all sources are replay: no record is left to train on",
                "すべての情報源がリプレイ用です。学習に使える指示データが残りません",
            ),
        )


def _asked_itself(recipe: Recipe) -> Iterator[Finding]:
    """The address of a server that rewrites; answers of the model itself, of a base that nobody taught to answer."""
    if recipe.tune is None:
        return
    server = None if recipe.tune.rewrite is None else recipe.tune.rewrite.endpoint
    if server is not None:
        try:
            Endpoint(server.url, server.model, cache=Path()).check()
        except TekioError as error:
            yield failure("tune.rewrite.endpoint", error)
    if recipe.base is None or recipe.base.scratch is None:
        return
    own = recipe.tune.replay is not None and recipe.tune.replay.answers == "own"
    rewrite = recipe.tune.rewrite is not None and server is None
    for key, asked in (("tune.replay.answers", own), ("tune.rewrite", rewrite)):
        if asked:
            yield Finding(
                "warning",
                key,
                Text(
                    "asks the model for answers of its own, and a base from scratch was never taught to answer: `tune` may find none",
                    "モデル自身の回答を使いますが、scratch の基盤は回答を学んでいないため、`tune` で使える回答が得られない恐れがあります",
                ),
            )


def _domains(recipe: Recipe) -> Iterator[Finding]:
    corpus = recipe.corpus.sources if recipe.corpus is not None else []
    domains = {source.domain for source in corpus}
    pretrain, base = recipe.pretrain, recipe.base
    used: set[str] = set()
    if pretrain is not None:
        used.update(pretrain.domains)
        if corpus and not domains & set(pretrain.domains):
            yield _no_text("pretrain.domains", pretrain.domains, domains)
        if pretrain.replay.share:
            used.add(GENERAL)
            if corpus and GENERAL not in domains:
                yield _no_text("pretrain.replay", [GENERAL], domains)
        if pretrain.anneal is not None and corpus:
            used.update(pretrain.anneal.domains)
            for name in sorted(set(pretrain.anneal.domains) - domains):
                yield _no_text("pretrain.anneal.domains", [name], domains)
            names = {source.name for source in corpus}
            used.update(source.domain for source in corpus if source.name in pretrain.anneal.sources)
            told = "study" in pretrain.sources
            for name in sorted(set(pretrain.anneal.sources) - names):
                if not (told and name.startswith("study-")):
                    yield _no_source("pretrain.anneal.sources", name, sorted(names))
    if recipe.tune is not None:
        used.update(recipe.tune.documents)
        for name in recipe.tune.documents:
            if corpus and name not in domains:
                yield _no_text("tune.documents", [name], domains)
    if base is not None and base.scratch is not None:
        used.update(base.scratch.domains, base.scratch.tokenizer_domains)
        for name, wanted in (("domains", base.scratch.domains), ("tokenizer_domains", base.scratch.tokenizer_domains)):
            if corpus and wanted and not domains & set(wanted):
                yield _no_text(f"base.scratch.{name}", wanted, domains)
    if used and recipe.evaluate is None:  # evaluation measures the held-out text of every domain
        for name in sorted(domains - used - {GENERAL}):
            yield Finding(
                "failure",
                Text(f"domain {name}", f"分野 {name}"),
                Text("no stage of the recipe uses it", "これを使う段階がありません"),
            )


def _no_text(subject: str, wanted: Sequence[str], domains: Collection[str]) -> Finding:
    names, there = ", ".join(wanted), ", ".join(sorted(domains))
    return Finding(
        "failure",
        subject,
        Text(
            f"no source of the corpus has the domain {names} (there are: {there})",
            f"コーパスに分野 {names} の情報源がありません(あるもの: {there})",
        ),
    )


def _no_source(subject: str, name: str, names: Sequence[str]) -> Finding:
    return Finding(
        "failure",
        subject,
        Text(
            f"no source of the corpus is called {name} (there are: {', '.join(names)})",
            f"コーパスに情報源 {name} がありません(あるもの: {', '.join(names)})",
        ),
    )


def _labels_without_stage(recipe: Recipe) -> Iterator[Finding]:
    for section, config in (("evaluate", recipe.evaluate), ("compare", recipe.compare)):
        if config is None:
            continue
        if not any(getattr(recipe, MODEL_STAGES[label]) is not None for label in config.models):
            yield Finding(
                "failure",
                f"{section}.models",
                Text("no section of the recipe makes a model", "モデルを作る節がレシピにありません"),
            )
            continue
        if "models" not in config.model_fields_set:
            continue
        for label in config.models:
            if getattr(recipe, MODEL_STAGES[label]) is None:
                yield Finding(
                    "failure",
                    f"{section}.models",
                    Text(
                        f"`{label}` is made by the section `{MODEL_STAGES[label]}`, which the recipe does not have",
                        f"`{label}` を作る節 `{MODEL_STAGES[label]}` がレシピにありません",
                    ),
                )
