"""What the report says of personal data, by kind."""

from typing import Any

import pytest

from tekio.report.warnings.personal_data import treatment_of, treatment_words


@pytest.mark.parametrize(
    ("stage", "kind", "personal", "treatment"),
    [
        ("corpus", "phone", {"mode": "mask"}, "mask"),
        ("corpus", "person", {"mode": "mask"}, "report"),  # names have a mode of their own
        ("corpus", "address", {"mode": "mask", "people": "drop"}, "drop"),
        ("instruct", "office_phone", {}, "report"),
        ("instruct", "email", {}, "drop"),
    ],
)
def test_each_kind_has_the_treatment_of_the_recipe(stage: str, kind: str, personal: dict[str, Any], treatment: str):
    section: dict[str, Any] = {"personal_data": personal}
    assert treatment_of(stage, kind, {stage: section if stage == "corpus" else {"screen": section}}) == treatment


def test_what_is_only_counted_is_never_called_masked():
    words = treatment_words("corpus", "person", 12, {"corpus": {"personal_data": {"mode": "mask"}}})
    assert words.en == "counted only; up to 12 remain in the training text"
    assert "仮名" not in words.ja
    assert treatment_words("corpus", "phone", 3, None).en == "treatment not known"
