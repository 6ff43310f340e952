"""What `tekio judge` does: serve, write for elsewhere, merge, ask a model, and tell how it came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tekio.artifacts.judged import JudgedSummary, Share, WinRate
from tekio.artifacts.model import write_artifact, write_lines
from tekio.compare.judge.judgement import CRITERIA, OVERALL, Judgement, of_plain, read_judgement
from tekio.compare.judge.pairs import ANSWERS, Judged, answers_file, read_pairs
from tekio.compare.judge.results import rows, summarize
from tekio.desk.decisions import DecisionStore, open_decisions
from tekio.desk.place import beside
from tekio.desk.reviewer import reviewer_name
from tekio.errors import InputError, Language, TekioError, Text, UsageError, say
from tekio.evaluate.models import Endpoint
from tekio.store import Manifest, Workspace, describe_input, read_jsonl, run_stage, sha256_json

STORE = ".judged.sqlite"
SUMMARY, ROWS = "judged.json", "judgements.jsonl"


@dataclass
class JudgeDesk:
    """Pairs that are being judged, and where the judgements are."""

    file: Path
    judged: Judged
    store: DecisionStore[Judgement]
    language: Language

    def say(self, en: str, ja: str) -> str:
        """`en` or `ja`."""
        return say(Text(en, ja), self.language)


def open_judge_desk(
    place: Path, labels: Sequence[str] = (), *, store: str | None = None, seed: int = 17, language: Language = "en"
) -> JudgeDesk:
    """The pairs of a run, of its `compare` or of its answers, and their judgements (default: a SQLite file in `review/`)."""
    file = answers_file(place)
    judged = read_pairs(file, labels, seed=seed)
    where = store or str(beside(file, STORE))
    return JudgeDesk(file, judged, open_decisions(where, " / ".join([ANSWERS, *judged.labels]), of_plain), language)


def serve(desk: JudgeDesk, *, port: int = 0, reviewer: str = "") -> None:
    """Serve the page until Ctrl-C. Judgements are on disk before the page says so."""
    from tekio.compare.judge.server import JudgeServer

    name = reviewer_name(reviewer) if reviewer else ""
    try:
        server = JudgeServer(desk.judged, desk.store, desk.language, port=port, reviewer=name)
    except OSError as error:
        raise UsageError(
            Text(f"Port {port} cannot be used.", f"ポート {port} は使えません。"), why=str(error), fix="--port 0"
        ) from error
    with server:
        print(
            desk.say(
                f"{len(desk.judged.pairs):,} pairs. Open this page (the address is secret):\n  {server.url}\n"
                "Ctrl-C ends the server; every judgement is stored already.",
                f"{len(desk.judged.pairs):,} 組。次のページを開いてください（アドレスは秘密です）:\n  {server.url}\n"
                "Ctrl-C で終了します。判定はその都度保存されています。",
            ),
            flush=True,
        )
        try:
            server.serve_forever(0.2)
        except KeyboardInterrupt:
            print("\n".join(["", *status(desk)]))
        finally:
            desk.store.close()


def write(desk: JudgeDesk, out: Path, *, reviewer: str) -> list[str]:
    """Write the pairs in the order of `reviewer` as one HTML file. Raises `UsageError` without a reviewer."""
    from tekio.compare.judge.page import write_page
    from tekio.compare.judge.server import said_by

    if not reviewer or out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(
            Text(
                "The order of the answers belongs to one reviewer: name who gets the file.",
                "回答の並び順は確認者ごとに決まるため、渡す相手の名前が必要です。",
            ),
            where=out,
            fix="--write NAME.html --reviewer NAME",
        )
    name = reviewer_name(reviewer)
    digests = {pair.key: pair.digest() for pair in desk.judged.pairs}
    said = {one.item: said_by(one) for one in desk.store.decisions(name) if digests.get(one.item) == one.digest}
    write_page(out, desk.judged, desk.language, reviewer=name, decisions=said)
    return [
        desk.say(
            f"{len(desk.judged.pairs):,} pairs for {name} -> {out}",
            f"{len(desk.judged.pairs):,} 組（{name} さん用） → {out}",
        )
    ]


def merge(desk: JudgeDesk, back: Path) -> list[str]:
    """Take in what a written page exported. Each line that cannot be used is named; merging twice changes nothing."""
    from tekio.compare.judge.server import shown_to

    digests = {pair.key: pair.digest() for pair in desk.judged.pairs}
    orders: dict[str, dict[str, tuple[str, str]]] = {}
    taken: list[Judgement] = []
    wrong: list[str] = []
    for number, row in enumerate(read_jsonl(back), 1):
        try:
            name = reviewer_name(row.get("reviewer"))
            if name not in orders:
                orders[name] = shown_to(desk.judged, name)
            one = read_judgement(row, orders[name], digests)
        except InputError as error:
            wrong.append(f"{back}:{number}: {say(error.why or error.what, desk.language)}")
            continue
        taken.append(one if one.at else replace(one, at=datetime.now(UTC).isoformat(timespec="seconds")))
    new = desk.store.add_all(taken)
    known = len(taken) - new
    lines = [
        desk.say(
            f"{back}: {new:,} judgements taken in, {known:,} known, {len(wrong):,} of no use",
            f"{back}: 判定 {new:,} 件を取り込み、既知 {known:,} 件、使えないもの {len(wrong):,} 件",
        )
    ]
    return lines + wrong


def ask(desk: JudgeDesk, endpoint: str, model: str, allow_hosts: Sequence[str]) -> list[str]:
    """Let a model behind an OpenAI-compatible server judge every pair in both orders."""
    from tekio.compare.judge.ask_model import ask_model
    from tekio.evaluate.scoring.endpoint import EndpointModel
    from tekio.recipe.evaluate import EvaluateConfig

    config = EvaluateConfig(allow_hosts=list(allow_hosts))
    named = Endpoint.named(endpoint)
    server = EndpointModel(Endpoint(named.url, model or named.model), config)
    name = ask_model(desk.judged, desk.store, server.facts().endpoint_model or "model", server.reply, parallel=config.endpoint_parallel)  # fmt: skip
    return [desk.say(f"judged by {name}", f"{name} による判定が終わりました")]


def summary_of(desk: JudgeDesk) -> JudgedSummary:
    """Everything that is said of the judgements so far."""
    return summarize(desk.judged, desk.store.decisions())


def finish(desk: JudgeDesk, out: Path) -> Manifest:
    """Write `judged.json` and `judgements.jsonl` into `out`, a stage of its own. Raises `TekioError` when nothing was judged."""
    summary, judgements = summary_of(desk), rows(desk.store.decisions())
    if not judgements:
        raise TekioError(
            Text("Nothing was judged yet.", "まだ判定がありません。"),
            where=desk.file,
            fix="tekio judge " + str(desk.file.parent),
        )

    def work(space: Workspace) -> None:
        write_artifact(space.path / SUMMARY, summary)
        write_lines(space.path / ROWS, judgements)
        space.counts.update(items=summary.items, judgements=len(judgements), reviewers=len(summary.reviewers))

    config: dict[str, Any] = {
        "models": list(desk.judged.labels),
        "seed": desk.judged.seed,
        "judgements": sha256_json([row.plain() for row in judgements]),
    }
    inputs = [describe_input(desk.file, ANSWERS)]
    return run_stage("judged", out, config=config, inputs=inputs, seed=desk.judged.seed, work=work)


def status(desk: JudgeDesk) -> list[str]:
    """Progress, win rates and agreement, in words."""
    found = summary_of(desk)
    lines = [
        desk.say(f"{found.model} against {found.reference}, {found.items:,} pairs", f"{found.reference} に対する {found.model}、{found.items:,} 組"),
        *(desk.say(f"  {name}: {done:,} judged", f"  {name}: {done:,} 件を判定") for name, done in found.reviewers.items()),
    ]  # fmt: skip
    lines += [_rate_line(desk, rate) for rate in found.rates]
    for item in found.agreement:
        alpha = "–" if item.alpha is None else f"{item.alpha:.2f}"
        equal = "–" if item.equal is None else f"{item.equal:.0%}"
        lines.append(
            desk.say(
                f"  agreement, {_criterion(item.criterion).en}: {equal} equal, alpha {alpha} ({item.items} pairs)",
                f"  一致度（{_criterion(item.criterion).ja}）: 一致 {equal}、α {alpha}（{item.items} 組）",
            )
        )
    if found.longer.n:
        lines.append(desk.say(f"  the longer answer was preferred: {_share(found.longer)}", f"  長いほうの回答が選ばれた割合: {_share(found.longer)}"))  # fmt: skip
        lines.append(desk.say(f"  the answer shown first was preferred: {_share(found.first)}", f"  先に示した回答が選ばれた割合: {_share(found.first)}"))  # fmt: skip
    for judge in found.judges or ():
        lines.append(_rate_line(desk, judge.rate, judge.name))
        equal = "–" if judge.equal is None else f"{judge.equal:.0%}"
        kappa = "–" if judge.kappa is None else f"{judge.kappa:.2f}"
        lines.append(
            desk.say(
                f"    same in both orders: {judge.consistent}/{judge.items}; with people: {equal} equal, kappa {kappa} ({judge.shared} pairs)",
                f"    順序を入れ替えても同じ: {judge.consistent}/{judge.items}、人との一致 {equal}、κ {kappa}（{judge.shared} 組）",
            )
        )
    if found.stale:
        lines.append(desk.say(f"  {found.stale:,} judgements left out: the answers have changed since", f"  回答が変わったため除いた判定: {found.stale:,} 件"))  # fmt: skip
    return lines


def _criterion(name: str) -> Text:
    return Text("overall", "総合") if name == OVERALL else CRITERIA[name]


def _share(found: Share) -> str:
    if found.share is None:
        return "–"
    return (
        f"{found.share:.0%}"
        + (f" [{found.low:.0%}, {found.high:.0%}]" if found.low is not None else "")
        + f" (n = {found.n})"
    )


def _rate_line(desk: JudgeDesk, rate: WinRate, by: str = "") -> str:
    interval = f" [{rate.low:.0%}, {rate.high:.0%}]" if rate.low is not None and rate.high is not None else ""
    p = "" if rate.p_adjusted is None else f", p {rate.p_adjusted:.3g}"
    name = _criterion(rate.criterion)
    who = f"{by}, " if by else ""
    return desk.say(
        f"  {who}{name.en}: {rate.rate:.0%}{interval} ({rate.wins} better, {rate.losses} worse, {rate.ties} tied{p})",
        f"  {who}{name.ja}: {rate.rate:.0%}{interval}（優 {rate.wins}・劣 {rate.losses}・同等 {rate.ties}{p}）",
    )
