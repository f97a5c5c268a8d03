import pytest

from tael.parties.text import TextMalformed, parse_text


@pytest.mark.parametrize(
    ("text", "line"), [("Li", "Li"), ("  陈 大文 ", "陈 大文"), ("a" * 10, "a" * 10)]
)
def test_a_line_loses_only_the_blanks_at_its_ends(text, line):
    assert parse_text(text, field="name", longest=10) == line


@pytest.mark.parametrize(
    "text", ["", " ", "a" * 11, "a\tb", "a\nb", "a\u2028b", "a\x7fb", None, 5, b"a"]
)
def test_anything_else_is_refused_by_its_field(text):
    with pytest.raises(TextMalformed) as refused:
        parse_text(text, field="name", longest=10)

    assert refused.value.field == "name"
    assert ("is missing" in str(refused.value)) == (text in {"", " "})


def test_a_description_may_be_empty():
    assert parse_text("", field="description", longest=10, may_be_empty=True) == ""
