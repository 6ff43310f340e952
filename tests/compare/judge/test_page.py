"""What a judge sees of a text from outside: nothing of it turns a line around or is hidden."""

from compare.judge.cases import HOSTILE
from tekio.compare.judge.page import as_shown
from tekio.compare.judge.pairs import Pair


def test_hostile_characters_are_shown_by_their_code_point_and_the_digest_stays():
    pair = Pair("q0", f"質問{HOSTILE}", f"参照{HOSTILE}", None, None, (f"一{HOSTILE}", f"二\n{HOSTILE}"))
    shown = as_shown(pair, swapped=True)
    texts = [shown[name] for name in ("prompt", "input", "a", "b")]
    assert all("⟨U+202E⟩ecalp" in text and "\u202e" not in text for text in texts)
    assert shown["a"].startswith("二\n")  # line breaks stay
    assert shown["b"].startswith("一")
    assert shown["digest"] == pair.digest()
