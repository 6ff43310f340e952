"""Invitations say what, when and where, without the marks of their format."""

import pytest

from tekio.text.office.calendar import calendar_text


def event(*lines: str, outer: str = "") -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", outer, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"))


def test_an_event_is_told_in_lines():
    told = calendar_text(
        event(
            "SUMMARY:与信委員会",
            "DTSTART;TZID=Tokyo Standard Time:20250418T133000",
            "DTEND;TZID=Tokyo Standard Time:20250418T150000",
            "LOCATION:本店",
            r"DESCRIPTION:議題は次のとおり。\n格付\, 引当を審",
            " 議します。",
            "RRULE:FREQ=MONTHLY;COUNT=3",
        )
    )
    assert told.split("\n") == [
        "予定: 与信委員会",
        "日時: 2025年4月18日 13:30～15:00",
        "繰返し: 毎月",
        "場所: 本店",
        "議題は次のとおり。",
        "格付, 引当を審議します。",
    ]


@pytest.mark.parametrize(
    ("outer", "when"),
    [("X-WR-TIMEZONE:Asia/Tokyo", "2025年4月18日 13:30"), ("", "2025年4月18日 4:30（UTC）")],
)
def test_times_in_utc_are_japans_where_the_part_names_its_zone(outer: str, when: str):
    assert f"日時: {when}" in calendar_text(event("SUMMARY:会議", "DTSTART:20250418T043000Z", outer=outer))


def test_whole_days_end_before_the_day_that_is_named():
    told = calendar_text(event("SUMMARY:棚卸", "DTSTART;VALUE=DATE:20250401", "DTEND;VALUE=DATE:20250404"))
    assert "日時: 2025年4月1日～2025年4月3日" in told


def test_a_cancelled_event_says_so_and_a_broken_date_is_left():
    assert calendar_text(event("SUMMARY:会議", "DTSTART:20259999", outer="METHOD:CANCEL")) == "予定（取消）: 会議"
