"""Decisions about records, kept in `tekio.desk.decisions`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tekio.desk.decisions import DecisionStore, open_decisions
from tekio.instruct.review.actions import Action

ReviewStore = DecisionStore[Action]


def open_store(place: str | Path, dataset: str) -> ReviewStore:
    """The store of decisions about records at `place`: see `open_decisions`."""
    return open_decisions(place, dataset, _read_action)


def _read_action(values: dict[str, Any]) -> Action:
    return Action(**values)


def stamped(action: Action, at: str) -> Action:
    """The action with its time, if it has none yet."""
    return action if action.at else replace(action, at=at)
