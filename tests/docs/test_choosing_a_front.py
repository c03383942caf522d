"""The page on choosing a front says what the code does."""

import re
from pathlib import Path

from multicloud.front.contract import CloudflareFrontArgs, Mode
from multicloud.front.health import Monitor, Plan
from multicloud.front.patterns import DEFAULTS, Pattern
from multicloud.front.steering import Steering
from multicloud.machine.tunnel import MOST_REPLICAS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "choosing-a-front.md").read_text()
DEFAULT = f"{Monitor().detection_seconds} s"


def table(heading: str) -> list[dict[str, str]]:
    """The rows of the table below a heading, by its columns."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    columns, _, *rows = lines
    return [dict(zip(columns, row, strict=True)) for row in rows]


def word(cell: str) -> str:
    found = re.search(r"`(\w+)`", cell)
    assert found, cell
    return found[1]


def test_the_worst_cases_are_the_monitors() -> None:
    """Every row of the table of settings, and the settings are ones that the plan takes."""
    rows = table("How fast a load balancer notices")
    for row in rows:
        settings = (int(row[name]) for name in ("interval", "timeout", "retries", "consecutive_down"))
        interval, timeout, retries, consecutive_down = settings
        monitor = Monitor(interval=interval, timeout=timeout, retries=retries, consecutive_down=consecutive_down)
        assert row["worst case"] == f"{monitor.detection_seconds} s"
        monitor.check(Plan.ENTERPRISE)
    assert rows[0]["worst case"] == DEFAULT
    assert [int(row["interval"]) for row in rows if "shortest" in row[""]] == [
        Plan.FREE.smallest_interval,
        Plan.ENTERPRISE.smallest_interval,
    ]


def test_every_steering_is_there_with_its_worst_case() -> None:
    rows = table("Steering")
    assert [word(row["steering"]) for row in rows] == [steering.value for steering in Steering]
    assert {row["worst case"] for row in rows} == {DEFAULT}


def test_every_pattern_is_there_with_its_steering() -> None:
    rows = table("Pattern")
    assert {word(row["pattern"]): word(row["steering"]) for row in rows} == {
        pattern.value: defaults.steering.value for pattern, defaults in DEFAULTS.items()
    }
    assert len(rows) == len(Pattern) and {row["worst case"] for row in rows} == {DEFAULT}
    assert {(one.failover_across_pools, one.zero_downtime_failover.value) for one in DEFAULTS.values()} == {(True, "temporary")}


def test_the_modes_say_when_they_notice() -> None:
    rows = {word(row["mode"]): row["worst case"] for row in table("Mode")}
    assert list(rows) == [mode.value for mode in Mode]
    assert rows["load_balancer"].startswith(DEFAULT) and rows["dns"] == "never by itself"
    promised = CloudflareFrontArgs(zone="example.com", hostname="www.example.com", mode=Mode.TUNNEL).detection_seconds
    assert promised is None and "not promised" in rows["tunnel"]


def test_the_limit_of_a_tunnel_is_the_one_that_tiers_check() -> None:
    assert f"A tunnel takes {MOST_REPLICAS} machines." in PAGE


def test_the_defaults_are_the_ones_that_the_page_marks() -> None:
    args = CloudflareFrontArgs(zone="example.com", hostname="www.example.com")
    marked = [word(line) for line in PAGE.splitlines() if "(the default)" in line]
    assert marked == [args.effective_mode.value, args.effective_steering.value]
