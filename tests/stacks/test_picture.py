"""The picture of an environment: well-formed, the same each time, and nothing of it on top of something else."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest

from stacks.failover import groups, planned_front
from stacks.model import parse
from stacks.picture import picture
from stacks.svg import width_of, wrapped
from tests.stacks.environments import ROOT, STACKS, environment
from tests.stacks.origin_mistakes import TUNNEL, TUNNELS
from tests.stacks.valid import changed

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """Where a text stands."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def drawn(given: dict[str, Any], stack: str = "test") -> str:
    return picture(stack, parse(json.dumps(given)))


def boxes(svg: str) -> tuple[list[Box], tuple[float, float]]:
    """Each text's box, and the canvas."""
    root = ElementTree.fromstring(svg)
    found = []
    for node in root.iter(f"{SVG}text"):
        text, size = node.text or "", float(node.attrib["font-size"])
        width = width_of(text, size, "font-weight" in node.attrib)
        left = float(node.attrib["x"]) - (width / 2 if node.attrib["text-anchor"] == "middle" else 0)
        base = float(node.attrib["y"])
        found.append(Box(text, left, base - 0.8 * size, left + width, base + 0.25 * size))
    return found, (float(root.attrib["width"]), float(root.attrib["height"]))


def assert_tidy(svg: str) -> None:
    """No text leaves the canvas or touches another, and each box is on the canvas."""
    texts, (width, height) = boxes(svg)
    assert texts
    for index, box in enumerate(texts):
        assert box.left >= 0 and box.right <= width and box.top >= 0 and box.bottom <= height, box
        assert [other for other in texts[index + 1 :] if box.overlaps(other)] == [], box
    for node in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        left, top = float(node.attrib.get("x", 0)), float(node.attrib.get("y", 0))
        assert left >= 0 and left + float(node.attrib["width"]) <= width
        assert top >= 0 and top + float(node.attrib["height"]) <= height


def texts_of(svg: str) -> list[str]:
    return [box.text for box in boxes(svg)[0]]


EXTERNAL = {"cloud": "external", "addresses": ["192.0.2.1", "192.0.2.2"], "region": "basement-" + "x" * 40}
WEB = changed()["web"]
MANY = {f"tier-number-{index}-of-a-long-list": {**WEB["gcp"], "network": f"10.{index}.0.0/16", "weight": 0.01} for index in range(8)}
CASES: dict[str, dict[str, Any]] = {
    **{stack: environment(stack) for stack in STACKS},
    "proximity": changed(front__steering="proximity", web__gcp__weight=1) | {},
    "dynamic": changed(front__steering="dynamic_latency"),
    "geo": changed(
        front__steering="geo",
        front__geo={"regions": {"WEU": ["gcp", "aws"], "OC": ["digitalocean"]}, "countries": {"CH": ["aws"]}},
    ),
    "routes": changed(front__routes=[{"name": "api", "path": "/a-long-path/" + "x" * 60 + "/", "pools": ["gcp", "aws"]}]),
    "respond": changed(front__routes=[{"name": "closed", "path": "/shop/", "respond": {"status": 503}}]),
    "machines of somebody else": changed(web__basement=EXTERNAL, front__order=["aws", "gcp", "digitalocean", "basement"]),
    "records": changed(front={"zone": "example.com", "hostname": "www.example.com", "mode": "dns"}, web={"basement": EXTERNAL}),
    "one tunnel": changed(**TUNNEL),
    "one tunnel, and machines of somebody else": changed(**TUNNEL, web__basement={"cloud": "external", "exposure": "tunnel"}),
    "a tunnel each": changed(**TUNNELS),
    "many tiers on one cloud": changed(web=MANY, front__order=sorted(MANY)),
    "a long name": changed(front__hostname=".".join(["w" * 60] * 3) + ".example.com"),
}
for name in ("proximity", "dynamic", "geo"):
    CASES[name]["web"]["gcp"].pop("weight", None)


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_on_top_of_something_else(case: str) -> None:
    assert_tidy(drawn(CASES[case]))


@pytest.mark.parametrize("stack", STACKS)
def test_the_same_environment_is_the_same_picture(stack: str) -> None:
    """Whatever the order of its keys, and from another process, too."""
    here = drawn(environment(stack), stack)
    program = f"from tests.stacks.test_picture import *; sys.stdout.write(drawn(environment({stack!r}), {stack!r}))"
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'components'}", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}
    there = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=path, capture_output=True, text=True, timeout=120, check=True)
    assert there.stdout == here


