"""The first characters and the words that patterns are looked for by are those of every match."""

# pyright: standard
# (the parser of regular expressions is private and untyped)

import importlib
import re

import pytest

from tekio.instruct.screen import defects, editorial, numbers, rules
from tekio.instruct.screen.patterns import beginning
from tekio.instruct.screen.superseded import superseded_rules

kinds, parser = importlib.import_module("re._constants"), importlib.import_module("re._parser")
QUICK = {
    f"{module.__name__.rsplit('.', 1)[-1]}.{name}": value
    for module in (defects, editorial, numbers, rules)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern) and value.pattern.startswith("(?=[")
}


def firsts(tree):
    """One-character patterns of what can stand first, and whether the whole can be empty."""
    found = []
    for kind, value in tree:
        if kind in (kinds.ASSERT, kinds.ASSERT_NOT, kinds.AT):
            continue
        if kind is kinds.LITERAL:
            return [*found, [(kind, value)]], False
        if kind is kinds.IN:
            return [*found, value], False
        if kind is kinds.BRANCH:
            parts = [firsts(branch) for branch in value[1]]
            found += [one for part, _ in parts for one in part]
            empty = any(empty for _, empty in parts)
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            part, empty = firsts(value[2])
            found += part
            empty = empty or value[0] == 0
        elif kind is kinds.SUBPATTERN:
            part, empty = firsts(value[3])
            found += part
        else:
            raise AssertionError(kind)
        if not empty:
            return found, False
    return found, True


def members(parts):
    """The characters of sets such as `[a-z]`, a few of a long range."""
    for part in parts:
        for kind, value in part:
            if kind is kinds.LITERAL:
                yield chr(value)
            elif kind is kinds.RANGE:
                low, high = value
                yield from map(chr, {low, high, *range(low, high, max((high - low) // 50, 1))})
            else:
                raise AssertionError(kind)


@pytest.mark.parametrize("name", sorted(QUICK))
def test_no_alternative_begins_with_another_character(name):
    pattern = QUICK[name]
    ((looked_for, rest),) = re.findall(r"\A\(\?=\[(.+?)\]\)(\(\?:.+\))\Z", pattern.pattern, re.DOTALL)
    parts, empty = firsts(parser.parse(rest, pattern.flags & ~re.UNICODE))
    assert not empty
    anything = re.compile(f"[{looked_for}]", pattern.flags)
    assert [one for one in members(parts) if not anything.match(one)] == []


def test_enough_patterns_are_checked():
    assert len(QUICK) >= 14
    assert [match[0] for match in beginning("ab", "a+|bc").finditer("aabbcx")] == ["aa", "bc"]


def literals(tree):
    """Sets of literals, one of each of which stands in every match."""
    found, run = [], ""
    for kind, value in tree:
        if kind is kinds.LITERAL:
            run += chr(value)
            continue
        if run:
            found.append({run})
            run = ""
        if kind is kinds.SUBPATTERN:
            found += literals(value[3])
        elif kind is kinds.BRANCH:
            found += _of_branches([literals(branch) for branch in value[1]])
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT) and value[0] > 0:
            found += literals(value[2])
    return [*found, {run}] if run else found


def _of_branches(branches):
    if not all(branches):
        return []
    made = [set()]
    for branch in branches:
        made = [one | other for one in made for other in branch][:500]
    return made


@pytest.mark.parametrize("rule", superseded_rules(), ids=lambda rule: rule.id)
def test_every_match_of_an_old_rule_holds_one_of_its_words(rule):
    for pattern in rule.patterns:
        sets = literals(parser.parse(pattern.pattern))
        assert any(all(any(word in literal for word in rule.words) for literal in one) for one in sets), pattern.pattern
