"""Word lists in many texts, compiled: a trie walked from every letter a word can begin with.

Lists of unwanted words are the user's (`filters.words` in a recipe); they give a share of the text, never a rejection at
the first hit, and a word in katakana does not match inside a longer katakana word (リュック is not in リュックサック).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import CodePoints, Codes, Offsets, code_points
from tekio.text.kernels.compiled import compiled

Ints = NDArray[np.int64]
_MIX = np.uint64(0x9E3779B97F4A7C15)
PAIR_BITS = 17
_LOW = (1 << 17) - 1


class WordTrie(NamedTuple):
    """keys: (state * 2^21 + code point) in an open-addressing table, -1 free; targets: the next state; ends: whether a
    word ends in a state; single: by the low 17 bits of a code point, whether a word may be that letter alone; pairs: by a
    hash of two code points, whether a word may begin with them.
    """

    keys: Ints
    targets: Ints
    ends: NDArray[np.bool_]
    single: NDArray[np.bool_]
    pairs: NDArray[np.bool_]


@compiled
def _pair(first: Any, second: Any) -> Any:
    return (np.uint64((np.int64(first) << 21) | np.int64(second)) * _MIX) >> np.uint64(64 - PAIR_BITS)


@compiled
def _slot(key: Any, keys: Ints) -> Any:
    mask = np.uint64(len(keys) - 1)
    slot = ((np.uint64(key) * _MIX) >> np.uint64(32)) & mask
    while keys[slot] != -1 and keys[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def _fill(codes: Codes, offsets: Offsets, trie: WordTrie) -> None:
    states = 1
    for word in range(len(offsets) - 1):
        start, end = offsets[word], offsets[word + 1]
        if end - start > 1:
            trie.pairs[_pair(codes[start], codes[start + 1])] = True
        else:
            trie.single[codes[start] & _LOW] = True
        state = np.int64(0)
        for place in range(start, end):
            key = (state << 21) | np.int64(codes[place])
            slot = _slot(key, trie.keys)
            if trie.keys[slot] == -1:
                trie.keys[slot], trie.targets[slot] = key, states
                states += 1
            state = trie.targets[slot]
        trie.ends[state] = True


def word_trie(words: Iterable[str]) -> WordTrie:
    """The trie of a list of words; blank ones do not count."""
    wanted = sorted({word.strip() for word in words} - {""})
    size = 64
    while size < 2 * sum(map(len, wanted)) + 2:
        size *= 2
    keys, targets = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.int64)
    ends = np.zeros(sum(map(len, wanted)) + 1, dtype=np.bool_)
    single = np.zeros(_LOW + 1, dtype=np.bool_)
    pairs = np.zeros(1 << PAIR_BITS, dtype=np.bool_)
    trie = WordTrie(keys, targets, ends, single, pairs)
    points = code_points(wanted)
    _fill(points.codes, points.offsets, trie)
    return trie


@compiled
def _is_katakana(code: Any) -> bool:
    return 0x30A1 <= code <= 0x30FA or code == 0x30FC


@compiled
def _count(codes: Codes, offsets: Offsets, trie: WordTrie, out: Ints) -> None:
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        place = start
        while place < end:
            code = codes[np.uint64(place)]  # unsigned: no look-up asks whether a place counts from the end
            following = codes[np.uint64(place + 1)] if place + 1 < end else np.uint32(0)
            # One rare jump for both tables: letters that begin some word are everywhere, and a jump on them is guessed wrong.
            if not (trie.pairs[_pair(code, following)] | trie.single[code & _LOW]):
                place += 1
                continue
            inside = place > start and _is_katakana(codes[place]) and _is_katakana(codes[place - 1])
            state, longest, look = 0, 0, place
            while look < end and not inside:
                slot = _slot((state << 21) | np.int64(codes[look]), trie.keys)
                if trie.keys[slot] == -1:
                    break
                state = trie.targets[slot]
                look += 1
                goes_on = look < end and _is_katakana(codes[look - 1]) and _is_katakana(codes[look])
                if trie.ends[state] and not goes_on:
                    longest = look - place
            if longest:
                out[text, 0] += 1
                out[text, 1] += longest
            place += max(longest, 1)


def count_words(texts: CodePoints, trie: WordTrie) -> Ints:
    """Per text: hits (the longest word at each place, without overlap) and letters in them, int64 [texts, 2]."""
    out = np.zeros((texts.texts, 2), dtype=np.int64)
    _count(texts.codes, texts.offsets, trie, out)
    return out
