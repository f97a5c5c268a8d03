"""A scenario is read line by line, and what cannot be read is told with its file and line."""

from __future__ import annotations

import pytest

from tael.cli.scenario import ScenarioError, read_scenario


def test_a_line_is_a_verb_words_facts_and_perhaps_a_refusal():
    (step,) = read_scenario(
        'transfer 100001 100002 2.00 info="for tea" ! insufficient_funds # F-28\n', "tea"
    )

    assert (step.place, step.verb) == ("tea:1", "transfer")
    assert step.words == ["100001", "100002", "2.00"]
    assert step.facts == {"info": "for tea"}
    assert step.refusal == "insufficient_funds"


def test_empty_lines_and_comments_are_passed_over():
    steps = read_scenario("# a story\n\n   \nat 2026-03-01\n", "story")

    assert [step.place for step in steps] == ["story:4"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('customer 10012 "Li Hua', "no closing quotation"),
        ("deduct 1 ! ", "after ! stands the code of one refusal"),
        ("deduct 1 ! a b", "after ! stands the code of one refusal"),
        ("deduct 1 ! Not-a-code", "after ! stands the code of one refusal"),
        ("! insufficient_funds", "there is no verb"),
        ("deduct 1 key=a key=b", "key= stands twice"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line, said):
    with pytest.raises(ScenarioError, match=r"^tea:2: ") as error:
        read_scenario(f"at 2026-03-01\n{line}\n", "tea")

    assert said in str(error.value)
