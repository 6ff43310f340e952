"""Where decisions about a file lie."""

from __future__ import annotations

from pathlib import Path

from tekio.store import MANIFEST


def beside(file: Path, suffix: str) -> Path:
    """Where what belongs to the review of `file` is kept: beside it, but never inside a finished stage.

    A stage's folder holds what its manifest lists and is replaced as a whole when its inputs change; the decisions about
    it must outlive that. It goes into `review/` beside the stage.
    """
    real = file.resolve()
    for folder in (real, *real.parents):
        if (folder / MANIFEST).is_file():
            inner = "-".join(real.relative_to(folder.parent).parts)
            return folder.parent / "review" / (inner + suffix)
    return file.with_name(file.name + suffix)
