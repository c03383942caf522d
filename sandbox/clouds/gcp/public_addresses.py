"""Reserved addresses on machines: one has one machine at a time, be it of its own or of a group.

Sources: https://cloud.google.com/compute/docs/ip-addresses/configure-static-external-ip-address,
https://cloud.google.com/compute/docs/instance-groups/updating-migs#replacement_method
"""

from collections.abc import Iterator

from sandbox import paths
from sandbox.rules import UNKNOWN, Making, Record, Refused, Values, World

from .tokens import ADDRESS, GROUP, INSTANCE, REGION_TEMPLATE, TEMPLATE, ZONAL_GROUP
from .words import find, invalid


def _named(inputs: Values) -> set[str]:
    """The public addresses that a machine or a template names."""
    found = paths.find(inputs, paths.pattern("networkInterfaces[*].accessConfigs[*].natIp"))
    return {str(value) for _, value in found if value and value is not UNKNOWN}


def _of_group(world: World, inputs: Values) -> set[str]:
    """The public addresses that a group's templates name."""
    found: set[str] = set()
    for _, wanted in paths.find(inputs, paths.pattern("versions[*].instanceTemplate")):
        for token in (REGION_TEMPLATE, TEMPLATE):
            template = find(world, token, wanted) if wanted is not UNKNOWN else None
            found |= _named(template.inputs) if template else set()
    return found


def _users(world: World) -> Iterator[tuple[Record, set[str]]]:
    for record in world.all(INSTANCE):
        yield record, _named(record.inputs)
    for token in (GROUP, ZONAL_GROUP):
        for record in world.all(token):
            yield record, _of_group(world, record.inputs)


def _taken(address: str, by: str) -> Refused:
    return Refused(
        f"googleapi: Error 400: IP_IN_USE_BY_ANOTHER_RESOURCE - External IP address: '{address}' is already being used by '{by}', "
        "resourceInUseByAnotherResource"
    )


def _free(making: Making, wanted: set[str]) -> None:
    for address in sorted(wanted):
        if making.world.one(ADDRESS, address, "address") is None:
            raise invalid("networkInterfaces[0].accessConfigs[0].natIP", address, "The specified external IP address was not found.")
        for other, theirs in _users(making.world):
            if other.id != making.id and address in theirs:
                raise _taken(address, other.id)


def free_for_machine(making: Making) -> None:
    """Refuses a machine whose address another one has."""
    _free(making, _named(making.inputs))


def free_for_group(making: Making) -> None:
    """Refuses a group whose template names an address that another one has, or that more than one of its machines would have."""
    wanted = _of_group(making.world, making.inputs)
    if not wanted:
        return
    _free(making, wanted)
    if making.get("targetSize", 1) > 1:
        raise _taken(min(wanted), f"{making.id}'s first machine")
    renewed = making.old is not None and making.old.inputs.get("versions") != making.inputs.get("versions")
    if renewed and (making.get("updatePolicy.maxSurgeFixed", 1) or making.get("updatePolicy.replacementMethod") != "RECREATE"):
        raise _taken(min(wanted), f"{making.id}'s old machine")


def not_in_use(address: Record, world: World) -> None:
    """Refuses to give an address back that a machine has."""
    for user, theirs in _users(world):
        if address.outputs.get("address") in theirs:
            raise Refused(
                f"googleapi: Error 400: The address resource '{address.id}' is already being used by '{user.id}', "
                "resourceInUseByAnotherResource"
            )
