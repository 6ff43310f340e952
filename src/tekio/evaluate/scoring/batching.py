"""Which tokens are computed when: groups with a common cached prefix, rows of small trees, batches by tokens.

The plan is made from token ids alone, before anything is computed. Equal requests give an equal plan, so an interrupted
run repeats exactly the batches it still owes, and any number of processes can share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tekio.evaluate.scoring.encode import Candidate, EncodedChoice, Ids, common_prefix
from tekio.evaluate.scoring.token_tree import Tree, build_tree

ROW_TOKENS = 512
"""Items are merged into one row up to this many tokens; longer rows cost more in attention than they save."""
MERGE_SHARE = 0.15
"""Items are merged if that saves at least this share of the second one's tokens (below, attention eats the gain)."""
SHORTEST_SHARE = 0.95
"""A batch that is full enough takes no row shorter than this share of its longest."""
CACHED_PER_FED = 8
"""Bound on cached plus fed positions of a batch, in multiples of the batch's tokens."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a batch. members: (request, choice) of each candidate the tree was made from."""

    tree: Tree
    members: list[tuple[int, int]]

    @property
    def length(self) -> int:
        return len(self.tree.tokens)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows computed together behind one cached `prefix`; they hold whole items. `plain`: no cache, no tree mask."""

    prefix: Ids
    rows: list[Row]
    requests: list[int]
    plain: bool = False


@dataclass(slots=True)
class _Node:
    """A stretch of the sorted items that share `length` tokens."""

    length: int
    count: int = 0
    leaves: list[int] = field(default_factory=list[int])
    children: list[_Node] = field(default_factory=list["_Node"])


def plan_trees(encoded: Sequence[EncodedChoice], batch_tokens: int, fill: int = 0) -> list[Batch]:
    """Batches that compute every shared prefix once: the task's (and any large group's) in a cache, an item's in a tree.

    batch_tokens: bound on rows x longest row. A single larger item makes a batch of its own. fill: tokens a batch should
    have; beyond that it ends where rows get shorter, so that little is padding (0: half of `batch_tokens`).
    """
    fill = fill or batch_tokens // 2
    order = sorted(range(len(encoded)), key=lambda number: encoded[number].candidates[0].ids)
    shareable = [_shareable(item) for item in encoded]
    shared = [0] * len(order)  # shared[i]: tokens that sorted items i-1 and i may share
    for place in range(1, len(order)):
        left, right = order[place - 1], order[place]
        found = common_prefix(encoded[left].candidates[0].ids, encoded[right].candidates[0].ids)
        shared[place] = min(found, shareable[left], shareable[right])
    batches: list[Batch] = []
    for places in _groups(shared, max(256, batch_tokens // 16)):
        numbers = [order[place] for place in places]
        prefix = 0
        if len(numbers) > 1:
            first, last = (encoded[number].candidates[0].ids for number in (numbers[0], numbers[-1]))
            prefix = min(common_prefix(first, last), min(shareable[number] for number in numbers))
        if prefix * (len(numbers) - 1) < 64:
            prefix = 0
        rows = _merge_rows(encoded, numbers, shareable, prefix)
        head = encoded[numbers[0]].candidates[0].ids[:prefix]
        batches.extend(_batches(rows, head, batch_tokens, fill))
    return batches


def plan_plain(encoded: Sequence[EncodedChoice], batch_tokens: int) -> list[Batch]:
    """Batches without cache or tree: a row for each different sequence, batched by length.

    Choices whose fed tokens are the beginning of another's share its row, as one-token choices do in lm-eval.
    """
    pieces: list[tuple[int, list[Row]]] = []
    for number, item in enumerate(encoded):
        pieces.append((number, _chains(number, item)))
    pieces.sort(key=lambda piece: (-max(row.length for row in piece[1]), piece[0]))
    batches: list[Batch] = []
    rows: list[Row] = []
    requests: list[int] = []
    longest = 0
    for number, chain in pieces:
        length = max(longest, max(row.length for row in chain))
        if rows and length * (len(rows) + len(chain)) > batch_tokens:
            batches.append(Batch((), rows, requests, plain=True))
            rows, requests, length = [], [], max(row.length for row in chain)
        rows = rows + chain
        requests = [*requests, number]
        longest = length
    if rows:
        batches.append(Batch((), rows, requests, plain=True))
    return batches


def halve(batch: Batch) -> list[Batch]:
    """The same work in two smaller batches (the batch itself, if it cannot be cut): for a memory that is full."""
    if batch.plain and len(batch.requests) > 1:  # an item's rows stay together
        first = set(batch.requests[: len(batch.requests) // 2])
        parts = [[row for row in batch.rows if (row.members[0][0] in first) == part] for part in (True, False)]
    else:  # a row holds whole items, or the rows are the choices of the last item
        middle = len(batch.rows) // 2
        parts = [batch.rows[:middle], batch.rows[middle:]]
    return [
        Batch(batch.prefix, rows, list(dict.fromkeys(number for row in rows for number, _ in row.members)), batch.plain)
        for rows in parts
        if rows
    ]


def fed_tokens(batches: Sequence[Batch]) -> int:
    """Tokens the plan computes, padding included and each prefix once: what the work costs."""
    prefixes = {batch.prefix for batch in batches}
    rows = sum(len(batch.rows) * max(row.length for row in batch.rows) for batch in batches)
    return rows + sum(map(len, prefixes))


def _shareable(item: EncodedChoice) -> int:
    """How many first tokens of an item may be cached: those common to its choices, less the one before a scored one."""
    first = item.candidates[0].ids
    context = min(len(candidate.ids) - candidate.scored for candidate in item.candidates)
    common = min(common_prefix(first, candidate.ids) for candidate in item.candidates)
    return max(0, min(common, context - 1))


def _groups(shared: Sequence[int], worth: int) -> list[list[int]]:
    """Places of the sorted items, grouped so that a group is made wherever a deeper prefix saves `worth` tokens."""
    root = _prefix_tree(shared)
    groups: list[list[int]] = []
    starts = [root]
    while starts:
        start = starts.pop()
        members: list[int] = []
        todo = [start]
        while todo:
            node = todo.pop()
            members.extend(node.leaves)
            for child in node.children:
                saved = (child.length - start.length) * (child.count - 1)
                (starts if saved >= worth else todo).append(child)
        if members:
            groups.append(sorted(members))
    return sorted(groups)


def _prefix_tree(shared: Sequence[int]) -> _Node:
    """The tree of common prefixes of sorted sequences, from the lengths neighbours share (an LCP interval tree)."""
    stack = [_Node(0)]
    for place in range(len(shared)):
        right = shared[place + 1] if place + 1 < len(shared) else 0
        if right > stack[-1].length:
            stack.append(_Node(right))
        stack[-1].leaves.append(place)
        while stack[-1].length > right:
            node = stack.pop()
            if stack[-1].length < right:
                stack.append(_Node(right))
            stack[-1].children.append(node)
    root = stack[0]
    _count(root)
    return root


def _count(root: _Node) -> None:
    order = [root]
    for node in order:
        order.extend(node.children)
    for node in reversed(order):
        node.count = len(node.leaves) + sum(child.count for child in node.children)


def _merge_rows(
    encoded: Sequence[EncodedChoice], numbers: Sequence[int], shareable: Sequence[int], prefix: int
) -> list[Row]:
    rows: list[list[int]] = []
    size = 0
    for number in numbers:
        own = _tree_tokens(encoded[number], prefix)
        if rows:
            last = rows[-1][-1]
            common = common_prefix(encoded[last].candidates[0].ids, encoded[number].candidates[0].ids)
            saved = min(common, shareable[last], shareable[number]) - prefix
            if saved >= MERGE_SHARE * own and size + own - saved <= ROW_TOKENS:
                rows[-1].append(number)
                size += own - saved
                continue
        rows.append([number])
        size = own
    return [_row(encoded, row, prefix) for row in rows]


def _row(encoded: Sequence[EncodedChoice], numbers: Sequence[int], prefix: int) -> Row:
    candidates: list[Candidate] = []
    members: list[tuple[int, int]] = []
    for number in numbers:
        for choice, candidate in enumerate(encoded[number].candidates):
            candidates.append(candidate)
            members.append((number, choice))
    return Row(build_tree(candidates, prefix), members)


def _tree_tokens(item: EncodedChoice, prefix: int) -> int:
    """About how many tokens the item's tree has behind `prefix` (choices share the item's common part)."""
    trunk = max(prefix, _shareable(item))
    return trunk - prefix + sum(max(0, len(candidate.ids) - 1 - trunk) for candidate in item.candidates)


def _batches(rows: list[Row], prefix: Ids, batch_tokens: int, fill: int) -> list[Batch]:
    rows = sorted(rows, key=lambda row: (-row.length, row.members[0]))
    batches: list[Batch] = []
    start = 0
    while start < len(rows):
        longest = rows[start].length
        by_tokens = batch_tokens // longest
        by_cache = CACHED_PER_FED * batch_tokens // (longest + len(prefix))
        most = max(1, min(by_tokens, by_cache))
        enough = -(-fill // longest)
        end = start + min(enough, most)
        while end < min(start + most, len(rows)) and rows[end].length >= SHORTEST_SHARE * longest:
            end += 1
        taken = rows[start:end]
        requests = list(dict.fromkeys(request for row in taken for request, _ in row.members))
        batches.append(Batch(prefix, taken, requests))
        start += len(taken)
    return batches


def _chains(number: int, item: EncodedChoice) -> list[Row]:
    chains: list[list[int]] = []
    by_length = sorted(range(len(item.candidates)), key=lambda choice: (-len(item.candidates[choice].ids), choice))
    for choice in by_length:
        fed = item.candidates[choice].ids[:-1]
        for chain in chains:
            longest = item.candidates[chain[0]].ids[:-1]
            if longest[: len(fed)] == fed:
                chain.append(choice)
                break
        else:
            chains.append([choice])
    return [
        Row(build_tree([item.candidates[choice] for choice in chain], 0), [(number, choice) for choice in chain])
        for chain in chains
    ]
