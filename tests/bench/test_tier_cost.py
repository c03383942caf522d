"""The benchmark of the component compares two programs that make the same."""

from pathlib import Path
from typing import Any

import pytest

from bench.tier_cost import CLOUDS, prepared, recorded
from tests.recording import Recorded, Recording


def made(recording: Recording) -> dict[str, dict[str, Any]]:
    """What the cloud is asked for, by the name of each resource: components are no part of it."""
    custom = [record for record in recording.all() if record.custom]
    assert len({record.name for record in custom}) == len(custom), "names tell them apart"
    return {record.name: asked(record) for record in custom}


def asked(record: Recorded) -> dict[str, Any]:
    return {
        "type": record.type,
        "inputs": record.inputs,
        "secrets": record.secrets,
        "provider": record.provider,
        "ignore_changes": record.ignore_changes,
        "delete_before_replace": record.delete_before_replace,
        "protect": record.protect,
    }


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_flat_program_makes_the_same_as_the_component(cloud: str, tmp_path: Path) -> None:
    """Every resource with the same type, name, inputs and options; the same look-ups; the same exports."""
    ours, theirs = (recorded(program) for program in prepared(tmp_path, cloud))
    through_component, flat = made(ours), made(theirs)
    assert sorted(flat) == sorted(through_component)
    for name, resource in through_component.items():
        assert flat[name] == resource, name
    assert sorted(map(str, theirs.calls)) == sorted(map(str, ours.calls))
    assert theirs.exports == ours.exports


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_flat_program_waits_for_the_same(cloud: str, tmp_path: Path) -> None:
    """Neither is faster because it waits for less."""
    ours, theirs = (recorded(program) for program in prepared(tmp_path, cloud))
    wanted, found = waits(ours), waits(theirs)
    for name, resources in wanted.items():
        assert found[name] == resources, name


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_flat_program_uses_nothing_of_the_library(cloud: str, tmp_path: Path) -> None:
    text = prepared(tmp_path, cloud)[1].read_text()
    assert "import multicloud" not in text and "from multicloud" not in text


def waits(recording: Recording) -> dict[str, set[str]]:
    """All that must be there before each resource, at whatever distance."""
    direct = {
        record.name: {
            recording.records[urn].name for urn in record.depends_on if urn in recording.records and recording.records[urn].custom
        }
        for record in recording.all()
        if record.custom
    }
    reached: dict[str, set[str]] = {}

    def reach(name: str) -> set[str]:
        if name not in reached:
            reached[name] = set(direct[name]).union(*(reach(other) for other in direct[name]))
        return reached[name]

    for name in direct:
        reach(name)
    return reached
