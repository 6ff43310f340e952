"""Formulas as a line of text: MathML of pages and the formulas of Office files, (a)/(b), x^2, x_1, √(a).

A fraction's parts, an exponent and what stands below a root must not run into one number: 2/5 is not 25.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

MAX_DEPTH = 50
_LEFT_OUT = frozenset([
    "annotation", "annotation-xml", "mphantom", "fPr", "sSupPr", "sSubPr", "sSubSupPr", "radPr", "naryPr", "dPr",
    "mPr", "rPr", "ctrlPr", "funcPr", "limLowPr"
])  # fmt: skip
_ONE = re.compile(r"[\w.,%％′'∞]*|[(（\[][^()（）\[\]]*[)）\]]")
"""What needs no brackets of its own."""


def formula_text(node: Any, depth: int = 0) -> str:
    """A formula (MathML `math`, Office Math `oMath`) in one line."""
    name = _local(node)
    if name in _LEFT_OUT or not name:
        return ""
    if depth > MAX_DEPTH:
        return "".join(node.itertext())
    inner = [below for below in node if _local(below) and _local(below) not in _LEFT_OUT]
    if not inner:
        return " ".join((node.text or "").split()) if name != "t" else node.text or ""
    parts = [formula_text(below, depth + 1) for below in inner]
    named: dict[str, str] = {}
    for below, part in zip(inner, parts, strict=True):
        named[_local(below)] = named.get(_local(below), "") + part
    if name in ("f", "mfrac"):
        above, under = (named.get("num", ""), named.get("den", "")) if name == "f" else _first(parts, 2)
        return f"{_bracketed(above)}/{_bracketed(under)}"
    if name in ("sSup", "msup", "mover") or name in ("sSub", "msub", "munder"):
        base, mark = (
            (named.get("e", ""), named.get("sup", named.get("sub", ""))) if name[0] == "s" else _first(parts, 2)
        )
        return f"{base}{'^' if name in ('sSup', 'msup', 'mover') else '_'}{_bracketed(mark)}" if mark else base
    if name in ("sSubSup", "msubsup", "munderover", "nary"):
        base, low, high = (
            (named.get("e", ""), named.get("sub", ""), named.get("sup", "")) if name[0] != "m" else _first(parts, 3)
        )
        ends = f"{'_' + _bracketed(low) if low else ''}{'^' + _bracketed(high) if high else ''}"
        return f"{_character(node, 'chr', '∫')}{ends}{base}" if name == "nary" else f"{base}{ends}"
    if name in ("rad", "msqrt", "mroot"):
        base, degree = (
            (named.get("e", ""), named.get("deg", ""))
            if name == "rad"
            else _first(parts, 2)
            if name == "mroot"
            else ("".join(parts), "")
        )
        return f"{degree}√{_bracketed(base)}"
    if name in ("d", "mfenced"):
        opens, closes = (
            (node.get("open", "("), node.get("close", ")"))
            if name == "mfenced"
            else (_character(node, "begChr", "("), _character(node, "endChr", ")"))
        )
        return f"{opens}{','.join(part for part in parts if part)}{closes}"
    if name in ("m", "mtable"):
        return "; ".join(part for part in parts if part)
    if name in ("mr", "mtr"):
        return ", ".join(parts)
    return "".join(parts)


def _first(parts: list[str], count: int) -> list[str]:
    return [*parts, *[""] * count][:count]


def _bracketed(text: str) -> str:
    return text if _ONE.fullmatch(text.strip()) else f"({text})"


def _character(node: Any, name: str, default: str) -> str:
    """A sign that the properties of an Office formula name."""
    for told in node:
        if _local(told).endswith("Pr"):
            for sign in told:
                if _local(sign) == name:
                    return next(
                        (str(value) for key, value in sign.attrib.items() if key.rpartition("}")[2] == "val"), default
                    )
    return default


def _local(node: Any) -> str:
    tag = node.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""
