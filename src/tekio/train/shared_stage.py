"""A stage run by several processes: the first one owns the folder, the others work along and write nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.store import PARTIAL_SUFFIX, Input, Manifest, Workspace, is_complete, read_manifest, run_stage, stage_key
from tekio.train.packing import Example, Rows, TokenCount, build_rows, open_rows
from tekio.train.process_group import join_world

STAGE_VERSION = 3
"""3: no BOS where the tokenizer adds none; learned tokens by source."""


def run_together(
    stage: str,
    out: Path,
    *,
    config: Mapping[str, Any],
    inputs: Sequence[Input],
    seed: int,
    work: Callable[[Workspace], None],
) -> Manifest:
    """`store.run_stage` for one process or for all that `torchrun` started; every process gets the manifest."""
    world = join_world()
    if world.size == 1:
        return run_stage(stage, out, config=config, inputs=inputs, seed=seed, work=work, version=STAGE_VERSION)
    key = stage_key(stage, STAGE_VERSION, config, seed, inputs)
    done = world.agree(is_complete(out, key) is not None)

    def together(space: Workspace) -> None:
        world.barrier()  # the folder is ready
        work(space)

    if world.first:
        run_stage(stage, out, config=config, inputs=inputs, seed=seed, work=together, version=STAGE_VERSION)
    elif not done:
        together(Workspace(out.with_name(out.name + PARTIAL_SUFFIX), seed))
    world.barrier()
    manifest = read_manifest(out)
    if manifest is None:
        raise TekioError(
            Text("The processes do not see the same folder.", "プロセスから同じフォルダが見えません。"),
            where=out,
            fix=Text("Put the run on a shared disk.", "共有ディスクに置いてください。"),
        )
    return manifest


def build_once(
    folder: Path,
    examples: Iterable[Example],
    width: int,
    *,
    packed: bool = True,
    dropped: TokenCount | None = None,
    together: int = 1,
) -> Rows:
    """`build_rows` by the first process; the others wait and open the same store."""
    world = join_world()
    if world.first:
        rows = build_rows(folder, examples, width, packed=packed, dropped=dropped, together=together)
        world.barrier()
        return rows
    world.barrier()
    return open_rows(folder)
