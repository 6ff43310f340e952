"""The hostile set: every input that attacks a reader, an importer, a model, an adapter or a recipe, in one table.

Each entry stands with the reason, or words of the reason, that it must be refused with; `test_inputs.py` gives every one to
the program. Large files are in `tests/corpus/readers/test_hostile.py`, situations of `doctor` in `tests/test_doctor_is_run.py`.
"""

# pyright: standard

from dataclasses import dataclass
from typing import Any

from hostile.files import FILES
from hostile.models import MODELS
from hostile.recipes import RECIPES
from hostile.records import DECISIONS, RECORDS


@dataclass(frozen=True)
class Input:
    """kind: `file`, `records`, `decision`, `model`, `adapter` or `recipe`. given: as its table has it. reasons: one of them is right."""

    kind: str
    name: str
    given: Any
    reasons: frozenset[str]


INPUTS: dict[str, Input] = {
    f"{entry.kind} {entry.name}": entry
    for entry in (
        *(Input("file", name, item, frozenset(item.reasons)) for name, item in FILES.items()),
        *(Input("records", name, item[0], frozenset(item[1])) for name, item in RECORDS.items()),
        *(Input("decision", name, item[0], frozenset([item[1]])) for name, item in DECISIONS.items()),
        *(Input(item.base, name, item.make, frozenset([item.words])) for name, item in MODELS.items()),
        *(Input("recipe", name, item[0], frozenset([item[1]])) for name, item in RECIPES.items()),
    )
}
