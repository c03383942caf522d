"""Tables of nftables, which close something before there is a network. Pure."""

from .steps import LIBRARY, UNITS

# As Debian's nftables.service is ordered.
_UNIT = """\
[Unit]
Description={description}
{condition}DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {library}/{name}.nft
ExecStop=/usr/sbin/nft delete table inet multicloud_{name}
[Install]
WantedBy=sysinit.target
"""


def table(name: str, rules: str, description: str, unless: str | None = None) -> dict[str, str]:
    """The files of a table and of its unit, `multicloud-<name>.service`, which somebody else has to enable.

    Args:
        name: What it is for; the table in `rules` is `inet multicloud_<name>`.
        rules: The table, as nft reads it.
        description: What the unit does, for people.
        unless: A file with which it is not loaded any more. Defaults to none: it always is.
    """
    condition = f"ConditionPathExists=!{unless}\n" if unless else ""
    unit = _UNIT.format(description=description, condition=condition, library=LIBRARY, name=name)
    return {f"{LIBRARY}/{name}.nft": rules, f"{UNITS}/multicloud-{name}.service": unit}
