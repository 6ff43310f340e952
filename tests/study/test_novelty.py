"""A row that says nothing new is known as one, and a strategy that repeats itself ends."""

from tekio.study.novelty import WINDOW, Repeats, SeenPieces, SeenRows


def test_a_row_is_new_once():
    seen = SeenRows()
    assert seen.new_share("金利は上がった。") == 1
    seen.add("金利は上がった。")
    assert seen.new_share("金利は上がった。") == 0
    assert seen.new_share("金利は下がった。") == 1


def test_rows_are_told_apart_when_their_table_has_grown():
    seen = SeenRows()
    rows = [f"{number}行目" for number in range(10_000)]
    for row in rows:
        assert seen.new_share(row) == 1
        seen.add(row)
        seen.add(row)
    assert not any(seen.new_share(row) for row in rows)
    assert seen.new_share("10000行目") == 1


def test_pieces_tell_how_much_is_new():
    seen = SeenPieces()
    seen.add("日本銀行は金融政策決定会合で政策金利を据え置いた。")
    assert seen.new_share("日本銀行は金融政策決定会合で政策金利を据え置いた。") == 0
    assert 0.2 < seen.new_share("日本銀行は金融政策決定会合で当座預金の金利を引き上げた。") < 0.9
    assert seen.new_share("消費者物価は前年より上昇している。") == 1


def test_a_strategy_ends_when_most_of_its_last_rows_repeat():
    repeats = Repeats(0.8)
    for _ in range(WINDOW):
        repeats.note(repeats=False)
    assert not repeats.at_end
    for _ in range(WINDOW * 8 // 10 + 1):
        repeats.note(repeats=True)
    assert repeats.at_end
