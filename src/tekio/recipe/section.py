"""The base of every recipe section: unknown keys are refused, values do not change after reading."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a recipe. The docstring of each field is its documentation (shown by `tekio init` and in docs)."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)

    def plain(self) -> dict[str, Any]:
        """The section as plain JSON values, paths as the user wrote them: what goes into keys and manifests."""
        return self.model_dump(mode="json")
