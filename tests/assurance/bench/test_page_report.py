"""A page whose p95 misses the goal fails the run; a yardstick fails nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tael.assurance.bench import pages
from tael.assurance.bench.page_report import PageReport, Timed
from tael.cli.bench import bench


def report(*timed: Timed) -> PageReport:
    return PageReport({"processor": "one"}, {"entries": "7"}, list(timed))


def page(*milliseconds: float, yardstick: bool = False) -> Timed:
    return Timed("/a", 0.5, tuple(each / 1000 for each in milliseconds), yardstick=yardstick)


@pytest.mark.parametrize(
    ("times", "p95"), [(range(1, 21), 19), (range(1, 101), 95), ([7], 7), ([1, 9], 9)]
)
def test_p95_is_a_time_that_was_measured(times, p95):
    assert page(*times).p95 == pytest.approx(p95)


def test_one_slow_request_of_twenty_is_borne_and_two_are_not():
    assert report(page(*[10] * 19, 900)).faults == []
    assert report(page(*[10] * 18, 900, 900)).faults == ["/a: p95 900 ms, the goal is 300 ms"]
    assert report(page(900, yardstick=True)).faults == []


def test_the_table_says_first_median_p95_and_worst():
    shown = report(page(10, 20, 400)).text()

    assert "/a       500.0       20.0   400.0     400.0  NO" in shown
    assert "| `/a` | 500.0 | 20.0 | 400.0 | 400.0 | NO |" in report(page(10, 20, 400)).markdown()


@pytest.mark.parametrize(("milliseconds", "code"), [(10, 0), (301, 1)])
def test_the_command_fails_when_a_page_is_slow(monkeypatch, tmp_path, milliseconds, code):
    sizes = []

    def run(*, size, **_):
        sizes.append(size)
        return report(page(milliseconds))

    monkeypatch.setattr(pages, "run", run)
    file = tmp_path / "pages.json"
    done = CliRunner().invoke(bench, ["pages", "--entries", "500", "--json", str(file)])

    assert done.exit_code == code, done.output
    assert (sizes[0].entries, sizes[0].long) == (500, 100)
    assert '"p95_ms"' in file.read_text("utf-8")
