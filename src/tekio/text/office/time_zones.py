"""Time zones as a calendar defines them (VTIMEZONE, RFC 5545 3.6.5): their names, and their distance from UTC at a local time.

Nothing is looked up in a zone database, whose editions differ between machines.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

JAPAN, UTC, FLOATING = "日本時間", "UTC", ""
"""Zones by the words they are told with; a floating time has none (3.3.5)."""
MOST_OBSERVANCES = 100
_JAPAN = re.compile(r"Tokyo|Japan|東京|\bJST\b|日本", re.IGNORECASE)
_UTC = re.compile(r"(?:Etc/)?(?:UTC|GMT|Zulu|Universal)|Coordinated Universal Time|協定世界時", re.IGNORECASE)
_MADE_UP = re.compile(r"Customized Time Zone|tzone://Microsoft/\w+|カスタム.*|[0-9]+", re.IGNORECASE)
"""Names of zones that name no place."""
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})(?:[0-9]{2})?")
_LOCAL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})[0-9]{2})?Z?")
_BY_DAY = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Observance:
    """Standard time or summer time: from when on, and its minutes from UTC. rule: None where it begins once."""

    begins: dt.datetime
    offset: int
    rule: tuple[int, int, int] | None
    """Month, which of its weekdays (below 0: from its end), the weekday (0: Monday)."""
    until: dt.datetime | None


@dataclass(frozen=True)
class Zone:
    """A zone: its name as it is told, and its observances where all of them could be read."""

    name: str
    observances: tuple[_Observance, ...] = ()

    def words_at(self, local: dt.datetime) -> str:
        """How the zone is told beside a local time: `America/New_York、UTC-4`."""
        if self.name in (JAPAN, UTC):
            return self.name
        minutes = self.offset_at(local)
        if minutes is None:
            return self.name
        hours, rest = divmod(abs(minutes), 60)
        distance = f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else UTC
        if not self.name:
            return distance
        # Outlook's own names begin with the distance in winter: `(UTC+08:00) Singapore`
        said = len(self.offsets) == 1 and "UTC" in self.name
        return self.name if said else f"{self.name}、{distance}"

    @property
    def offsets(self) -> set[int]:
        """The zone's distances from UTC in minutes."""
        return {one.offset for one in self.observances}

    def offset_at(self, local: dt.datetime) -> int | None:
        """Minutes from UTC at a local time; None where the definition does not tell. Of an hour that comes twice, the first."""
        if len(self.offsets) == 1:
            return next(iter(self.offsets))
        begun = [(at, one.offset) for one in self.observances for at in _onsets(one, local.year) if at <= local]
        return max(begun)[1] if begun else None


def zone_of_name(name: str) -> Zone:
    """A zone that is named and not defined."""
    return Zone(_told(name))


def zones_of(unfolded: str) -> dict[str, Zone]:
    """The zones that a calendar defines, by their `TZID`."""
    found: dict[str, Zone] = {}
    for part in unfolded.split("BEGIN:VTIMEZONE")[1:]:
        part = part.split("END:VTIMEZONE")[0]
        own = _fields(part.split("BEGIN:")[0])
        name = own.get("TZID", "")
        pieces = re.split(r"BEGIN:(?:STANDARD|DAYLIGHT)", part, flags=re.IGNORECASE)[1 : MOST_OBSERVANCES + 1]
        parts = [_fields(piece) for piece in pieces]
        offsets = [_minutes(one.get("TZOFFSETTO", "")) for one in parts]
        same = offsets[0] if len(set(offsets)) == 1 else None
        always = [] if same is None else [_Observance(dt.datetime.min, same, None, None)]
        read = always or [_observance(one) for one in parts]
        whole = tuple(one for one in read if one is not None)
        found[name] = Zone(
            _told(name, own.get("X-LIC-LOCATION", ""), defined=bool(whole)), whole if len(whole) == len(read) else ()
        )
    return found


def is_japans(name: str) -> bool:
    """Whether a zone's name says that it is Japan's."""
    return _JAPAN.search(name) is not None


def _told(name: str, place: str = "", *, defined: bool = False) -> str:
    """A zone's name: its own, or its place's; empty where only its distance from UTC says something."""
    named = place if place and _MADE_UP.fullmatch(name) else name
    # `/mozilla.org/20050126_1/America/New_York`: a name of a registry, then the place
    named = re.sub(r"^/[^/]+/(?:[0-9_]+/)?", "", named.strip())
    if is_japans(named):
        return JAPAN
    if _UTC.fullmatch(named):
        return UTC
    return "" if defined and _MADE_UP.fullmatch(named) else named


def _fields(part: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in part.splitlines())
    return {head.partition(";")[0].strip().upper(): value.strip() for head, colon, value in pairs if colon}


def _observance(fields: Mapping[str, str]) -> _Observance | None:
    """An observance; None where its beginnings follow a rule other than a weekday of a month in every year."""
    begins, minutes = _local(fields.get("DTSTART", "")), _minutes(fields.get("TZOFFSETTO", ""))
    rule = dict(part.split("=", 1) for part in fields.get("RRULE", "").upper().split(";") if "=" in part)
    if begins is None or minutes is None or "RDATE" in fields:
        return None
    if not rule:
        return _Observance(begins, minutes, None, None)
    day = _BY_DAY.fullmatch(rule.get("BYDAY", ""))
    month = rule.get("BYMONTH", "")
    known = {"FREQ", "BYDAY", "BYMONTH", "UNTIL", "INTERVAL", "WKST"}
    if (
        day is None
        or rule["FREQ"] != "YEARLY"
        or rule.get("INTERVAL", "1") != "1"
        or rule.keys() - known
        or month not in map(str, range(1, 13))
    ):
        return None
    until = _local(rule["UNTIL"]) if "UNTIL" in rule else None
    if "UNTIL" in rule and until is None:
        return None
    return _Observance(begins, minutes, (int(month), int(day[1]), _DAYS.index(day[2])), until)


def _onsets(one: _Observance, year: int) -> Iterator[dt.datetime]:
    """When an observance begins in a year or the one before it."""
    if one.rule is None:
        yield one.begins
        return
    month, which, weekday = one.rule
    for wanted in (year, year - 1):
        if not dt.MINYEAR <= wanted <= dt.MAXYEAR:
            continue
        first, days = calendar.monthrange(wanted, month)
        every = [day for day in range(1, days + 1) if (first + day - 1) % 7 == weekday]
        place = which - 1 if which > 0 else len(every) + which
        if not 0 <= place < len(every):
            continue
        at = one.begins.replace(year=wanted, month=month, day=every[place])
        # the end of a rule is told in UTC: a day's room, for it falls on the last beginning itself
        if at >= one.begins and (one.until is None or at <= one.until + dt.timedelta(days=1)):
            yield at


def _minutes(offset: str) -> int | None:
    found = _OFFSET.fullmatch(offset)
    return None if found is None else (int(found[2]) * 60 + int(found[3])) * (-1 if found[1] == "-" else 1)


def _local(value: str) -> dt.datetime | None:
    found = _LOCAL.fullmatch(value)
    if found is None:
        return None
    try:
        year, month, day, hour, minute = (int(found[place] or 0) for place in range(1, 6))
        return dt.datetime(year, month, day, hour, minute)
    except ValueError:
        return None
