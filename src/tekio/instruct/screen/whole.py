"""Checks over all records: equal ids, exact duplicates, near duplicates, conflicting answers, contamination.

Records pass by once and are not kept: of each stay hashes, ids and keys in packed arrays (a few hundred bytes), and the few
that a decision depends on are read again from where they lie.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.contamination.evaluation_items import evaluation_files, read_records
from tekio.contamination.index import build_index
from tekio.contamination.training_text import trained_text
from tekio.instruct.candidate import Row
from tekio.instruct.screen.near import NearIndex, compared_text
from tekio.recipe.instruct import ScreenConfig

Fetch = Callable[[int], Row]


class _Keys:
    """Hashes of 16 bytes, one a record, packed."""

    def __init__(self) -> None:
        self.high: array[int] = array("Q")
        self.low: array[int] = array("Q")

    def add(self, content: bytes) -> None:
        digest = hashlib.blake2b(content, digest_size=16).digest()
        self.high.append(int.from_bytes(digest[:8], "big"))
        self.low.append(int.from_bytes(digest[8:], "big"))

    def groups(self, places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """The places with equal keys, where there are several; ascending within a group and by its first place."""
        if len(places) < 2:
            return []
        high, low = np.frombuffer(self.high, np.uint64)[places], np.frombuffer(self.low, np.uint64)[places]
        order = np.lexsort((places, low, high))
        high, low, places = high[order], low[order], places[order]
        new = np.flatnonzero((high[1:] != high[:-1]) | (low[1:] != low[:-1])) + 1
        edges = np.concatenate(([0], new, [len(places)]))
        several = np.flatnonzero(np.diff(edges) > 1)
        return sorted((places[edges[run] : edges[run + 1]] for run in several), key=lambda group: int(group[0]))


class Census:
    """What the checks over all records keep of each of them. Places count from 0 in the order of `add`."""

    def __init__(self, config: ScreenConfig) -> None:
        self.config = config
        self.alive = bytearray()
        self.ids: list[str] = []
        self.rejected: dict[int, tuple[str, Any]] = {}
        self.flags: dict[int, list[str]] = {}
        self.replaces: dict[int, list[str]] = {}
        """Place of a record that stayed -> the ids of the older ones with another answer, which did not."""
        self._asked, self._whole, self._names = _Keys(), _Keys(), _Keys()
        self._named, self._open = bytearray(), bytearray()
        self._dates: array[int] = array("l")
        self._date_numbers: dict[str, int] = {}
        near = self._on("near_duplicate") and config.near_duplicate_threshold < 1
        self._near = NearIndex(config.near_duplicate_threshold) if near else None
        self._contaminated: dict[int, Any] = {}
        self._index = None
        if self._on("contaminated") and config.contamination.items:
            files = evaluation_files(config.contamination, "instruct.screen.contamination")
            self._index = build_index((item for file in files for item in read_records(file)), config.contamination)

    def _on(self, name: str) -> bool:
        return name not in self.config.off

    def add(self, row: Row) -> int:
        """Note the next record and return its place; one that is rejected already only takes up a place."""
        place = len(self.alive)
        self.alive.append(row.alive)
        record = row.record
        self.ids.append(record.id)
        own = record.meta.extra.get("id")
        self._named.append(own is not None)
        self._open.append(bool(record.meta.extra.get("open")))
        self._dates.append(self._date_numbers.setdefault(record.meta.as_of or "", len(self._date_numbers)))
        if not row.alive:
            for keys in (self._asked, self._whole, self._names):
                keys.high.append(0)
                keys.low.append(0)
            return place
        # Many data sets share one instruction, so the input must be part of the question.
        turns = [compared_text(turn["content"]) for turn in record.messages[:-1] if turn["role"] != "system"]
        question = "\x1f".join([*turns, compared_text(record.meta.input or "")]).encode("utf-8", "surrogatepass")
        # Two banks, two schools, two sections of a page may answer one question differently and both be right.
        scope = str(record.meta.extra.get("scope", "")).encode("utf-8", "surrogatepass")
        self._asked.add(question + b"\x1d" + scope)
        self._whole.add(question + b"\x1e" + compared_text(record.output).encode("utf-8", "surrogatepass"))
        self._names.add(f"{record.meta.origin}\x1f{own}".encode("utf-8", "surrogatepass"))
        if self._near is not None:
            self._near.add(place, row)
        if self._index is not None:
            found = self._index.check([trained_text(record.messages, record.meta.input)])
            if found:
                self._contaminated[place] = found[0]
        return place

    def reject(self, place: int, reason: str, measured: Any) -> None:
        """Reject the record at `place` unless it is rejected already: the first reason stays."""
        if self.alive[place]:
            self.alive[place] = 0
            self.rejected[place] = (reason, measured)

    def decide(self, fetch: Fetch) -> None:
        """Reject what only a view of everything shows. The first of equals stays. fetch: the record at a place."""
        if self._on("exact_duplicate"):
            for group in self._whole.groups(self._living()):
                for place in group[1:].tolist():
                    self.reject(place, "exact_duplicate", {"of": self.ids[int(group[0])]})
        if self._on("id_collision"):
            self._id_collisions(fetch)
        if self._near is not None:
            self._near.decide(self.alive, fetch, self._reject_near)
        if self._on("conflicting_answers") and self.config.conflicts != "off":
            self._conflicts(fetch)
        for place, measured in self._contaminated.items():
            if self.config.contamination.action == "remove":
                self.reject(place, "contaminated", measured)
            else:
                self.flags.setdefault(place, []).append("contaminated")

    def _living(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.frombuffer(bytes(self.alive), np.uint8)).astype(np.int64)

    def _id_collisions(self, fetch: Fetch) -> None:
        """Two different records under one id of their source (llm-japanese-dataset's alt) cannot be traced back."""
        living = self._living()
        named = living[np.frombuffer(bytes(self._named), np.uint8)[living] > 0]
        for group in self._names.groups(named):
            first = self.ids[int(group[0])]
            for place in group[1:].tolist():
                if self.ids[place] != first:
                    own = fetch(place).record.meta.extra.get("id")
                    self.reject(place, "id_collision", {"id": own, "first": first})

    def _reject_near(self, later: int, earlier: int, similarity: float) -> None:
        self.reject(later, "near_duplicate", {"of": self.ids[earlier], "similarity": round(similarity, 3)})

    def _conflicts(self, fetch: Fetch) -> None:
        """One question of one scope with several answers: by `conflicts`. Which of undated pages is right nobody can tell."""
        living = self._living()
        closed = living[np.frombuffer(bytes(self._open), np.uint8)[living] == 0]
        names = list(self._date_numbers)
        for group in self._asked.groups(closed):
            members: list[int] = group.tolist()
            if self.config.conflicts == "flag":
                for place in members:
                    self.flags.setdefault(place, []).append("conflicting_answers")
                continue
            dates: list[str] = [names[self._dates[place]] for place in members]
            newest = max(dates)
            if self.config.conflicts == "newest" and _undecided(members, newest, fetch):
                for place in members:
                    self.flags.setdefault(place, []).append("conflicting_answers")
                continue
            keep = self.config.conflicts == "newest" and newest != "" and dates.count(newest) == 1
            for place, date in zip(members, dates, strict=True):
                others = [self.ids[item] for item in members if self.ids[item] != self.ids[place]][:MOST_NAMED]
                if keep and date == newest:
                    self.replaces[place] = others
                else:
                    self.reject(place, "conflicting_answers", {"with": others})


MOST_NAMED = 5
"""Records that a conflict names beside each other."""


def _undecided(members: Sequence[int], newest: str, fetch: Fetch) -> bool:
    """Whether nobody can tell which answer holds: pages without a date, or of publishers that may not be the same one.

    Files in one folder, or pages that name the same site, are versions of one publication: there the newer one holds.
    """
    records = [fetch(place).record for place in members]
    pages = [record.meta.parents[0].partition("#")[0] for record in records if record.meta.parents]
    if not newest:
        return len(set(pages)) > 1
    sites = {str(record.meta.extra.get("site", "")) for record in records}
    folders = {page.rpartition("/")[0] for page in pages}
    origins = {record.meta.origin for record in records}
    return len(origins) > 1 or (len(folders) > 1 and (len(sites) > 1 or "" in sites))


def screen_whole(rows: Sequence[Row], config: ScreenConfig) -> None:
    """The checks over all records for rows that are in memory (all sources, in order)."""
    census = Census(config)
    for row in rows:
        census.add(row)
    census.decide(rows.__getitem__)
    for place, (reason, measured) in census.rejected.items():
        rows[place].reject(reason, measured)
    for place, flags in census.flags.items():
        rows[place].flags.extend(flags)
    for place, older in census.replaces.items():
        rows[place].record.meta.extra["replaces"] = older
