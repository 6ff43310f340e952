"""Give a tokenizer more words, so that every text without them keeps its ids and every text comes back as before.

Where words go depends on the kind of tokenizer. Unigram (SentencePiece): into its list of pieces, with the score of the
rarest piece they were made of. BPE over characters (SentencePiece): as merges on top of the present ones, with their
intermediate steps. Byte-level BPE: as words that are found in the text before it is cut. The last way cannot serve the
first two: a tokenizer that puts a blank (▁) before every text would put one after every word found.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (tokenizers and transformers have no complete type information)

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.tokenizer import ADDED_WORDS, PROBE_LINES, TOKENIZER_JSON, load_tokenizer
from tekio.store import read_json, write_json

CONTEXTS = ("。", "、", "「", "の", "は", "\n", "A", " ")


@dataclass
class AddedWords:
    """What was added. ids: of the words. parts: ids of steps between (BPE). pieces: what each new id was made of before.

    left_out: word -> why. first: the first new id.
    """

    first: int
    ids: dict[str, int] = field(default_factory=dict[str, int])
    parts: dict[str, int] = field(default_factory=dict[str, int])
    pieces: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    left_out: dict[str, str] = field(default_factory=dict[str, str])

    def as_dict(self) -> dict[str, Any]:
        """What stands in `added_words.json`."""
        return {"first": self.first, "words": self.ids, "parts": self.parts, "left_out": self.left_out}


def added_ids(folder: Path) -> list[int]:
    """Ids that `tekio vocabulary --out` added to the model in `folder`, earlier extensions included; empty if none."""
    path = folder / ADDED_WORDS
    if not path.is_file():
        return []
    table = read_json(path)
    return sorted({int(place) for part in ("words", "parts") for place in table.get(part, {}).values()})


def pieces_inside(core: Any, word: str) -> list[int]:
    """The ids of `word` inside a text: without a blank that the tokenizer puts before every text.

    core: a `tokenizers.Tokenizer`. Empty if no context lets a token begin where the word does.
    """
    for context in CONTEXTS:
        found = core.encode(context + word, add_special_tokens=False)
        places = [
            number for number, (start, end) in enumerate(found.offsets) if end > len(context) or start >= len(context)
        ]
        if places and found.offsets[places[0]][0] == len(context):
            return [found.ids[number] for number in places]
    return []


def extended_tokenizer(tokenizer: Any, words: Sequence[str], folder: Path) -> tuple[Any, AddedWords]:
    """`tokenizer` (of the model in `folder`) with `words`, and what was done. The new tokenizer has been checked.

    Raises `TekioError` if nothing is left to add, the kind of tokenizer is not known, or a text would not come back.
    """
    core = tokenizer.backend_tokenizer
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        tokenizer.save_pretrained(str(place))
        settings = read_json(place / "tokenizer_config.json")
        write_json(place / "tokenizer_config.json", {**settings, "tokenizer_class": "PreTrainedTokenizerFast"})
        plan = json.loads((place / TOKENIZER_JSON).read_text(encoding="utf-8"))
        added = AddedWords(max(core.get_vocab(with_added_tokens=True).values()) + 1)
        kind = str(plan["model"].get("type"))
        wanted = _new_words(core, words, added, spelled=_is_spelled(plan))
        if kind == "Unigram":
            _into_unigram(plan, core, wanted, added)
        elif kind == "BPE" and not _is_byte_level(plan):
            _into_merges(plan, wanted, added, core)
        elif kind == "BPE":
            _as_found(plan, wanted, added)
        else:
            raise TekioError(
                Text(f"Words cannot be added to a {kind} tokenizer.", f"{kind} のトークナイザには語を加えられません。"),
                where=folder,
            )
        (place / TOKENIZER_JSON).write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
        made = load_tokenizer(place)
    _leave_out_unused(made.backend_tokenizer, added)
    if not added.ids:
        raise TekioError(
            Text("Every word is already one token.", "すべての語がすでに 1 トークンです。")
            if not added.left_out
            else Text("No word can be added.", "加えられる語がありません。"),
            where=folder,
            why="; ".join(f"{word}: {why}" for word, why in list(added.left_out.items())[:5]) or None,
        )
    _require_same_texts(tokenizer, made, added, folder)
    return made, added


def _new_words(core: Any, words: Sequence[str], added: AddedWords, *, spelled: bool) -> dict[str, list[int]]:
    """Words that are more than one token inside a text -> their pieces. spelled: keys as the model spells them."""
    found: dict[str, list[int]] = {}
    for word in dict.fromkeys(words):
        if not word or word.strip() != word:
            continue
        pieces = pieces_inside(core, word)
        if not pieces:
            added.left_out[word] = "no token begins where the word does"
        elif len(pieces) > 1:
            name = _spelling(core, word) if spelled else word
            if name is None:
                added.left_out[word] = "its normalized form depends on the text around it"
            else:
                found[name] = pieces
    return found


def _is_spelled(plan: dict[str, Any]) -> bool:
    return not _is_byte_level(plan)


def _is_byte_level(plan: dict[str, Any]) -> bool:
    return '"ByteLevel"' in json.dumps([plan.get("pre_tokenizer"), plan.get("decoder")])


def _spelling(core: Any, word: str) -> str | None:
    """The word as the tokenizer normalizes it inside a text (widths, blanks)."""
    if core.normalizer is None:
        return word
    whole, before = core.normalizer.normalize_str("。" + word), core.normalizer.normalize_str("。")
    return whole[len(before) :] if whole.startswith(before) and len(whole) > len(before) else None


def _into_unigram(plan: dict[str, Any], core: Any, wanted: dict[str, list[int]], added: AddedWords) -> None:
    table: list[list[Any]] = plan["model"]["vocab"]
    by_id = {place: piece for piece, place in core.get_vocab(with_added_tokens=True).items()}
    lowest = min(float(score) for _, score in table)
    known = len(table)
    # Ids of added tokens beyond the list: those are found before the list is asked.
    table.extend([by_id.get(place, f"<unused{place}>"), lowest - 1000.0] for place in range(known, added.first))
    for word, pieces in wanted.items():
        scores = [float(table[piece][1]) for piece in pieces if piece < known]
        added.ids[word], added.pieces[len(table)] = len(table), pieces
        # The score of its rarest piece: more than the sum of all of them, so the whole word is taken.
        table.append([word, min(scores, default=lowest)])


def _into_merges(plan: dict[str, Any], wanted: dict[str, list[int]], added: AddedWords, core: Any) -> None:
    table: dict[str, int] = plan["model"]["vocab"]
    merges: list[Any] = plan["model"]["merges"]
    known = {tuple(item.split(" ", 1)) if isinstance(item, str) else tuple(item) for item in merges}
    by_id = {place: piece for piece, place in core.get_vocab(with_added_tokens=True).items()}
    as_text = bool(merges) and isinstance(merges[0], str)
    following = added.first
    for word, pieces in wanted.items():
        names = [by_id[piece] for piece in pieces]
        if "".join(names) != word:
            added.left_out[word] = "made of bytes"
            continue
        whole = names[0]
        for number, name in enumerate(names[1:], start=2):
            step = (whole, name)
            whole += name
            if whole not in table:
                table[whole] = following
                (added.ids if whole == word else added.parts)[whole] = following
                added.pieces[following] = pieces[:number]
                following += 1
            elif whole == word and whole in added.parts:  # a step of an earlier word is a word itself
                added.ids[whole] = added.parts.pop(whole)
            if step not in known:
                known.add(step)
                merges.append(" ".join(step) if as_text else list(step))


def _as_found(plan: dict[str, Any], wanted: dict[str, list[int]], added: AddedWords) -> None:
    for number, (word, pieces) in enumerate(wanted.items()):
        place = added.first + number
        added.ids[word], added.pieces[place] = place, pieces
        plan["added_tokens"].append(
            {
                "id": place, "content": word, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": True, "special": False,
            }
        )  # fmt: skip


def _leave_out_unused(core: Any, added: AddedWords) -> None:
    """Note words that are not one token now (a rule of the tokenizer cuts inside of them). Their rows stay, unused."""
    for word in list(added.ids):
        if pieces_inside(core, word) != [added.ids[word]]:
            added.left_out[word] = "the tokenizer cuts inside of it"
            added.parts[word] = added.ids.pop(word)


def _require_same_texts(old: Any, new: Any, added: AddedWords, folder: Path) -> None:
    """Raise `TekioError` unless texts without the words keep their ids, and all come back as they did before."""
    words = list(added.ids)
    around = [
        text for word in words[:200] for text in (word, f"当社は{word}の{word}により", f"「{word}」\n{word}、 {word}。")
    ]
    for line in [*PROBE_LINES, *around]:
        before, after = (list(item(line, add_special_tokens=False)["input_ids"]) for item in (old, new))
        texts = [
            item.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
            for item, ids in ((old, before), (new, after))
        ]
        touched = any(place >= added.first for place in after)
        if texts[0] != texts[1] or (not touched and before != after):
            raise TekioError(
                Text("With the new words a text does not come back.", "語を加えると文が元に戻りません。"),
                where=folder,
                why=f"{line!r}: {texts[0]!r} -> {texts[1]!r}",
                fix=Text("Nothing was written.", "何も書き出していません。"),
            )
