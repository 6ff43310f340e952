"""`tekio report A B ...`: several runs on one page: what their recipes differ in, their scores, and what may be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.errors import Language, Text, UsageError
from tekio.report import program_hash
from tekio.report.gather import FOLDERS, stage_inputs
from tekio.report.number_format import metric_name, p_value, plain, signed
from tekio.report.page import environment
from tekio.report.several.paired import Pairing, measure_words, pairings
from tekio.report.several.recipes import recipe_differences
from tekio.report.several.scores import OpenScores, open_scores, score_rows
from tekio.report.verdict import style, word
from tekio.store import Input, Manifest, Workspace, read_json_object, require_apart, run_stage, write_atomic, write_json

__all__ = ["comparison_lines", "write_several"]
PAGE, NUMBERS = "compared.html", "compared.json"


def write_several(
    runs: Sequence[Path],
    out: Path,
    *,
    recipes: Sequence[Mapping[str, Any] | None],
    first: Language,
    title: str = "",
) -> Manifest:
    """Write `compared.html` and `compared.json` into `out`: every run against the first one. Raises `TekioError`.

    recipes: the resolved recipe of each run, as plain values; None where it is not known. A difference has a p-value only where both runs asked the same items in the same words; elsewhere the page says why not.
    """
    require_apart(out, runs)
    names = _names(runs)
    inputs = [
        Input(f"{name}/{item.name}", item.sha256, "file")
        for name, run in zip(names, runs, strict=True)
        for stage in FOLDERS
        for item in stage_inputs(run, stage)
    ]

    def work(space: Workspace) -> None:
        opened = [open_scores(name, run) for name, run in zip(names, runs, strict=True)]
        differences = recipe_differences(recipes)
        rows, tests = score_rows(opened), pairings(opened)
        values = {
            "title": title or " / ".join(names),
            "language": first,
            "names": names,
            "recipes": differences,
            "rows": rows,
            "tests": tests,
            "problems": [(one.name, problem) for one in opened for problem in one.run.problems],
            "dates": [_begun(one) for one in opened],
            "metric_name": metric_name,
            "plain": plain,
            "signed": signed,
            "p_value": p_value,
            "measures": measure_words,
            "word": word,
            "style": style,
        }
        write_atomic(space.path / PAGE, environment().get_template("several.html.jinja").render(values))
        write_json(
            space.path / NUMBERS,
            {
                "runs": names,
                "recipe": [item.as_dict() for item in differences],
                "problems": [{"run": one.name, "en": it.en, "ja": it.ja} for one in opened for it in one.run.problems],
                "scores": [row.as_dict() for row in rows],
                "differences": [test.as_dict() for test in tests],
            },
        )
        space.counts.update(runs=len(runs), compared=sum(test.p is not None for test in tests), refused=_refused(tests))

    config = {"recipes": list(recipes), "first": first, "title": title, "names": names, "program": program_hash()}
    return run_stage("several", out, config=config, inputs=inputs, seed=0, work=work)


def comparison_lines(out: Path) -> list[Text]:
    """What differs between the runs of a finished folder, in a few lines for a terminal."""
    numbers = cast("dict[str, list[dict[str, Any]]]", read_json_object(out / NUMBERS))
    lines = [Text(f"{item['run']}: {item['en']}", f"{item['run']}: {item['ja']}") for item in numbers["problems"]]
    for test in numbers["differences"]:
        name, why = f"{test['task']}, {test['label']}, {test['run']}", test["why_not"]
        if why is not None:
            lines.append(Text(f"{name}: not comparable: {why['en']}", f"{name}: 比較不可: {why['ja']}"))
            continue
        told, difference = word(test["verdict"]), signed(test["difference"], 4)
        lines.append(
            Text(
                f"{name}: {told.en}, {difference} ({measure_words(test['measure']).en}, n = {test['n']:,}, p {p_value(test['p_adjusted'])})",
                f"{name}: {told.ja}、{difference}（{measure_words(test['measure']).ja}、n = {test['n']:,}、p {p_value(test['p_adjusted'])}）",
            )
        )
    return lines


def _refused(tests: Sequence[Pairing]) -> int:
    return sum(test.why_not is not None for test in tests)


def _begun(opened: OpenScores) -> str:
    days = sorted(manifest.started[:10] for manifest in opened.run.manifests.values())
    return days[-1] if days else ""


def _names(runs: Sequence[Path]) -> list[str]:
    """The folders' names; with the folder above where two are called alike. Raises `UsageError` for one given twice."""
    places = [run.resolve() for run in runs]
    if len(set(places)) < len(places):
        raise UsageError(Text("A run is named twice.", "同じ実行が 2 回指定されています。"))
    names = [place.name for place in places]
    return names if len(set(names)) == len(names) else [f"{place.parent.name}/{place.name}" for place in places]
