"""A model server of one's own, as sections of the recipe name it."""

from __future__ import annotations

from pydantic import Field

from tekio.recipe.section import Section


class ModelServerConfig(Section):
    """A model server of one's own that speaks OpenAI's chat form; the key is read from `TEKIO_DRAFT_KEY`."""

    url: str
    """Up to `/v1`, on this machine or in the own network: http://127.0.0.1:8000/v1"""
    model: str
    """The model as the server calls it."""
    terms: str = Field(min_length=1)
    """License of the model, or the terms under which what it writes may be used; kept with every row."""
    parallel: int = Field(default=4, ge=1, le=64)
    """Requests at once; the result does not depend on it."""
    timeout: float = Field(default=180.0, gt=0)
    """Seconds for one reply."""
