"""Target groups of load balancers."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.rules import UNKNOWN, Autoname, Making, Refused, Unique, Values, World

from .facts import resource
from .words import (
    LISTENER,
    TARGET_GROUP,
    arn,
    fresh,
    name_fits,
    tags_fit,
    vpc,
)

NAME = Autoname(max_length=32)


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
        "loadBalancerArns": balancers_of(making.world, making.id),
    }
    if web:
        outputs["protocolVersion"] = making.get("protocolVersion", "HTTP1")
        outputs["stickiness"] = {
            "enabled": False,
            "type": "lb_cookie",
            "cookieDuration": 86400,
            "cookieName": "",
            **({"enabled": True, **making.get("stickiness")} if making.get("stickiness") else {}),
        }
    return outputs


def balancers_of(world: World, target: str) -> list[str]:
    """The load balancers whose listeners lead to a target group."""
    found = {
        str(record.inputs["loadBalancerArn"])
        for record in world.all(LISTENER)
        if target in target_arns(record.inputs.get("defaultActions"))
    }
    return sorted(found)


def target_arns(actions: Any) -> Iterator[str]:
    """The target groups that actions lead to."""
    for action in actions if isinstance(actions, list) else []:
        if isinstance(action, dict):
            yield from [action["targetGroupArn"]] if isinstance(action.get("targetGroupArn"), str) else []
            groups = (action.get("forward") or {}).get("targetGroups") if isinstance(action.get("forward"), dict) else None
            for group in groups or []:
                yield from [group["arn"]] if isinstance(group, dict) and isinstance(group.get("arn"), str) else []


TYPES = (
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
)
