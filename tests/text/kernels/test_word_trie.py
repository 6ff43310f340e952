"""Word lists match the longest word at each place, never inside a longer katakana word."""

from hypothesis import given
from hypothesis import strategies as st

from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.word_trie import count_words, word_trie


def counts(words, *texts):
    return count_words(code_points(texts), word_trie(words)).tolist()


def test_hits_and_letters():
    assert counts(["儲かる", "必ず儲かる", "元本保証"], "必ず儲かる、元本保証の話。儲かる?", "普通の文。") == [
        [3, 12],
        [0, 0],
    ]


def test_katakana_words_match_whole_words_only():
    assert counts(["リュック", "アスパラ"], "リュックサックとアスパラガス", "リュックを買う", "小リュック。") == [
        [0, 0],
        [1, 4],
        [1, 4],
    ]


def test_a_word_may_begin_with_a_rare_kanji():
    assert counts(["𠮟る", "𠮷"], "人を𠮟る。𠮷田") == [[2, 3]]


def test_an_empty_list_finds_nothing():
    assert counts(["", " "], "何か") == [[0, 0]]


@given(
    st.lists(st.text(alphabet="あいう株𠮟", min_size=1, max_size=4), max_size=8),
    st.text(alphabet="あいう株🙂𠮟", max_size=40),
)
def test_equals_a_search_word_by_word(words, text):
    hits, letters, place = 0, 0, 0
    while place < len(text):
        longest = max((len(word) for word in words if text.startswith(word, place)), default=0)
        hits, letters, place = hits + bool(longest), letters + longest, place + max(longest, 1)
    assert counts(words, text) == [[hits, letters]]
