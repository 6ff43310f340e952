"""What the `corpus` stage would refuse: seen in its configuration and at the heads of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tekio.contamination.evaluation_items import evaluation_files
from tekio.corpus.decisions.filters import filters_of, limits_of, words_of
from tekio.corpus.readers.options import option_problems
from tekio.corpus.readers.records import check_columns
from tekio.corpus.units.clean import replaces
from tekio.errors import RecipeError, TekioError, Text
from tekio.licenses import policies, refuse_training
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.recipe.names import name_problems
from tekio.text.personal_data.pseudonyms import check_key, require_apart_from_documents
from tekio.text.unreadable import UnreadableError

DECONTAMINATE = "corpus.decontaminate"


def check_config(config: CorpusConfig) -> None:
    """Refuse what can be seen to fail before anything is read: raises the first of `config_problems`."""
    for error in config_problems(config):
        raise error


def config_problems(config: CorpusConfig) -> Iterator[TekioError]:
    """Everything the stage would refuse before it reads: names, thresholds, columns, licenses, evaluation files, key.

    Missing files of sources are not named here.
    """
    yield from name_problems([source.name for source in config.sources], "corpus.sources")
    checks: list[Callable[[], object]] = []
    if replaces(config.personal_data):
        checks.append(lambda: check_key(config.personal_data.key_file))
    for source in config.sources:
        if replaces(config.personal_data):
            checks.append(partial(require_apart_from_documents, config.personal_data.key_file, source.path))
        checks.append(partial(_check_filters, config, source))
        wrong = list(option_problems(source))
        yield from wrong
        if source.path.exists and not wrong:
            checks.append(partial(_check_columns, source))
    checks.append(lambda: _check_licenses(config))
    checks.append(lambda: evaluation_files(config.decontaminate, DECONTAMINATE))
    for check in checks:
        try:
            check()
        except TekioError as error:
            yield error


def _check_filters(config: CorpusConfig, source: SourceConfig) -> None:
    limits_of(filters_of(config, source))
    words_of(filters_of(config, source))


def _check_columns(source: SourceConfig) -> None:
    try:
        check_columns(source)
    except UnreadableError as error:
        missing, names = (", ".join(error.measured[key]) for key in ("missing", "columns"))
        raise RecipeError(
            Text(
                f"The files of source `{source.name}` have no column {missing}.",
                f"情報源 `{source.name}` のファイルに列 {missing} がありません。",
            ),
            where="corpus.sources.columns",
            fix=Text(f"Their columns: {names}", f"ある列: {names}"),
        ) from error


def _check_licenses(config: CorpusConfig) -> None:
    known = policies(config.licenses.table.path if config.licenses.table else None)
    refuse_training(((item.name, item.license) for item in config.sources), known, strict=config.licenses.strict)
