"""The file of the secret key of pseudonyms: how a recipe names it, and what is said of the key it replaced."""

from __future__ import annotations

from typing import Any, cast

from pydantic import model_validator

from tekio.errors import WrongValueError
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section

DEFAULT_KEY_FILE = "personal-data.key"


class KeyFileSection(Section):
    """A section that makes pseudonyms."""

    key_file: RecipePath | None = None
    """File with the secret key of the pseudonyms (equal keys give equal ones), outside the run folder; default:
    `personal-data.key` beside the recipe, made with mode 0600 at the first run. No artifact holds it."""

    @model_validator(mode="before")
    @classmethod
    def _no_salt(cls, value: Any) -> Any:
        if isinstance(value, dict) and "salt" in cast("dict[str, Any]", value):
            raise WrongValueError(
                "`salt` is gone: a secret does not belong in a recipe, which is copied into the run folder. "
                "Put it into a file of its own and name that file as `key_file`, or leave both out",
                "`salt` は廃止されました。レシピは実行フォルダに写されるため、秘密を書けません。別のファイルに置いて "
                "`key_file` に指定するか、どちらも省いてください",
            )
        return cast("Any", value)

    def without_place(self) -> dict[str, Any]:
        """The section as plain values without the key's place: equal keys give equal bytes wherever they lie."""
        return {name: value for name, value in self.plain().items() if name != "key_file"}
