"""A stand-in for Google Cloud."""

import re

from sandbox.rules import Cloud, Refused, Scope, Values

from . import (
    armor,
    autoscalers,
    backends,
    groups,
    health_checks,
    iam,
    machines,
    nat,
    network,
    proxies,
    secret_values,
    services,
    sql_contents,
    sql_instances,
    templates,
)
from .lookups import LOOKUPS
from .places import REGIONS
from .words import AUTONAME, DERIVED, default_id, default_outputs


def scope(configuration: Values) -> Scope:
    """Where a provider works.

    Raises:
        Refused: Without a project, or with one or a region that cannot exist.
    """
    project, region = configuration.get("project"), configuration.get("region", "")
    if not project:
        raise Refused("project: required field is not set; give the provider a `project`", property="project", by="provider")
    if not re.fullmatch(r"([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]", str(project)):
        raise Refused(
            f"googleapi: Error 400: Invalid project id '{project}': 6 to 30 lower-case letters, digits and hyphens", property="project"
        )
    if region and region not in REGIONS:
        raise Refused(
            f"googleapi: Error 404: The resource 'projects/{project}/regions/{region}' was not found, notFound", property="region"
        )
    return Scope(cloud="gcp", account=str(project), region=str(region))


_MODULES = (
    armor,
    autoscalers,
    backends,
    groups,
    health_checks,
    iam,
    machines,
    nat,
    network,
    proxies,
    secret_values,
    services,
    sql_contents,
    sql_instances,
    templates,
)

CLOUD = Cloud(
    name="gcp",
    sdk="pulumi_gcp",
    scope=scope,
    types={type.token: type for module in _MODULES for type in module.TYPES},
    lookups=LOOKUPS,
    default_id=default_id,
    default_outputs=default_outputs,
    autoname=AUTONAME,
    derived=DERIVED,
)
