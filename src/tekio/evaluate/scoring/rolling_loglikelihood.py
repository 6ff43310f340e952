"""Likelihood of whole texts, in windows: for bits per character and per byte that can be compared across tokenizers.

BOS (EOS where a tokenizer has no BOS) is the context of the first token and never a predicted token: lm-eval 0.4.13
counts it as one, which costs every document several nats. The first window predicts as many tokens as fit; each
following one predicts the next `stride` tokens behind as much of the text before them as fits. `stride` = window is
lm-eval's way (its windows hardly see what came before); a smaller stride gives every token more context. A model whose
tokenizer puts BOS before a text gets it before every window (not with the `lm-eval` boundary): some give nonsense without it.
"""

# pyright: reportUnknownMemberType=false
# (parts of torch have no complete type information)

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tekio.errors import TekioError, Text
from tekio.evaluate.scoring.encode import CHUNK, Encoder
from tekio.evaluate.scoring.forward import Reading, ScoringModel, plain_inputs, read_batch
from tekio.evaluate.scoring.out_of_memory import is_out_of_memory, release
from tekio.evaluate.scoring.requests import RollingRequest, RollingScore


@dataclass(frozen=True, slots=True)
class Window:
    """`fed` ids go in; the last `len(targets)` positions predict `targets`."""

    fed: list[int]
    targets: list[int]


@dataclass(frozen=True, slots=True)
class RollingItem:
    """A text in ids, cut into windows."""

    item: str
    windows: list[Window]
    characters: int
    bytes: int


def cut_windows(ids: Sequence[int], start_id: int, window: int, stride: int, bos: int | None = None) -> list[Window]:
    """Windows that predict every token of `ids` exactly once, each feeding at most `window` tokens.

    bos: put before the later windows too, for models that do not work without it; the token before the first predicted one
    still stands in each.
    """
    if not ids:
        return []
    whole = [start_id, *ids]  # whole[i] is fed to predict ids[i]
    first = min(window, len(ids))
    windows = [Window(whole[:first], list(ids[:first]))]
    done = first
    if window < 2:
        bos = None
    step = stride if bos is None else min(stride, window - 1)
    while done < len(ids):
        end = min(done + step, len(ids))
        start = max(0, end - window)
        fed = whole[start:end] if bos is None or not start else [bos, *whole[start + 1 : end]]
        windows.append(Window(fed, list(ids[done:end])))
        done = end
    return windows


def encode_rolling(
    requests: Sequence[RollingRequest], encoder: Encoder, *, window: int | None = None, stride: int | None = None
) -> list[RollingItem]:
    """Texts in ids and windows. window: fed tokens, default the model's context; stride: default the window."""
    size = min(window or encoder.max_length, encoder.max_length)
    step = min(stride or size, size)
    bos = encoder.bos_id if encoder.boundary == "lossless" else None  # lm-eval gives it to the first window only
    items: list[RollingItem] = []
    for place in range(0, len(requests), CHUNK):
        part = requests[place : place + CHUNK]
        for request, ids in zip(part, encoder.ids([request.text for request in part]), strict=True):
            if ids and ids[0] == encoder.start_id:  # the text brings its own BOS: still context, not a target
                ids = ids[1:]
            windows = cut_windows(ids, encoder.start_id, size, step, bos)
            length = len(request.text.encode("utf-8", "surrogatepass"))
            items.append(RollingItem(request.item, windows, len(request.text), length))
    return items


def plan_rolling(items: Sequence[RollingItem], batch_tokens: int) -> list[list[int]]:
    """Numbers of the items of each batch: whole texts, of similar length."""
    order = sorted(range(len(items)), key=lambda number: (-_width(items[number]), number))
    batches: list[list[int]] = []
    rows = width = 0
    for number in order:
        count = max(1, len(items[number].windows))
        if batches and (rows + count) * width <= batch_tokens:
            batches[-1].append(number)
            rows += count
        else:
            batches.append([number])
            rows, width = count, max(1, _width(items[number]))
    return batches


def score_rolling(
    scoring: ScoringModel,
    items: Sequence[RollingItem],
    *,
    batch_tokens: int = 8192,
    owed: Callable[[int, Sequence[int]], bool] = lambda _number, _batch: True,
) -> Iterator[list[RollingScore]]:
    """Score texts batch by batch; `owed(number, items)` as in `score_choices`."""
    for number, batch in enumerate(plan_rolling(items, batch_tokens)):
        if not owed(number, batch):
            continue
        windows = [window for member in batch for window in items[member].windows]
        nats = _window_nats(scoring, windows, batch_tokens)
        scores: list[RollingScore] = []
        place = 0
        for member in batch:
            item = items[member]
            own = nats[place : place + len(item.windows)]
            place += len(own)
            tokens = sum(len(window.targets) for window in item.windows)
            total = round(sum(own), 6)
            scores.append(RollingScore(item.item, total, tokens, item.characters, item.bytes, len(own)))
        yield scores


def _window_nats(scoring: ScoringModel, windows: Sequence[Window], batch_tokens: int) -> list[float]:
    """Negative log-likelihood of each window's targets."""
    nats: list[float] = []
    start = 0
    while start < len(windows):
        width, end = len(windows[start].fed), start + 1
        while end < len(windows) and max(width, len(windows[end].fed)) * (end + 1 - start) <= batch_tokens:
            width = max(width, len(windows[end].fed))
            end += 1
        nats.extend(_with_backoff(scoring, windows[start:end]))
        start = end
    return nats


def _with_backoff(scoring: ScoringModel, windows: Sequence[Window]) -> list[float]:
    try:
        return _read_windows(scoring, windows)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        if len(windows) == 1:
            raise TekioError(
                Text("Not enough memory for a single window.", "1 窓分のメモリもありません。"),
                why=f"{len(windows[0].fed)} tokens",
                fix=Text("Lower evaluate.perplexity.window.", "perplexity.window を小さくしてください。"),
            ) from error
    release(scoring.device)
    middle = len(windows) // 2
    return [*_with_backoff(scoring, windows[:middle]), *_with_backoff(scoring, windows[middle:])]


def _read_windows(scoring: ScoringModel, windows: Sequence[Window]) -> list[float]:
    inputs, arguments = plain_inputs(scoring, [window.fed for window in windows])
    width = inputs.shape[1]
    places: list[int] = []
    tokens: list[int] = []
    owners: list[int] = []
    for row, window in enumerate(windows):
        first = len(window.fed) - len(window.targets)
        places.extend(row * width + first + offset for offset in range(len(window.targets)))
        tokens.extend(window.targets)
        owners.extend([row] * len(window.targets))
    values, _ = read_batch(scoring, inputs, Reading(places, list(range(len(places))), tokens), arguments)
    nats = [0.0] * len(windows)
    for row, value in zip(owners, values.tolist(), strict=True):
        nats[row] -= value
    return nats


def _width(item: RollingItem) -> int:
    return max((len(window.fed) for window in item.windows), default=0)
