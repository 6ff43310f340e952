"""A zone's distance from UTC follows the calendar's own definition, as the zone database has it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.text.office.time_zones import JAPAN, UTC, zone_of_name, zones_of


def defined(name: str, *parts: str, place: str = "") -> str:
    location = f"X-LIC-LOCATION:{place}\r\n" if place else ""
    return f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{location}{''.join(parts)}END:VTIMEZONE\r\n"


def part(kind: str, begins: str, away: str, to: str, rule: str = "") -> str:
    told = f"RRULE:{rule}\r\n" if rule else ""
    return f"BEGIN:{kind}\r\nDTSTART:{begins}\r\n{told}TZOFFSETFROM:{away}\r\nTZOFFSETTO:{to}\r\nEND:{kind}\r\n"


YEARLY = "FREQ=YEARLY;BYMONTH={};BYDAY={}"
ZONES = {
    "America/New_York": defined(
        "America/New_York",
        part("DAYLIGHT", "20070311T020000", "-0500", "-0400", YEARLY.format(3, "2SU")),
        part("STANDARD", "20071104T020000", "-0400", "-0500", YEARLY.format(11, "1SU")),
    ),
    "Europe/London": defined(
        "GMT Standard Time",  # Outlook's name and its beginning of time
        part("STANDARD", "16011028T020000", "+0100", "+0000", YEARLY.format(10, "-1SU")),
        part("DAYLIGHT", "16010325T010000", "+0000", "+0100", YEARLY.format(3, "-1SU")),
    ),
    "Australia/Sydney": defined(
        "Australia/Sydney",  # summer over the turn of the year
        part("STANDARD", "20080406T030000", "+1100", "+1000", YEARLY.format(4, "1SU")),
        part("DAYLIGHT", "20081005T020000", "+1000", "+1100", YEARLY.format(10, "1SU")),
    ),
    "Asia/Kolkata": defined("Asia/Kolkata", part("STANDARD", "19700101T000000", "+0530", "+0530")),
}
FIRST, LAST = dt.datetime(2009, 1, 1), dt.datetime(2030, 12, 31)


@pytest.mark.parametrize("name", ZONES)
@given(local=st.datetimes(FIRST, LAST))
@settings(max_examples=300, deadline=None)
def test_it_is_as_the_zone_database_has_it(name: str, local: dt.datetime):
    local = local.replace(fold=0)  # of two hours of one name the first is meant (RFC 5545, 3.3.5)
    (zone,) = zones_of(ZONES[name]).values()
    expected = local.replace(tzinfo=ZoneInfo(name))
    there = expected.astimezone(dt.UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None)
    if there != local:
        return  # an hour that does not exist
    offset = expected.utcoffset()
    assert offset is not None
    assert zone.offset_at(local) == offset.total_seconds() / 60


@pytest.mark.parametrize(
    ("local", "words"),
    [
        (dt.datetime(2025, 3, 9, 1, 59), "America/New_York、UTC-5"),
        (dt.datetime(2025, 3, 9, 3, 0), "America/New_York、UTC-4"),
        (dt.datetime(2025, 11, 2, 1, 30), "America/New_York、UTC-4"),  # the first of the two
        (dt.datetime(2025, 11, 2, 2, 0), "America/New_York、UTC-5"),
        (dt.datetime(2000, 7, 1), "America/New_York"),  # before the definition
    ],
)
def test_the_distance_stands_beside_the_name(local: dt.datetime, words: str):
    assert zones_of(ZONES["America/New_York"])["America/New_York"].words_at(local) == words


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10;BYDAY=SU",
        "FREQ=MONTHLY;BYDAY=2SU",
        "FREQ=YEARLY;BYMONTH=3",
        "FREQ=YEARLY;BYMONTH=33;BYDAY=2SU",
    ],
)
def test_where_a_rule_is_of_another_kind_nothing_is_said_of_the_distance(rule: str):
    text = defined(
        "America/New_York",
        part("DAYLIGHT", "20070311T020000", "-0500", "-0400", rule),
        part("STANDARD", "20071104T020000", "-0400", "-0500", YEARLY.format(11, "1SU")),
    )
    assert zones_of(text)["America/New_York"].words_at(dt.datetime(2025, 7, 1)) == "America/New_York"


def test_a_rule_that_has_ended_says_nothing_any_more():
    text = defined(
        "America/New_York",
        part("DAYLIGHT", "19870405T020000", "-0500", "-0400", YEARLY.format(4, "1SU") + ";UNTIL=20060402T070000Z"),
        part("STANDARD", "19671029T020000", "-0400", "-0500", YEARLY.format(10, "-1SU") + ";UNTIL=20061029T060000Z"),
        part("DAYLIGHT", "20070311T020000", "-0500", "-0400", YEARLY.format(3, "2SU")),
        part("STANDARD", "20071104T020000", "-0400", "-0500", YEARLY.format(11, "1SU")),
    )
    zone = zones_of(text)["America/New_York"]
    for at in (dt.datetime(2006, 4, 5), dt.datetime(2006, 3, 20), dt.datetime(2025, 3, 20), dt.datetime(2025, 11, 10)):
        offset = at.replace(tzinfo=ZoneInfo("America/New_York")).utcoffset()
        assert offset is not None
        assert zone.offset_at(at) == offset.total_seconds() / 60


@pytest.mark.parametrize(
    ("name", "words"),
    [("Asia/Tokyo", JAPAN), ("(UTC+09:00) 大阪、札幌、東京", JAPAN), ("Etc/UTC", UTC), ("Asia/Seoul", "Asia/Seoul")],
)
def test_a_zone_without_a_definition_has_its_name(name: str, words: str):
    assert zone_of_name(name).words_at(dt.datetime(2025, 4, 1)) == words


def test_a_made_up_name_gives_its_place_or_its_distance():
    daylight = part("STANDARD", "19700101T000000", "+0800", "+0800")
    assert zones_of(defined("Customized Time Zone", daylight))["Customized Time Zone"].words_at(FIRST) == "UTC+8"
    placed = zones_of(defined("Customized Time Zone", daylight, place="Asia/Singapore"))["Customized Time Zone"]
    assert placed.words_at(FIRST) == "Asia/Singapore、UTC+8"
