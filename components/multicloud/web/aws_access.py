"""Who reaches whom in a web tier on AWS: visitors the origins, a load balancer the machines, and they whatever they need."""

from typing import Any

import pulumi
import pulumi_aws as aws

from ..amazon import Children

Rule = aws.vpc.SecurityGroupIngressRule | aws.vpc.SecurityGroupEgressRule


def security_group(children: Children, suffix: str, network_id: pulumi.Input[str]) -> aws.ec2.SecurityGroup:
    """A security group without rules, which lets nothing in or out."""
    return aws.ec2.SecurityGroup(
        f"{children.name}-{suffix}",
        vpc_id=network_id,
        # A change would replace the group.
        description=f"{suffix} of {children.name}",
        tags=children.tags(suffix),
        opts=children.options,
    )


def rules(
    children: Children,
    *,
    balancer: aws.ec2.SecurityGroup | None,
    machines: aws.ec2.SecurityGroup,
    admitted: aws.ec2.ManagedPrefixList | None,
    origin_port: int,
    machine_port: int,
    own_network: bool,
) -> list[Rule]:
    """The rules of a tier, a resource each, so that a change of one is not a change of the group.

    With another port there is another rule, so that machines which serve on the old one are reached until they go.

    Args:
        children: The tier's.
        balancer: The load balancer's group; None where the machines themselves are the origins.
        machines: The machines' group.
        admitted: Who may reach the origins; None where nobody comes in, since visitors come through a tunnel.
        origin_port: The port that visitors come to.
        machine_port: The port that the machines serve on.
        own_network: Whether the network is the tier's own, which has no addresses of IPv6.
    """

    def tcp(port: int) -> dict[str, Any]:
        return {"ip_protocol": "tcp", "from_port": port, "to_port": port}

    def named(suffix: str, port: int | None = None) -> dict[str, Any]:
        options = pulumi.ResourceOptions(parent=children.options.parent, replacement_trigger=port)
        return {"resource_name": f"{children.name}-{suffix}", "tags": children.tags(suffix), "opts": options}

    anywhere: dict[str, dict[str, Any]] = {"machines-egress": {"cidr_ipv4": "0.0.0.0/0"}}
    if not own_network:
        anywhere["machines-egress-ipv6"] = {"cidr_ipv6": "::/0"}
    ways_out = [
        aws.vpc.SecurityGroupEgressRule(
            **named(suffix),
            **to,
            security_group_id=machines.id,
            description="Updates, Session Manager and what the site asks for",
            ip_protocol="-1",
        )
        for suffix, to in anywhere.items()
    ]
    if admitted is None:
        return [*ways_out]
    visitors = {
        **tcp(origin_port),
        "description": f"{'HTTPS' if origin_port == 443 else 'HTTP'} from the admitted ranges",
        "prefix_list_id": admitted.id,
    }
    if balancer is None:
        visited = aws.vpc.SecurityGroupIngressRule(**named("machines-ingress", origin_port), **visitors, security_group_id=machines.id)
        return [visited, *ways_out]
    return [
        aws.vpc.SecurityGroupIngressRule(**named("load-balancer-ingress", origin_port), **visitors, security_group_id=balancer.id),
        aws.vpc.SecurityGroupEgressRule(
            **named("load-balancer-egress", machine_port),
            **tcp(machine_port),
            security_group_id=balancer.id,
            description="Requests and health checks to the machines",
            referenced_security_group_id=machines.id,
        ),
        aws.vpc.SecurityGroupIngressRule(
            **named("machines-ingress", machine_port),
            **tcp(machine_port),
            security_group_id=machines.id,
            description="Requests and health checks from the load balancer",
            referenced_security_group_id=balancer.id,
        ),
        *ways_out,
    ]
