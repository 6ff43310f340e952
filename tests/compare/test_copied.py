"""The longest piece of an answer that stands in a training text, beside a search by brute force."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.compare.copied import LEAST, longest_copies

TRAINED = "預金保険制度は、金融機関が破綻したときに預金者を保護する制度である。"


def longest(text: str, trained: str) -> int:
    """By trying every piece."""
    plain, known = "".join(text.split()), "".join(trained.split())
    lengths = (size for size in range(len(plain), LEAST - 1, -1) if any(plain[at : at + size] in known for at in range(len(plain) - size + 1)))  # fmt: skip
    return next(lengths, 0)


def test_a_recited_piece_is_found_with_its_place_and_source():
    answer = "答え: 金融機関が破綻した\nときに預金者を保護する仕組みです。"
    [copy] = longest_copies([answer], [("other", "関係のない文章です。" * 5), ("deposits", TRAINED)])
    assert copy is not None
    assert copy.source == "deposits"
    assert answer[copy.start : copy.end] == "金融機関が破綻した\nときに預金者を保護する"
    assert copy.length == len("金融機関が破綻したときに預金者を保護する")


def test_common_words_are_no_copy():
    assert longest_copies(["制度である。", ""], [("deposits", TRAINED)]) == [None, None]


def test_the_longest_of_several_texts_counts():
    texts = [("short", TRAINED[:14]), ("long", TRAINED), ("again", TRAINED[:20])]
    [copy] = longest_copies([TRAINED], texts)
    assert copy is not None
    assert (copy.source, copy.length) == ("long", len(TRAINED))


@settings(max_examples=60, deadline=None)
@given(st.text("あいう ", max_size=60), st.lists(st.text("あいう\n", max_size=80), max_size=3))
def test_it_is_as_long_as_brute_force_finds(answer: str, trained: list[str]):
    [copy] = longest_copies([answer], [(str(number), text) for number, text in enumerate(trained)])
    wanted = max((longest(answer, text) for text in trained), default=0)
    assert (copy.length if copy else 0) == wanted
    if copy:
        piece = "".join(answer[copy.start : copy.end].split())
        assert len(piece) == wanted
        assert piece in "".join(trained[int(copy.source)].split())


def test_an_endless_answer_beside_an_endless_text_takes_no_quadratic_time():
    [copy] = longest_copies(["あ" * 3000], [("loop", "あ" * 200_000)])
    assert copy is not None
    assert copy.length == 3000
