"""Generated answers, batched by length, with a count of what had to be cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tekio.errors import TekioError, Text
from tekio.evaluate.scoring.encode import Encoder
from tekio.evaluate.scoring.out_of_memory import is_out_of_memory, release
from tekio.evaluate.scoring.requests import GenerationRequest, GenerationScore, Sampling
from tekio.model.generate import BLOCK, Generation, generate_ids, rows_in_flight
from tekio.model.generate import Sampling as Draw
from tekio.model.load import LoadedModel
from tekio.model.prompt_room import prompt_room
from tekio.text.reasoning import KNOWN_MARKS, Marks, opens_reasoning, split_reasoning


def score_generation(
    loaded: LoadedModel,
    encoder: Encoder,
    requests: Sequence[GenerationRequest],
    *,
    batch_tokens: int = 8192,
    marks: Marks = KNOWN_MARKS,
    owed: Callable[[int, Sequence[int]], bool] = lambda _number, _batch: True,
) -> Iterator[list[GenerationScore]]:
    """Answer `requests` batch by batch; `owed(number, items)` as in `score_choices`.

    A prompt that leaves no room for its answer keeps its end (and its BOS); how many tokens went is in the score.
    Raises `UsageError` for answers that would take the whole context.
    """
    prompts: list[list[int]] = []
    cuts: list[int] = []
    for request, ids in zip(requests, encoder.ids([request.prompt for request in requests]), strict=True):
        whole = encoder.with_bos(ids) or [encoder.start_id]
        room = prompt_room(encoder.max_length, request.max_new_tokens)
        cut = max(0, len(whole) - room)
        bos = whole[:1] if cut and encoder.bos_id is not None and room > 1 else []
        prompts.append([*bos, *whole[cut + len(bos) :]])
        cuts.append(cut)
    for number, batch in enumerate(_plan(requests, prompts, batch_tokens, marks)):
        if not owed(number, batch):
            continue
        first = requests[batch[0]]
        rows = rows_in_flight(batch_tokens, len(prompts[batch[0]]), first.max_new_tokens)
        answers = _with_backoff(loaded, first, [prompts[member] for member in batch], marks, rows)
        yield [
            _score(encoder, requests[member], answer, cuts[member], marks)
            for member, answer in zip(batch, answers, strict=True)
        ]


def _score(encoder: Encoder, request: GenerationRequest, answer: Generation, cut: int, marks: Marks) -> GenerationScore:
    parts = split_reasoning(answer.text, marks, opened=opens_reasoning(request.prompt, marks))
    spent = len(encoder.ids([parts.reasoning])[0]) if parts.reasoning else 0
    return GenerationScore(request.item, parts.answer, answer.tokens, answer.finish, cut, parts.reasoning, spent)


def _plan(
    requests: Sequence[GenerationRequest],
    prompts: Sequence[Sequence[int]],
    batch_tokens: int,
    marks: Marks,
) -> list[list[int]]:
    """Numbers of the requests of each batch: the same settings, similar length."""
    settings: dict[tuple[int, tuple[str, ...], Sampling, bool], list[int]] = {}
    for number, request in enumerate(requests):
        kind = (request.max_new_tokens, request.stop, request.sampling, opens_reasoning(request.prompt, marks))
        settings.setdefault(kind, []).append(number)
    batches: list[list[int]] = []
    for (new_tokens, *_), members in settings.items():
        members.sort(key=lambda number: (-len(prompts[number]), number))
        start = 0
        while start < len(members):
            size = BLOCK * rows_in_flight(batch_tokens, len(prompts[members[start]]), new_tokens)
            batches.append(members[start : start + size])
            start += size
    return batches


def _with_backoff(
    loaded: LoadedModel, request: GenerationRequest, prompts: list[list[int]], marks: Marks, rows: int
) -> list[Generation]:
    how = request.sampling
    draw = Draw(how.temperature, how.top_p, how.top_k, how.seed) if how.temperature > 0 else None
    try:
        return generate_ids(
            loaded,
            prompts,
            max_new_tokens=request.max_new_tokens,
            stop=request.stop,
            sampling=draw,
            marks=marks,
            opened=opens_reasoning(request.prompt, marks),
            rows=rows,
        )
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        if rows == 1:
            raise TekioError(
                Text("Not enough memory for a single prompt.", "1 問分のメモリもありません。"), where=request.item
            ) from error
    release(loaded.model.device)
    return _with_backoff(loaded, request, prompts, marks, rows // 2)
