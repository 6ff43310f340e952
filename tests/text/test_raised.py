"""Superscripts and subscripts never change a figure."""

import pytest

from tekio.text.html import block_text, parse_html_text
from tekio.text.raised import write_raised


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("売上高は1,234<sup>1</sup>百万円", "売上高は1,234百万円（注1）"),
        ("利益率は12.5<sup>2)</sup>％", "利益率は12.5％(注2)"),
        ("配当性向<sup>※２</sup>35％", "配当性向（※２）35％"),
        ("3.2×10<sup>6</sup>トン", "3.2×10^6トン"),
        ("10<sup>-3</sup>", "10^-3"),
        ("1,500m<sup>2</sup>", "1,500m²"),
        ("CO<sub>2</sub>を100トン、H<sub>2</sub>O", "CO2を100トン、H2O"),
        ("CO<sub>2</sub>100トン", "CO2 100トン"),
        ("1<sup>st</sup>", "1st"),
        ("2<sup>n</sup>", "2^n"),
        ("1<sup>1</sup>/<sub>2</sub>", "1 1/2"),
        ("事業利益<sup>※１</sup>は", "事業利益※１は"),
        ("Scope1,2<sup>※</sup>の目標値", "Scope1,2※の目標値"),
        ("1,234<sup>※</sup>百万円", "1,234百万円※"),
        ("配当性向<sup>※</sup>35％", "配当性向（※）35％"),
        ('売上高1,000<span style="vertical-align: super;font-size:6pt">3</span>円', "売上高1,000円（注3）"),
        ("<sup>1</sup>1,234円", "（注1）1,234円"),
        ("3,100<sup>※1</sup>t-CO<sub>2</sub>", "3,100t-CO2（※1）"),
        ("250<sup>4</sup>kg-CO<sub>2</sub>e", "250kg-CO2e（注4）"),
        ("σ<sub>i</sub><sup>2</sup>とr<sub>t−1</sub>", "σ_i^2とr_{t−1}"),
        ("β<sub>max</sub>", "β_max"),
        ("CO<sub>x</sub>", "COx"),
        ("E=mc<sup>2</sup>", "E=mc^2"),
        ("20<sup>o</sup>C", "20°C"),
        ("注<sup>1)</sup>は約款による", "注1)は約款による"),
    ],
)
def test_a_mark_beside_a_figure_is_no_digit_of_it(page: str, text: str):
    assert block_text(parse_html_text(f"<p>{page}</p>")) == text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("記録は10<sup>6</sup>個", "記録は10^6個"),
        ("口座は10<sup>6</sup>口座", "口座は10^6口座"),
        ("配当は10<sup>3</sup>円</p><p>3 記念配当を含む。", "配当は10円（注3）\n3 記念配当を含む。"),
        ("配当は10<sup>3</sup>円</p><p>（注3）記念配当を含む。", "配当は10円（注3）\n（注3）記念配当を含む。"),
        (
            "純資産<sup>1</sup>、負債<sup>2</sup>、配当は10<sup>3</sup>円",
            "純資産（注1）、負債（注2）、配当は10円（注3）",
        ),
        ('10<sup><a href="#n6">6</a></sup>個', "10個（注6）"),
        ("元本に1.05<sup>10</sup>を掛ける", "元本に1.05^10を掛ける"),
        ("符号は2<sup>10</sup>＝1,024通り", "符号は2^10＝1,024通り"),
        ("前期比1.2<sup>2</sup>ポイント増", "前期比1.2ポイント（注2）増"),
        ("10<sup>2</sup>円", "10円（注2）"),
        ("1,234<sup>2</sup>百万円", "1,234百万円（注2）"),
        ("残高は56<sup>2</sup>億円", "残高は56億円（注2）"),
        (
            "<table><tr><td>区分</td><td>件数</td></tr><tr><td>本店</td><td>5<sup>2</sup></td></tr></table>",
            "区分 | 件数\n本店 | 5（注2）",
        ),
    ],
)
def test_a_raised_number_is_a_power_where_the_page_has_no_such_note(page: str, text: str):
    assert block_text(parse_html_text(f"<p>{page}</p>")) == text


def test_a_text_without_notes_has_powers_only():
    assert write_raised("10\x022\x03倍、30m\x022\x03", powers_only=True) == "10^2倍、30m²"
