"""Held-out text of a corpus as perplexity tasks, one a domain: `perplexity:finance`, `perplexity:general` ..."""

from __future__ import annotations

from pathlib import Path

from tekio.documents import GENERAL, read_documents
from tekio.errors import TekioError, Text
from tekio.evaluate.scoring.requests import RollingRequest
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.build import prompt_hash
from tekio.evaluate.tasks.items import Item, sample
from tekio.evaluate.tasks.schema import TaskSpec
from tekio.recipe.evaluate import PerplexityConfig

PREFIX = "perplexity:"


def held_out_tasks(corpus: Path, config: PerplexityConfig, *, seed: int) -> list[BuiltTask]:
    """One task for every domain of the corpus' held-out table; documents of one group are not independent.

    corpus: the folder of a finished corpus stage. Raises `TekioError` if it has no held-out text.
    """
    domains: dict[str, list[Item]] = {}
    licenses: dict[str, set[str]] = {}
    for row in read_documents(corpus / "held_out", ["id", "text", "domain", "group", "license"]):
        if not row["text"]:
            continue
        item = Item(row["id"], {"text": row["text"]}, (), None, (), row["group"])
        domains.setdefault(row["domain"], []).append(item)
        licenses.setdefault(row["domain"], set()).add(row["license"])
    if not domains:
        raise TekioError(
            Text("The corpus has no held-out text.", "コーパスに評価用の文書がありません。"),
            where=corpus / "held_out",
            fix=Text(
                "Raise corpus.held_out.share or set evaluate.perplexity.held_out: false.",
                "corpus.held_out.share を上げるか evaluate.perplexity.held_out: false にしてください。",
            ),
        )
    return [
        _task(domain, domains[domain], sorted(licenses[domain]), config, seed)
        for domain in sorted(domains, key=lambda name: (name == GENERAL, name))
    ]


def _task(domain: str, everything: list[Item], licenses: list[str], config: PerplexityConfig, seed: int) -> BuiltTask:
    name = PREFIX + domain
    items = sample(everything, config.max_documents, seed=seed, task=name)
    requests = tuple(RollingRequest(item.id, str(item.fields["text"])) for item in items)
    spec = TaskSpec(
        name=name,
        title=f"Held-out text: {domain}",
        title_ja=f"評価用に取り分けた文書: {domain}",
        group=domain,
        kind="perplexity",
        license=", ".join(licenses),
        metrics=["bits_per_character", "bits_per_byte"],
        headline="bits_per_character",
    )
    return BuiltTask(
        spec=spec,
        template="default",
        protocol="plain",
        shots=0,
        seed=seed,
        pool="pool",
        items=tuple(items),
        requests=requests,
        choices=(),
        total=len(everything),
        prompt_hash=prompt_hash(requests),
        group=domain,
    )
