from datetime import UTC, datetime
from uuid import UUID

import pytest

from tael import ledger
from tael.books.instruction import Instruction, InstructionMalformed, SnoMalformed, check_sno

AT = datetime(2020, 1, 15, 16, 54, 6, tzinfo=UTC)


def instruction(**changes) -> Instruction:
    return Instruction(**({"key": "order-17", "actor": "key:3", "at": AT} | changes))


@pytest.mark.rule("F-22")
def test_an_instruction_carries_everything_a_flow_record_keeps():
    told = instruction(
        channel="Alipay",
        info="充值 1 元",
        sno="1" + "20200115165406" + "10012",
        pno="PAY",
        code="OnlineRecharge",
    )

    assert (told.channel, told.info, told.pno, told.code) == (
        "Alipay",
        "充值 1 元",
        "PAY",
        "OnlineRecharge",
    )


def test_the_key_belongs_to_its_caller():
    assert instruction().entry_keys() != instruction(actor="key:4").entry_keys()
    assert instruction().entry_keys().key == ledger.key_of("key:3", "order-17")


def test_a_sno_is_a_key_of_the_whole_installation():
    one = instruction(sno="42020011516540610012").entry_keys(operation=4)
    other = instruction(sno="42020011516540610012", actor="user:10010", key="else").entry_keys(
        operation=4
    )

    assert one.aliases == other.aliases
    assert one.key != other.key
    assert all(isinstance(alias, UUID) for alias in one.aliases)


def test_without_a_sno_there_is_only_the_callers_key():
    assert instruction().entry_keys(operation=4).aliases == ()


@pytest.mark.rule("F-20", "X-F10")
def test_the_seeds_own_sno_is_accepted_for_its_operation():
    check_sno("42020011516540610012", operation=4)


@pytest.mark.rule("F-20")
@pytest.mark.parametrize(
    "sno",
    [
        "12020011516540610012",  # recharge's digit
        "42020023016540610012",  # 30 February
        "42020011525540610012",  # 25 o'clock
        "42020011516546010012",  # 60 seconds
        "420200115165406",  # no object
        "4２02001151654061001",  # a full-width digit
        "4",
        "4202001151654061001 2",
        "4" + "20200115165406" + "1" * 50,
    ],
)
def test_a_sno_with_another_digit_or_no_real_date_is_refused(sno):
    with pytest.raises((SnoMalformed, InstructionMalformed)) as refused:
        instruction(sno=sno).entry_keys(operation=4)

    assert refused.value.field == "sno"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""),
        ("key", "x" * 256),
        ("key", "with blank"),
        ("key", None),
        ("key", "钥"),
        ("actor", "somebody else"),
        ("actor", "user:"),
        ("channel", "Ali:pay"),
        ("channel", ""),
        ("pno", ""),
        ("pno", "x" * 65),
        ("sno", "a\x00b"),
        ("info", "a\x00b"),
        ("info", "x" * 1001),
        ("info", "\ud800"),
        ("info", None),
        ("code", "a b"),
        ("at", datetime(2020, 1, 15)),  # noqa: DTZ001 - the point of the test
    ],
)
def test_what_the_books_cannot_keep_is_refused_by_name(field, value):
    with pytest.raises(InstructionMalformed) as refused:
        instruction(**{field: value})

    assert refused.value.field == field


def test_the_description_may_have_several_lines_in_any_script():
    assert instruction(info="第一行\n第二行").info == "第一行\n第二行"
