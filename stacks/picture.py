"""Draws an environment: visitors, the front, the clouds with what stands in them, and who goes where when a cloud is gone.

python -m stacks.picture production     # writes production.svg
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from multicloud.database.pair import PairServer
from multicloud.front.mode import Mode
from multicloud.front.steering import Steering
from multicloud.web.exposure import Exposure

from .failover import CLOUDS, Group, groups, of_file, planned_front, whose
from .model import Environment, StackFileError
from .model.web import ExternalTier, Tier
from .svg import Drawing, width_of, wrapped

FOLDER = Path(__file__).parent

MARGIN, GAP, PAD = 24, 24, 14
COLUMN = 280
NARROWEST = 3 * COLUMN + 2 * GAP
WHO, BAR = 250, 240
TEXT, HEAD = 13, 15

COLOURS = ("#2f6fb3", "#d9822b", "#3f8f5f", "#8f5fb3", "#b3475f", "#5f7f8f", "#8f8f2f", "#2f8f8f")
INK, PALE, LINE, GREY, RED = "#1f2933", "#f5f7fa", "#cbd2d9", "#52606d", "#a61b1b"

STEERING = {
    Steering.FAILOVER: "the first healthy tier in order",
    Steering.RANDOM: "a random healthy tier, by weight",
    Steering.GEO: "the first healthy tier of those listed for the visitor's place",
    Steering.DYNAMIC_LATENCY: "the healthy tier that answers fastest",
    Steering.PROXIMITY: "the nearest healthy tier",
    Steering.LEAST_OUTSTANDING_REQUESTS: "the healthy tier with the fewest waiting requests, by weight",
    Steering.LEAST_CONNECTIONS: "the healthy tier with the fewest connections, by weight",
}
EXPOSURES = {
    "load_balancer": "behind the cloud's load balancer",
    "machines": "each machine by itself",
    "registered": "machines register themselves",
    "tunnel": "through a tunnel, no port open",
}


def picture(stack: str, environment: Environment) -> str:
    """The environment as SVG; the same text for the same environment.

    Args:
        stack: The stack's name.
        environment: What its file says, checked.
    """
    return _Picture(stack, environment).drawn()


class _Picture:
    """One drawing; every `_draw_` begins at a height and returns the height where it ends."""

    def __init__(self, stack: str, environment: Environment) -> None:
        self._stack, self._environment, self._front = stack, environment, planned_front(environment)
        self._drawing = Drawing()
        self._tiers = {name: environment.web[name] for name in environment.order}
        self._colours = dict(zip(self._tiers, (COLOURS[index % len(COLOURS)] for index in range(len(self._tiers))), strict=True))
        servers = self._servers
        self._owners = list(
            dict.fromkeys([*(whose(name, tier) for name, tier in self._tiers.items()), *(CLOUDS[server.cloud] for _, server in servers)])
        )
        columns = len(self._owners)
        self._width = max(NARROWEST, columns * COLUMN + (columns - 1) * GAP) + 2 * MARGIN
        self._lefts = [
            (self._width - columns * COLUMN - (columns - 1) * GAP) / 2 + index * (COLUMN + GAP) for index in range(columns)
        ]  # fmt: skip

    @property
    def _servers(self) -> list[tuple[str, PairServer]]:
        """The database's two sides, with their roles."""
        pair = self._environment.database
        return [("primary", pair.primary), ("replica", pair.replica)] if pair else []

    def drawn(self) -> str:
        front, drawing = self._front, self._drawing
        y = drawing.lines(MARGIN, GAP / 2, f"{front.hostname} · {self._stack}", self._width - 2 * MARGIN, 20, bold=True)
        y = self._draw_front(y + GAP / 2)
        y = self._draw_clouds(y)
        y = self._draw_panels(y + 2 * GAP)
        what = f"Visitors of {front.hostname} come to Cloudflare, which sends them to {', '.join(self._tiers)}; below, who goes where when."
        return drawing.render(self._width, y + MARGIN, f"{front.hostname}: the environment {self._stack}", what)

    def _draw_front(self, top: float) -> float:
        """Visitors, and the front that they come to."""
        drawing, front = self._drawing, self._front
        left, width = MARGIN, self._width - 2 * MARGIN
        middle = self._width / 2
        visitors = "Visitors"
        box = width_of(visitors, HEAD, True) + 4 * PAD
        drawing.box(middle - box / 2, top, box, 34, "#ffffff", GREY, 17)
        drawing.text(middle, top + 22, visitors, HEAD, bold=True, anchor="middle")
        drawing.arrow((middle, top + 34), (middle, top + 34 + GAP))
        y = top + 34 + GAP
        texts = [", ".join(front.hostnames), *self._front_says()]
        height = PAD + HEAD * 1.4 + sum(len(wrapped(text, width - 2 * PAD, TEXT)) for text in texts) * TEXT * 1.4 + PAD
        drawing.box(left, y, width, height, "#fff7ed", "#d9822b")
        inner = drawing.lines(left + PAD, y + PAD, "Front at Cloudflare", width - 2 * PAD, HEAD, bold=True)
        for text in texts:
            inner = drawing.lines(left + PAD, inner, text, width - 2 * PAD)
        return y + height

    def _front_says(self) -> Iterable[str]:
        front = self._front
        if front.effective_mode is Mode.TUNNEL:
            yield "One tunnel, which every machine of every tier opens from inside; no machine has an open port"
            yield "Nothing steers: the machine answers that is nearest to where a visitor enters Cloudflare's network, as a rule"
            return
        if front.effective_mode is Mode.DNS:
            yield "Records of the tiers, which visitors get in turn"
            return
        pattern = f", pattern {front.pattern.value.replace('_', '-')}" if front.pattern else ""
        yield f"Steering {front.effective_steering.value.replace('_', ' ')}{pattern}: {STEERING[front.effective_steering]}"
        monitor = front.effective_monitor
        yield (
            f"Asks every origin for {front.health_path} each {60 if monitor.interval is None else monitor.interval} s;"
            f" a dead one gets nobody after {monitor.detection_seconds} s at worst"
        )

    def _draw_clouds(self, top: float) -> float:
        """A column a cloud: its tiers, its side of the database."""
        drawing = self._drawing
        shares = groups(self._front)
        label_height = 3 * GAP
        y = top + label_height
        insides = [self._inside(owner) for owner in self._owners]
        heights = [sum(self._height_of(lines) + GAP / 2 for lines, _, _ in inside) for inside in insides]
        heading = max(len(wrapped(owner, COLUMN - 2 * PAD, HEAD, True)) for owner in self._owners) * HEAD * 1.4
        height = heading + PAD + max(heights)
        sides: dict[str, tuple[float, float]] = {}
        for owner, left, inside in zip(self._owners, self._lefts, insides, strict=True):
            drawing.box(left, y, COLUMN, height, PALE, LINE)
            drawing.lines(left + PAD, y + PAD / 2, owner, COLUMN - 2 * PAD, HEAD, bold=True)
            inner = y + heading + PAD
            for index, (lines, colour, name) in enumerate(inside):
                box = self._height_of(lines)
                drawing.box(left + PAD / 2, inner, COLUMN - PAD, box, "#ffffff", LINE)
                drawing.box(left + PAD / 2, inner, 6, box, colour, radius=2)
                text = drawing.lines(left + 1.5 * PAD, inner + PAD / 2, lines[0], COLUMN - 3 * PAD, HEAD, bold=True)
                for line in lines[1:]:
                    text = drawing.lines(left + 1.5 * PAD, text, line, COLUMN - 3 * PAD)
                if name in ("primary", "replica"):
                    sides[name] = (left, inner + box / 2)
                elif index == 0:
                    self._draw_way(top, left + COLUMN / 2, y, owner, shares)
                inner += box + GAP / 2
        bottom = y + height
        if len(sides) == 2:
            bottom = self._draw_replication(bottom, {role: place[0] + COLUMN / 2 for role, place in sides.items()})
        return bottom

    def _draw_way(self, top: float, x: float, y: float, owner: str, shares: list[Group]) -> None:
        """The arrow from the front to a cloud, with its share where all visitors are alike."""
        drawing = self._drawing
        if self._front.effective_mode is Mode.TUNNEL:
            drawing.arrow((x, y), (x, top))
            drawing.text(x + 8, top + 1.5 * GAP + 5, "opens the tunnel", TEXT, fill=GREY)
            return
        if len(shares) != 1:
            drawing.arrow((x, top), (x, y))
            return
        share = sum(
            part for key, part in shares[0].shares.items() if key in self._tiers and whose(str(key), self._tiers[str(key)]) == owner
        )
        drawing.arrow((x, top), (x, y), dashed=not share)
        drawing.text(x + 8, top + 1.5 * GAP + 5, _percent(share) if share else "stands by", TEXT, bold=bool(share), fill=GREY)

    def _draw_replication(self, y: float, xs: dict[str, float]) -> float:
        """From the primary to the replica, below the clouds."""
        drawing, low = self._drawing, y + 1.2 * GAP
        drawing.arrow((xs["primary"], y), (xs["primary"], low), (xs["replica"], low), (xs["replica"], y))
        drawing.text((xs["primary"] + xs["replica"]) / 2, low + 18, "logical replication", TEXT, fill=GREY, anchor="middle")
        return low + 20

    def _inside(self, owner: str) -> list[tuple[list[str], str, str]]:
        """What stands in a cloud: lines, colour, name."""
        found = [
            (self._tier_says(name, tier), self._colours[name], f"tier {name}")
            for name, tier in self._tiers.items()
            if whose(name, tier) == owner
        ]
        pair = self._environment.database
        for role, server in self._servers:
            if pair and CLOUDS[server.cloud] == owner:
                standby = ["with a standby in another zone"] if server.high_availability else []
                found.append(
                    ([f"Database: {role}", server.region, f"PostgreSQL {pair.version}, {pair.size or 'small'}", *standby], GREY, role)
                )
        return found

    def _tier_says(self, name: str, tier: Tier) -> list[str]:
        size = tier.machine_type or tier.size or ("" if isinstance(tier, ExternalTier) else "small")
        lines = [name, tier.region or "external", ", ".join(filter(None, [_machines(tier), str(size)]))]
        exposure = tier.exposure or (Exposure.MACHINES if isinstance(tier, ExternalTier) else Exposure.LOAD_BALANCER)
        lines.append(EXPOSURES[exposure.value])
        lines += ["HTTPS between Cloudflare and here"] if self._front.origin_port == 443 else []
        pool = next((pool for pool in self._front.known_pools if pool.name == name), None)
        if pool is None:
            return lines
        notes = {
            f"weight {pool.weight}": pool.weight not in (None, 0),
            "drained": pool.weight == 0,
            "not enabled": pool.enabled is False,
            "for routes alone": pool.routes_only,
            f"sheds {pool.shed_percent or 0:g} % of new visitors": pool.shed_percent,
            f"needs {pool.minimum_origins} healthy origins": (pool.minimum_origins or 1) > 1,
        }
        return lines + [note for note, told in notes.items() if told]

    def _height_of(self, lines: list[str]) -> float:
        width = COLUMN - 3 * PAD
        rest = sum(len(wrapped(line, width, TEXT)) for line in lines[1:])
        return len(wrapped(lines[0], width, HEAD, True)) * HEAD * 1.4 + rest * TEXT * 1.4 + PAD

    def _draw_panels(self, y: float) -> float:
        """Who goes where: as all is well, and without each cloud."""
        y = self._draw_panel(y, "All clouds there", self._at_best(), groups(self._front), frozenset())
        for owner in self._owners:
            gone = frozenset(name for name, tier in self._tiers.items() if whose(name, tier) == owner)
            y = self._draw_panel(y, f"{owner} gone", [*self._database_without(owner), *self._until(gone)], groups(self._front, gone), gone)
        return y

    def _draw_panel(self, y: float, title: str, notes: list[str], rows: list[Group], gone: frozenset[str]) -> float:
        drawing, left, width = self._drawing, MARGIN, self._width - 2 * MARGIN
        said = width - WHO - BAR - 4 * PAD
        texts = [(wrapped(row.who, WHO, TEXT), wrapped(self._row_says(row, gone), said, TEXT)) for row in rows]
        heights = [max(len(who), len(what)) * TEXT * 1.4 + 8 for who, what in texts]
        lines = [line for note in notes for line in wrapped(note, width - 2 * PAD, TEXT)]
        height = 2 * PAD + HEAD * 1.4 + len(lines) * TEXT * 1.4 + sum(heights) + (6 if lines else 0)
        drawing.box(left, y, width, height, PALE, LINE)
        inner = drawing.lines(left + PAD, y + PAD, title, width - 2 * PAD, HEAD, bold=True, fill=RED if title.endswith("gone") else INK)
        for line in lines:
            inner = drawing.lines(left + PAD, inner, line, width, fill=GREY)
        inner += 6 if lines else 0
        for row, (who, what), taken in zip(rows, texts, heights, strict=True):
            for index, line in enumerate(who):
                drawing.text(left + PAD, inner + 4 + (index + 0.75) * TEXT * 1.4, line)
            self._draw_bar(left + 2 * PAD + WHO, inner + 5, row, gone)
            for index, line in enumerate(what):
                drawing.text(left + 3 * PAD + WHO + BAR, inner + 4 + (index + 0.75) * TEXT * 1.4, line)
            inner += taken
        return y + height + GAP

    def _draw_bar(self, x: float, y: float, row: Group, gone: frozenset[str]) -> None:
        for key, share in row.shares.items():
            lost = isinstance(key, int) or key in gone
            self._drawing.box(x, y, BAR * share, 16, RED if lost else self._colours[str(key)], "#ffffff", 2)
            x += BAR * share

    def _row_says(self, row: Group, gone: frozenset[str]) -> str:
        said = []
        lost = ", which is gone: no answer"
        if self._is_retried and not gone.issuperset(row.shares):
            lost = ", which is gone: Cloudflare tries once more, at another record's address"
        for key, share in row.shares.items():
            if isinstance(key, int):
                said.append(f"{_percent(share)} get Cloudflare's own answer, {key}")
            else:
                said.append(f"{key} {_percent(share)}{lost if key in gone else ''}")
        return "; ".join(said)

    @property
    def _is_retried(self) -> bool:
        """Whether another record's address is tried when the connection to one fails.

        Source: https://developers.cloudflare.com/dns/manage-dns-records/how-to/round-robin-dns/
        """
        return self._front.effective_mode is Mode.DNS and self._front.is_proxied

    def _at_best(self) -> list[str]:
        """What the shares below it leave unsaid."""
        if self._front.effective_mode is Mode.TUNNEL:
            return [f"The nearest machine of {_listed(list(self._tiers))} answers."]
        if self._front.effective_mode is Mode.LOAD_BALANCER and self._front.effective_steering is Steering.DYNAMIC_LATENCY:
            return ["By distance, which stands in for speed: that is known only when health checks have measured it."]
        return []

    def _until(self, gone: frozenset[str]) -> list[str]:
        """How long it takes until visitors are where the panel shows them."""
        front = self._front
        if front.effective_mode is Mode.TUNNEL:
            left = [name for name in self._tiers if name not in gone]
            if not gone:
                return ["No visitor was there."]
            if not left:
                return ["No machine is left that opens the tunnel: visitors get Cloudflare's own answer, an error 530."]
            return [f"Its machines' connections end, and the nearest machine of {_listed(left)} answers."]
        before = {key for group in groups(front) for key in group.shares}
        if not gone & before:
            return ["No visitor was there."]
        if front.effective_mode is Mode.DNS:
            ttl = front.dns.ttl if front.dns and front.dns.ttl else 300
            kept = "" if front.is_proxied else f", and {ttl} s more, which resolvers keep it"
            return [f"Nothing watches the records: it stays like this until somebody takes the record out{kept}."]
        kept = "" if front.is_proxied else ", and then as long as resolvers keep the answer"
        if all(key in gone for group in groups(front, gone) for key in group.shares):
            return ["No healthy tier is left, and the last resort gets everybody:"]
        return [f"Within {front.effective_monitor.detection_seconds} s at worst{kept}:"]

    def _database_without(self, owner: str) -> list[str]:
        for role, server in self._servers:
            if CLOUDS[server.cloud] == owner:
                goes_on = "the replica can be promoted, by hand" if role == "primary" else "the primary goes on without its replica"
                return [f"Database: {goes_on}."]
        return []


def _machines(tier: Tier) -> str:
    servers = tier.servers
    if servers is None:
        count = len(getattr(tier, "addresses", None) or [])
        return f"{count} machine{'' if count == 1 else 's'}" if count else "machines"
    if servers.scales:
        return f"{servers.min} to {servers.most} machines"
    return f"{servers.min} machine{'' if servers.min == 1 else 's'}"


def _listed(names: list[str]) -> str:
    """Names as a person says them: `a, b or c`."""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _percent(share: float) -> str:
    whole = round(100 * share)
    if share and not whole:
        return "under 1 %"
    return "over 99 %" if whole == 100 and share < 0.995 else f"{whole} %"


def main(arguments: list[str]) -> int:
    """Writes `STACK.svg` into the current folder; returns the exit code."""
    (stack,) = arguments
    try:
        environment = of_file(FOLDER / f"Pulumi.{stack}.yaml")
    except (StackFileError, yaml.YAMLError, OSError) as error:
        print(f"\nerror: stacks/Pulumi.{stack}.yaml: {error}", file=sys.stderr)
        return 1
    file = Path(f"{stack}.svg")
    file.write_text(picture(stack, environment), encoding="utf-8")
    print(f"wrote {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
