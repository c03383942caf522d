"""Load balancers, target groups, listeners and their rules."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from sandbox.rules import UNKNOWN, Autoname, Limit, Making, Record, Reference, Refused, Unique, Values, World

from .facts import resource
from .network import gateway_of
from .places import balancer_hosted_zone
from .words import (
    CERTIFICATE,
    LISTENER,
    LOAD_BALANCER,
    SECURITY_GROUP,
    SUBNET,
    TARGET_GROUP,
    all_known,
    arn,
    fresh,
    known,
    name_fits,
    names,
    others,
    security_group,
    subnet,
    tags_fit,
    vpc,
    words,
)

NAME = Autoname(max_length=32)
_PREFIX = {"application": "app", "network": "net", "gateway": "gwy"}


def _kind(making: Making) -> str:
    return str(making.get("loadBalancerType", "application"))


# Load balancers


def _balancer_id(making: Making) -> str:
    return arn(making, "elasticloadbalancing", f"loadbalancer/{_PREFIX[_kind(making)]}/{making.get('name')}/{fresh(making)[:16]}")


def _subnets(making: Making) -> list[tuple[str, str]]:
    """The subnets with their paths, however they are given."""
    plain = [(f"subnets[{i}]", value) for i, value in enumerate(making.get("subnets") or [])]
    mapped = [
        (f"subnetMappings[{i}].subnetId", m.get("subnetId"))
        for i, m in enumerate(making.get("subnetMappings") or [])
        if isinstance(m, dict)
    ]
    return [(path, value) for path, value in (*plain, *mapped) if isinstance(value, str)]


def _two_subnets(making: Making) -> None:
    given = making.get("subnets") or making.get("subnetMappings")
    if _kind(making) == "application" and isinstance(given, list) and len(given) < 2:
        raise Refused(
            "ValidationError: At least two subnets in two different Availability Zones must be specified",
            property="subnets" if making.get("subnets") else "subnetMappings",
        )


def _balancer_fits(making: Making) -> None:
    """The subnets are of one VPC, a zone each, large enough, and with a way to the internet where visitors come from there."""
    zones: dict[str, str] = {}
    networks = set()
    for path, id in _subnets(making):
        found = making.world.one(SUBNET, id)
        if found is None:
            continue
        zone, network = str(found.outputs["availabilityZone"]), str(found.inputs["vpcId"])
        networks.add(network)
        if zone in zones:
            raise Refused(
                "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone "
                f"({zones[zone]} and {id} are in {zone})",
                property=path,
            )
        zones[zone] = id
        cidr = ipaddress.ip_network(str(found.outputs["cidrBlock"]))
        if cidr.prefixlen > 27:
            raise Refused(
                f"InvalidSubnet: Not enough IP space available in {id}. ELB requires at least 8 free IP addresses in each subnet.",
                property=path,
            )
    if len(networks) > 1:
        raise Refused(
            "InvalidConfigurationRequest: All subnets must belong to the same VPC: " + ", ".join(sorted(networks)), property="subnets"
        )
    if len(zones) < 2 and _kind(making) == "application":
        raise Refused("ValidationError: At least two subnets in two different Availability Zones must be specified", property="subnets")
    for network in networks:
        if not making.get("internal", False) and _kind(making) != "gateway" and gateway_of(making, network) is None:
            raise Refused(f"InvalidSubnet: VPC {network} has no internet gateway", property="subnets")
        for index, id in enumerate(making.get("securityGroups") or []):
            group = making.world.one(SECURITY_GROUP, id)
            if group is not None and group.outputs.get("vpcId") != network:
                raise Refused(
                    f"InvalidConfigurationRequest: One or more security groups are invalid ({id} is not in {network})",
                    property=f"securityGroups[{index}]",
                )


def _balancer_outputs(making: Making) -> Values:
    subnets = [id for _, id in _subnets(making)]
    found = making.world.one(SUBNET, subnets[0]) if subnets else None
    name, number, region = str(making.get("name")), making.id.rsplit("/", 1)[-1], making.scope.region
    scheme = "internal-" if making.get("internal", False) else ""
    application = f"{scheme}{name}-{int(number, 16) % 10**10:010d}.{region}.elb.amazonaws.com"
    groups = making.get("securityGroups") or []
    return {
        "arn": making.id,
        "arnSuffix": making.id.split(":loadbalancer/")[-1],
        "dnsName": application if _kind(making) == "application" else f"{name}-{number}.elb.{region}.amazonaws.com",
        "zoneId": balancer_hosted_zone(region),
        "vpcId": str(found.inputs["vpcId"]) if found else "",
        "internal": making.get("internal", False),
        "ipAddressType": making.get("ipAddressType", "ipv4"),
        "subnets": subnets,
        "subnetMappings": making.get("subnetMappings")
        or [{"subnetId": id, "allocationId": "", "ipv6Address": "", "outpostId": "", "privateIpv4Address": ""} for id in subnets],
        "securityGroups": groups,
        "namePrefix": making.get("namePrefix", ""),
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": making.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", ""),
    }


def _deletable(record: Record, world: World) -> None:
    if record.outputs.get("enableDeletionProtection"):
        raise Refused(
            f"OperationNotPermitted: Load balancer '{record.id}' cannot be deleted because deletion protection is enabled. "
            "Set enableDeletionProtection to false first."
        )


def _subnets_shrink(old: Values, new: Values) -> bool:
    before, after = old.get("subnets"), new.get("subnets")
    return old.get("loadBalancerType") == "network" and isinstance(before, list) and isinstance(after, list) and len(after) <= len(before)


def _mappings_change(old: Values, new: Values) -> bool:
    before, after = old.get("subnetMappings"), new.get("subnetMappings")
    if not isinstance(before, list) or not isinstance(after, list):
        return False
    if old.get("loadBalancerType") == "network":
        return any(mapping not in after for mapping in before)
    kept = {m.get("subnetId"): m for m in after if isinstance(m, dict)}
    return any(m.get("subnetId") in kept and kept[m["subnetId"]] != m for m in before if isinstance(m, dict))


def _addresses_shrink(old: Values, new: Values) -> bool:
    name = "secondaryIpsAutoAssignedPerSubnet"
    return (new.get(name) or 0) < (old.get(name) or 0)


def _groups_come_or_go(old: Values, new: Values) -> bool:
    return old.get("loadBalancerType") == "network" and bool(old.get("securityGroups")) != bool(new.get("securityGroups"))


# Target groups


def _target_needs(making: Making) -> None:
    if making.inputs.get("targetType") == "lambda" or making.inputs.get("targetType") is UNKNOWN:
        return
    kind = making.get("targetType", "instance")
    for name in ("port", "protocol", "vpcId"):
        if making.inputs.get(name) is None:
            raise Refused(f"`{name}` should be set when target type is `{kind}`", property=name, by="provider")


def _health(making: Making) -> None:
    check = making.get("healthCheck")
    if not isinstance(check, dict):
        return
    interval, timeout, protocol = check.get("interval", 30), check.get("timeout"), str(check.get("protocol", "HTTP")).upper()
    if isinstance(interval, int | float) and isinstance(timeout, int | float) and timeout >= interval:
        raise Refused(
            f"ValidationError: Health check timeout '{timeout:g}' must be smaller than the interval '{interval:g}'",
            property="healthCheck.timeout",
        )
    for name in ("path", "matcher"):
        if protocol == "TCP" and check.get(name):
            raise Refused(f"`{name}` is not supported for health checks with protocol TCP", property=f"healthCheck.{name}", by="provider")
    matcher = check.get("matcher")
    grpc = making.get("protocolVersion") == "GRPC"
    if isinstance(matcher, str) and matcher and not grpc and not re.fullmatch(r"[2-5]\d\d((,|-)[2-5]\d\d)*", matcher):
        raise Refused(
            f"ValidationError: Health check matcher HTTP code '{matcher}' is not valid: 200 to 599", property="healthCheck.matcher"
        )


def _target_outputs(making: Making) -> Values:
    protocol = str(making.get("protocol", ""))
    web = protocol in ("HTTP", "HTTPS")
    checked = making.get("healthCheck") or {}
    usual: Values = {"enabled": True, "healthyThreshold": 3, "interval": 30, "port": "traffic-port", "unhealthyThreshold": 3, "timeout": 5}
    usual["protocol"] = "HTTP" if web else "TCP"
    if str(checked.get("protocol", usual["protocol"])).upper() in ("HTTP", "HTTPS"):
        usual |= {"path": "/", "matcher": "200"}
    outputs: Values = {
        "arn": making.id,
        "arnSuffix": "targetgroup/" + making.id.split(":targetgroup/")[-1],
        "healthCheck": {**usual, **checked},
        "ipAddressType": making.get("ipAddressType", "ipv4"),
        "loadBalancingAlgorithmType": making.get("loadBalancingAlgorithmType", "round_robin" if web else ""),
        "loadBalancingAnomalyMitigation": making.get("loadBalancingAnomalyMitigation", "off" if web else ""),
        "loadBalancingCrossZoneEnabled": making.get("loadBalancingCrossZoneEnabled", "use_load_balancer_configuration"),
        "namePrefix": making.get("namePrefix", ""),
        "loadBalancerArns": _balancers_of(making.world, making.id),
    }
    if web:
        outputs["protocolVersion"] = making.get("protocolVersion", "HTTP1")
        outputs["stickiness"] = {
            "enabled": False, "type": "lb_cookie", "cookieDuration": 86400, "cookieName": "",
            **({"enabled": True, **making.get("stickiness")} if making.get("stickiness") else {}),
        }
    return outputs


def _balancers_of(world: World, target: str) -> list[str]:
    """The load balancers whose listeners lead to a target group."""
    found = {
        str(record.inputs["loadBalancerArn"]) for record in world.all(LISTENER) if target in _targets(record.inputs.get("defaultActions"))
    }
    return sorted(found)


# Listeners


def _targets(actions: Any) -> Iterator[str]:
    """The target groups that actions lead to."""
    for action in actions if isinstance(actions, list) else []:
        if isinstance(action, dict):
            yield from [action["targetGroupArn"]] if isinstance(action.get("targetGroupArn"), str) else []
            groups = (action.get("forward") or {}).get("targetGroups") if isinstance(action.get("forward"), dict) else None
            for group in groups or []:
                yield from [group["arn"]] if isinstance(group, dict) and isinstance(group.get("arn"), str) else []


def _actions(block: str) -> Any:
    """Refuses actions without what their type needs."""
    needs = {
        "forward": ("targetGroupArn", "forward"),
        "redirect": ("redirect",),
        "fixed-response": ("fixedResponse",),
        "authenticate-cognito": ("authenticateCognito",),
        "authenticate-oidc": ("authenticateOidc",),
        "jwt-validation": ("jwtValidation",),
    }

    def check(making: Making) -> None:
        for index, action in enumerate(making.get(block) or []):
            wanted = needs.get(action.get("type"), ()) if isinstance(action, dict) else ()
            if wanted and all(action.get(name) is None for name in wanted):
                raise Refused(
                    f"ValidationError: an action of type '{action['type']}' needs {' or '.join(wanted)}",
                    property=f"{block}[{index}].{wanted[0]}",
                )

    return check


def _secure(making: Making) -> None:
    if making.inputs.get("protocol") in ("HTTPS", "TLS") and making.inputs.get("certificateArn") is None:
        raise Refused(f"ValidationError: A certificate must be specified for {making.get('protocol')} listeners", property="certificateArn")
    if making.inputs.get("protocol") in ("HTTP", "TCP", "UDP", "TCP_UDP"):
        for name in ("certificateArn", "sslPolicy"):
            if making.inputs.get(name) is not None:
                raise Refused(
                    f"InvalidLoadBalancerAction: {name} cannot be specified for listeners with protocol {making.get('protocol')}",
                    property=name,
                )


def _listener_fits(making: Making) -> None:
    """The protocol is one of the load balancer's kind, and the targets are of its VPC and of no other load balancer."""
    balancer = making.world.one(LOAD_BALANCER, making.get("loadBalancerArn"))
    if balancer is None:
        return
    kind, protocol = balancer.outputs.get("loadBalancerType"), making.get("protocol")
    allowed = {"application": ("HTTP", "HTTPS"), "network": ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")}.get(str(kind))
    if allowed and not all_known(making, "port"):
        raise Refused("ValidationError: A listener port must be specified", property="port")
    if allowed and protocol not in allowed and not (protocol is None and kind == "application"):
        raise Refused(f"ValidationError: Listener protocol '{protocol}' must be one of '{', '.join(allowed)}'", property="protocol")
    for target in _targets(making.get("defaultActions")):
        _target_fits(making, balancer, target)


def _target_fits(making: Making, balancer: Record, target: str) -> None:
    found = making.world.one(TARGET_GROUP, target)
    if found is None:
        return
    network = found.inputs.get("vpcId")
    if network is not None and network != balancer.outputs.get("vpcId"):
        raise Refused(
            f"InvalidConfigurationRequest: The load balancer '{balancer.id}' and the target group '{target}' are in different VPCs",
            property="defaultActions",
        )
    for other in _balancers_of(making.world, target):
        if other != balancer.id:
            raise Refused(
                f"TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: {target}",
                property="defaultActions",
            )


def _listener_id(making: Making) -> str:
    return str(making.get("loadBalancerArn")).replace(":loadbalancer/", ":listener/") + f"/{fresh(making)[:16]}"


def _listener_outputs(making: Making) -> Values:
    secure = making.get("protocol") in ("HTTPS", "TLS")
    balancer = making.world.one(LOAD_BALANCER, making.get("loadBalancerArn"))
    usual = "HTTP" if balancer and balancer.outputs.get("loadBalancerType") == "application" else "TCP"
    actions = [{"order": index + 1, **action} for index, action in enumerate(making.get("defaultActions") or [])]
    return {
        "arn": making.id,
        "protocol": making.get("protocol", usual),
        "sslPolicy": making.get("sslPolicy", "ELBSecurityPolicy-2016-08" if secure else ""),
        "defaultActions": actions,
    }


# Rules


def _rule_id(making: Making) -> str:
    return str(making.get("listenerArn")).replace(":listener/", ":listener-rule/") + f"/{fresh(making)[:16]}"


def _rule_outputs(making: Making) -> Values:
    taken = {
        record.outputs.get("priority")
        for record in others(making, making.token)
        if record.inputs.get("listenerArn") == making.get("listenerArn")
    }
    free = next(number for number in range(1, 50001) if number not in taken)
    old = making.old.outputs.get("priority") if making.old else None
    actions = [{"order": index + 1, **action} for index, action in enumerate(making.get("actions") or [])]
    return {"arn": making.id, "priority": making.get("priority") or old or free, "actions": actions}


def _free_priority(making: Making) -> None:
    for record in others(making, making.token):
        if record.inputs.get("listenerArn") == making.get("listenerArn") and record.outputs.get("priority") == making.get("priority"):
            raise Refused(f"PriorityInUse: Priority '{making.get('priority')}' is currently in use", property="priority")


def _ends_with_an_answer(making: Making) -> None:
    for where, conditions in known(making, "conditions"):
        for index, condition in enumerate(conditions):
            if isinstance(condition, dict) and len(condition) != 1:
                raise Refused("a condition has exactly one kind", property=f"{where}[{index}]", by="provider")


def _target(path: str) -> Reference:
    return names(
        path,
        TARGET_GROUP,
        by="arn",
        missing="TargetGroupNotFound: One or more target groups not found ({value})",
        in_use="ResourceInUse: Target group '{target}' is currently in use by a listener or a rule ({user})",
        holds=True,
    )


TYPES = (
    resource(
        LOAD_BALANCER,
        id=_balancer_id,
        autoname=NAME,
        outputs=_balancer_outputs,
        replaces_when={
            "secondaryIpsAutoAssignedPerSubnet": _addresses_shrink,
            "securityGroups": _groups_come_or_go,
            "subnetMappings": _mappings_change,
            "subnets": _subnets_shrink,
        },
        sets=words("subnets securityGroups subnetMappings"),
        limits={"idleTimeout": Limit(minimum=1, maximum=4000, by="api"), "clientKeepAlive": Limit(minimum=60, maximum=604800, by="api")},
        checks=(_two_subnets, name_fits(32), tags_fit),
        before_create=(_balancer_fits,),
        before_update=(_balancer_fits,),
        before_delete=(_deletable,),
        references=(subnet("subnets[*]"), subnet("subnetMappings[*].subnetId"), security_group("securityGroups[*]")),
        unique=(
            Unique(
                paths=("name",),
                message="DuplicateLoadBalancerName: A load balancer with the same name '{value}' exists, but with different settings",
            ),
        ),
    ),
    resource(
        TARGET_GROUP,
        id=lambda making: arn(making, "elasticloadbalancing", f"targetgroup/{making.get('name')}/{fresh(making)[:16]}"),
        autoname=NAME,
        outputs=_target_outputs,
        checks=(_target_needs, _health, name_fits(32), tags_fit),
        references=(vpc(holds=False),),
        unique=(
            Unique(
                paths=("name",),
                message="DuplicateTargetGroupName: A target group with the same name '{value}' exists, but with different settings",
            ),
        ),
    ),
    resource(
        LISTENER,
        id=_listener_id,
        outputs=_listener_outputs,
        limits={"port": Limit(minimum=1, maximum=65535)},
        checks=(_actions("defaultActions"), _secure, tags_fit),
        before_create=(_listener_fits,),
        before_update=(_listener_fits,),
        references=(
            names(
                "loadBalancerArn", LOAD_BALANCER, by="arn", missing="LoadBalancerNotFound: One or more load balancers not found ({value})"
            ),
            _target("defaultActions[*].targetGroupArn"),
            _target("defaultActions[*].forward.targetGroups[*].arn"),
            names(
                "certificateArn",
                CERTIFICATE,
                by="arn",
                missing="CertificateNotFound: Certificate '{value}' not found",
                in_use="ResourceInUseException: Certificate {target} in account is in use by {user}.",
                holds=True,
            ),
        ),
        unique=(
            Unique(
                paths=("loadBalancerArn", "port"),
                message="DuplicateListener: A listener already exists on this port for this load balancer '{value}'",
            ),
        ),
    ),
    resource(
        "aws:lb/listenerRule:ListenerRule",
        id=_rule_id,
        outputs=_rule_outputs,
        sets=words("conditions"),
        checks=(_actions("actions"), _ends_with_an_answer, tags_fit),
        before_create=(_free_priority,),
        before_update=(_free_priority,),
        references=(
            names("listenerArn", LISTENER, by="arn", missing="ListenerNotFound: One or more listeners not found ({value})"),
            _target("actions[*].targetGroupArn"),
            _target("actions[*].forward.targetGroups[*].arn"),
        ),
    ),
)
