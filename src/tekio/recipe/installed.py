"""Names in a recipe that stand for parts of installed packages (`tekio.plugins`)."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator

from tekio.errors import WrongValueError
from tekio.plugins import installed

TRACKERS = ("tensorboard", "mlflow", "wandb")


def require_known(what: str, name: str, known: Sequence[str]) -> None:
    """Raise `ValueError` with the nearest name when `name` is none of `known`."""
    if name in known:
        return
    near = get_close_matches(name, known, 1)
    all_of_them = f"one of {', '.join(known)}" if known else "no installed package brings any (docs/plugins.md)"
    raise WrongValueError(
        f"there is no {what} {name!r}; {f'did you mean `{near[0]}`?' if near else all_of_them}",
        f"{what} {name!r} はありません。{f'`{near[0]}` ではありませんか' if near else all_of_them}",
    )


def _filter(name: str) -> str:
    require_known("installed filter", name, list(installed("tekio.filters")))
    return name


def _tracker(name: str) -> str:
    require_known("tracker", name, [*TRACKERS, *installed("tekio.trackers")])
    return name


FilterName = Annotated[str, AfterValidator(_filter)]
TrackerName = Annotated[str, AfterValidator(_tracker)]
