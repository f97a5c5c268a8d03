"""A small platform is settled beside its yardstick, and what misses its goal fails the run."""

from __future__ import annotations

from tael.assurance.bench import settlement
from tael.assurance.bench.settlement_report import SettlementReport, Step
from tael.postgres.connect import Databases


def test_a_months_records_are_billed_beside_the_yardstick(pg: Databases, migrated: None):
    size = settlement.Size(records=300, accounts=7)

    report = settlement.run(url=pg.named("postgres").owner_dsn, size=size, only=["bills"])

    assert [step.name for step in report.steps] == [
        "bill run: 300 records into 7 bills",
        "one bare UPDATE of the same records, and their sums",
    ]
    assert report.faults == []
    assert "load average" in report.text()
    assert report.as_dict()["steps"][0]["done"] == 300


def test_what_takes_too_long_or_too_much_fails():
    slow = Step("a run", 10, 180.0, goal=180.0)
    large = Step("a run", 10, 1.0, goal=180.0, memory=500.0, memory_goal=500.0)
    wrong = Step("a run", 10, 1.0, goal=180.0, wrong=("bills: 9, not 10",))
    right = Step("a run", 10, 1.0, goal=180.0, memory=90.0, memory_goal=500.0)

    assert [step.cells()[-1] for step in (slow, large, wrong, right)] == ["NO", "NO", "NO", "yes"]
    assert SettlementReport({}, {}, [right]).faults == []
    assert len(SettlementReport({}, {}, [slow, large, wrong], ["I1"]).faults) == 4
    assert "| a run |" in SettlementReport({}, {}, [slow]).markdown()
