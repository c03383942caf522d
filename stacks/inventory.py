"""What the clouds themselves say exists of a stack, through the providers' own look-ups: `python -m stacks.inventory STACK`.

Used to find resources without a record (`make orphans`). The look-ups run in a preview of a program that registers nothing but
providers, with a state of its own, so that the stack's is not touched. What a cloud has no look-up for is not found: on
DigitalOcean that is all but droplets, at AWS what cannot carry tags, and IAM.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi import automation

from .model.environment import Accounts, Environment
from .model.reading import KEY, parse
from .model.secrets import NAMESPACE
from .providers import Providers

Things = list[dict[str, Any]]
"""Each with `type`, `id`, `name` and `inputs`: what tells to which stack it belongs."""


def inventory(environment: Environment, project: str, stack: str) -> tuple[Things, dict[str, str]]:
    """Everything that the look-ups find of a stack, and which cloud did not answer, with the reason. Runs inside a Pulumi program.

    Args:
        environment: Tells which clouds and regions to ask.
        project: The project's name, as the tags have it.
        stack: The stack's name, as the tags have it.
    """
    providers = Providers(environment.accounts or Accounts())
    servers = [environment.database.primary, environment.database.replica] if environment.database else []
    places = sorted({(place.cloud, place.region) for place in (*environment.web.values(), *servers)})
    ask: dict[str, Callable[[str, str, pulumi.InvokeOptions], Things]] = {
        "aws": _aws,
        "gcp": _gcp,
        "digitalocean": _digitalocean,
        "cloudflare": partial(_cloudflare, environment.front.zone),
    }
    found: Things = []
    silent: dict[str, str] = {}
    for cloud, region in [*places, ("cloudflare", "")]:
        provider = providers.cloud(cloud, region) if region else providers.other(cloud)
        try:
            found += ask[cloud](project, stack, pulumi.InvokeOptions(provider=provider))
        except Exception as error:  # an invoke fails with no narrower type, and one cloud's silence must not hide the others' answers
            silent[f"{cloud} {region}".strip()] = str(error)
    return list({(thing["type"], thing["id"]): thing for thing in found}.values()), silent


def _aws(project: str, stack: str, options: pulumi.InvokeOptions) -> Things:
    """All that is tagged, by its ARN. Source: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html"""
    import pulumi_aws as aws

    filters = [{"key": "project", "values": [project]}, {"key": "stack", "values": [stack]}]
    answer = aws.resourcegroupstaggingapi.get_resources(tag_filters=filters, opts=options)  # type: ignore[arg-type]
    return [_thing("aws", found.resource_arn, {"tags": dict(found.tags)}) for found in answer.resource_tag_mapping_lists]


def _gcp(project: str, stack: str, options: pulumi.InvokeOptions) -> Things:
    """All that is labelled or described as the stack's. Source: https://cloud.google.com/asset-inventory/docs/query-syntax"""
    import pulumi_gcp as gcp

    account = gcp.organizations.get_client_config(opts=options).project
    found: Things = []
    for query in (f"labels.project={project} labels.stack={stack}", f'description:"project={project} stack={stack}"'):
        answer = gcp.cloudasset.get_search_all_resources(scope=f"projects/{account}", query=query, opts=options)
        found += [
            _thing(
                "gcp",
                "projects/" + asset.name.partition("projects/")[2],
                {"labels": dict(asset.labels or {}), "description": asset.description},
            )
            for asset in answer.results
        ]
    return found


def _digitalocean(project: str, stack: str, options: pulumi.InvokeOptions) -> Things:
    """The droplets that are tagged."""
    import pulumi_digitalocean as digitalocean

    filters = [{"key": "tags", "values": [f"stack:{stack}"]}, {"key": "tags", "values": [f"project:{project}"]}]
    answer = digitalocean.get_droplets(filters=filters, opts=options)  # type: ignore[arg-type]
    return [
        _thing("digitalocean:index/droplet:Droplet", str(found.id), {"name": found.name, "tags": list(found.tags)})
        for found in answer.droplets
    ]


def _cloudflare(zone_name: str, project: str, stack: str, options: pulumi.InvokeOptions) -> Things:
    """The load balancers, pools, monitors and DNS records whose note says so, and the tunnels, which have nothing but a name."""
    import pulumi_cloudflare as cloudflare

    zone = cloudflare.get_zone(filter=cloudflare.GetZoneFilterArgs(match="all", name=zone_name), opts=options)
    account: str = dict(zone.account)["id"]
    note = f"project={project} stack={stack} "
    noted: list[tuple[str, Any]] = [
        *(("loadBalancer:LoadBalancer", item) for item in cloudflare.get_load_balancers(zone_id=zone.id, opts=options).results),
        *(
            ("loadBalancerPool:LoadBalancerPool", item)
            for item in cloudflare.get_load_balancer_pools(account_id=account, opts=options).results
        ),
        *(
            ("loadBalancerMonitor:LoadBalancerMonitor", item)
            for item in cloudflare.get_load_balancer_monitors(account_id=account, opts=options).results
        ),
        *(("dnsRecord:DnsRecord", item) for item in cloudflare.get_dns_records(zone_id=zone.id, opts=options).results),
    ]
    texts = [(kind, item.id, getattr(item, "description", None) or getattr(item, "comment", None) or "") for kind, item in noted]
    tunnels = cloudflare.get_zero_trust_tunnel_cloudflareds(
        account_id=account, include_prefix=f"{project}-{stack}-", is_deleted=False, opts=options
    )
    texts += [("zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared", item.id, note) for item in tunnels.results]
    return [_thing(f"cloudflare:index/{kind}", id_, {"description": text}) for kind, id_, text in texts if note in text]


def _thing(type_: str, id_: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {"type": type_, "id": id_, "name": "", "inputs": {key: value for key, value in inputs.items() if value}}


def main(stack: str) -> None:
    """Prints a stack's inventory as JSON: what was `found`, and which clouds were `silent` and why."""
    root = Path(__file__).resolve().parent.parent
    project = yaml.safe_load((root / "Pulumi.yaml").read_text())["name"]
    file = yaml.safe_load((root / "stacks" / f"Pulumi.{stack}.yaml").read_text())
    environment = parse(json.dumps(file["config"][f"{NAMESPACE}:{KEY}"]))
    answers: list[tuple[Things, dict[str, str]]] = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = automation.LocalWorkspaceOptions(
            work_dir=folder,
            env_vars={**os.environ, "PULUMI_BACKEND_URL": f"file://{folder}?metadata=skip", "PULUMI_CONFIG_PASSPHRASE": "nothing is kept"},
            project_settings=automation.ProjectSettings(name=project, runtime="python"),
        )
        empty = automation.create_or_select_stack(
            stack, project, program=lambda: answers.append(inventory(environment, project, stack)), opts=workspace
        )
        try:
            empty.preview(on_output=lambda line: print(line, file=sys.stderr, end=""))
        except automation.CommandError:
            # What went wrong is printed already. A look-up whose provider did not start waits for ever, in a thread that exit waits for.
            sys.stderr.flush()
            os._exit(1)
    ((found, silent),) = answers
    json.dump({"found": found, "silent": silent}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
