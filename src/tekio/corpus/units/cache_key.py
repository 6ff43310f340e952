"""What a source's measured units depend on: everything that touches text or measurements, and nothing that only decides.

Sections are measured by default; only settings named here as deciding are left out. So a new setting costs at worst a
needless second reading, never a stale unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tekio.corpus.decisions.filters import filters_of
from tekio.corpus.readers import has_filings
from tekio.corpus.readers.pdf import programs_of
from tekio.plugins import Filter, versions
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.recipe.readers import reader_versions
from tekio.store import Input, sha256_json
from tekio.text.personal_data.pseudonyms import KEY_INPUT

MEASURE_VERSION = 46
DECIDING_SECTIONS = ("sources", "filters", "held_out", "licenses", "max_rejected_files", "keep_units")
REPEATS = ("lines", "line_share", "line_letters", "keep_first", "passages", "passages_within", "whole_sentences")
DECIDING_DUPLICATES = ("exact", "near", "threshold", "figures", "keep", *REPEATS)
DECIDING_SOURCE = ("filters", "priority", "epochs", "weight")


def items_key(config: CorpusConfig, inputs: Mapping[str, Input]) -> str:
    """What the n-grams of evaluation items depend on."""
    plain = config.decontaminate.plain()
    del plain["action"]
    return sha256_json([plain, [inputs[f"evaluation {path.written}"].identity for path in config.decontaminate.items]])


def source_key(config: CorpusConfig, source: SourceConfig, inputs: Mapping[str, Input], seed: int) -> str:
    """What the units of one source depend on. inputs: by name, as `tekio.corpus.build` names them."""
    plain: dict[str, Any] = config.plain()
    for name in DECIDING_SECTIONS:
        del plain[name]
    for name in DECIDING_DUPLICATES:
        del plain["duplicates"][name]
    plain["personal_data"] = config.personal_data.without_place()
    plain["decontaminate"] = items_key(config, inputs)
    own: dict[str, Any] = source.plain()
    for name in DECIDING_SOURCE:
        del own[name]
    # An amendment in another source supersedes blocks of this one.
    filings = has_filings(source) and [
        inputs[other.name].sha256 for other in config.sources if other is not source and has_filings(other)
    ]
    words = [inputs[f"words {path.written}"].sha256 for path in filters_of(config, source).words]
    return sha256_json(
        {
            "version": MEASURE_VERSION,
            "config": plain,
            "source": own,
            "readers": reader_versions(source.reader) | programs_of(source),
            "filters": versions(Filter, filters_of(config, source).installed),
            "input": inputs[source.name].identity,
            "words": words,
            "filings": filings or [],
            "key": inputs[KEY_INPUT].sha256 if KEY_INPUT in inputs else "",
            "seed": seed,
        }
    )