def test_production_shows_what_there_is_and_what_happens() -> None:
    """Tiers, machines, database and, for each cloud that is gone, who goes where and when."""
    given = changed(front__monitor={"interval": 15, "timeout": 2, "retries": 2}, web__digitalocean__weight=0.5)
    texts = texts_of(drawn(given, "production"))
    for text in (
        "www.example.com · production",
        "2 to 6 machines, small",
        "Database: primary",
        "logical replication",
        "aws 50 %; gcp 25 %; digitalocean 25 %",
        "AWS gone",
        "gcp 50 %; digitalocean 50 %",
        "Google Cloud gone",
        "aws 67 %; digitalocean 33 %",
        "DigitalOcean gone",
        "aws 67 %; gcp 33 %",
    ):
        assert text in texts
    assert texts.count("Within 21 s at worst:") == 3


def test_the_only_cloud_gone_leaves_nobody_to_answer() -> None:
    web = {"gcp": {**WEB["gcp"]}}
    web["gcp"].pop("weight")
    texts = texts_of(drawn(changed(web=web, front={"zone": "example.com", "hostname": "www.example.com"})))
    assert "gcp 100 %, which is gone: no answer" in texts
    assert "No healthy tier is left, and the last resort gets everybody:" in texts
    assert texts[texts.index("AWS gone") + 2] == "No visitor was there."


def test_records_stay_until_somebody_takes_them_out() -> None:
    texts = " ".join(texts_of(drawn(CASES["records"])))
    assert "Nothing watches the records" in texts and "at worst" not in texts


@pytest.mark.parametrize("proxied", [True, False])
def test_records_of_a_cloud_that_is_gone_are_tried_past_by_cloudflare(proxied: bool) -> None:
    """Where it stands between, and where another address is there."""
    web = {"basement": EXTERNAL, "attic": {**EXTERNAL, "addresses": ["203.0.113.77"]}}
    given: dict[str, Any] = {"zone": "example.com", "hostname": "www.example.com", "mode": "dns", "order": ["basement", "attic"]}
    texts = " ".join(texts_of(drawn(changed(front={**given, **({} if proxied else {"dns": {"proxied": False}})}, web=web))))
    assert ("gone: Cloudflare tries once more, at another" in texts) is proxied
    assert ("gone: no answer" in texts) is not proxied
    del given["order"]
    alone = " ".join(texts_of(drawn(changed(front=given, web={"basement": EXTERNAL}))))
    assert "gone: no answer" in alone and "tries once more" not in alone


def test_nothing_steers_within_a_tunnel() -> None:
    """Every machine opens it, and those that are left answer when a cloud is gone, whichever it is."""
    texts = texts_of(drawn(CASES["one tunnel"]))
    assert texts.count("opens the tunnel") == 3
    assert texts[texts.index("All clouds there") + 1] == "The nearest machine of aws, digitalocean or gcp answers."
    assert "Its machines' connections end, and the nearest machine of digitalocean or gcp answers." in texts
    assert not [text for text in texts if "at worst" in text or "Steering" in text or "stands by" in text]


def test_no_machine_is_left_in_a_tunnel_when_its_only_cloud_is_gone() -> None:
    only = {"gcp": {**WEB["gcp"], "exposure": "tunnel"}}
    del only["gcp"]["weight"]
    texts = texts_of(drawn(changed(web=only, front={"zone": "example.com", "hostname": "www.example.com", "mode": "tunnel"})))
    assert "No machine is left that opens the tunnel: visitors get Cloudflare's own answer, an error 530." in texts
    assert "No visitor was there." in texts


def test_tiers_with_tunnels_of_their_own_are_steered_to() -> None:
    texts = texts_of(drawn(CASES["a tunnel each"]))
    assert texts.count("through a tunnel, no port open") == 3
    assert "Within 75 s at worst:" in texts


def test_what_a_user_writes_is_text_and_never_markup() -> None:
    """An environment's words are escaped wherever they stand; the stack's name is the only one that no rule narrows."""
    svg = drawn(changed(), '</text><script>alert("1")</script>&\x07')
    assert "<script" not in svg and "\x07" not in svg
    assert_tidy(svg)
    assert any("<script>" in text for text in texts_of(svg))


def test_proximity_groups_the_visitors_by_where_they_go() -> None:
    given = changed(front__steering="proximity", web__gcp__region="us-east1")
    given["web"]["gcp"].pop("weight")
    found = groups(planned_front(parse(json.dumps(given))))
    where = {place: key for group in found for key in group.shares for place in re.findall(r"\b[A-Z]{2,4}\b", group.who)}
    assert where["ENAM"] == where["WNAM"] == "gcp" and where["WEU"] == where["NEAS"] == "aws"


@pytest.mark.parametrize("text", ["", "one", "some words that have to be broken into lines", "x" * 200, "a " + "y" * 99 + " b"])
def test_wrapped_lines_fit_and_lose_nothing(text: str) -> None:
    lines = wrapped(text, 120, 13)
    assert all(width_of(line, 13) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
