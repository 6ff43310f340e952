"""A page that loads nothing: its Content-Security-Policy by hashes, its data as JSON inside a script, its template filled in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def content_policy(style: str, scripts: Sequence[str], *, connect: bool) -> str:
    """The page's policy. `frame-ancestors` only works as a header, the server adds it there."""
    place = "'self'" if connect else "'none'"
    hashes = " ".join(f"'{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src {hashes}; "
        f"connect-src {place}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def script_json(value: object) -> str:
    """JSON that can stand inside `<script>`: no `<`, `>`, `&` and no line separators of JavaScript."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with each name replaced once. values: in the order of the page, so that no value is searched for names."""
    parts: list[str] = []
    rest = template
    for name, value in values.items():
        before, _, rest = rest.partition(name)
        parts += [before, value]
    return "".join([*parts, rest])
