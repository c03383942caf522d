"""Listeners of load balancers, and their rules."""

import re
from typing import Any

from sandbox.clouds.shared import known
from sandbox.rules import Limit, Making, Record, Reference, Refused, Unique, Values

from .facts import resource
from .target_groups import balancers_of, target_arns
from .words import CERTIFICATE, LISTENER, LOAD_BALANCER, TARGET_GROUP, TRUST_STORE, all_known, fresh, names, others, tags_fit, words


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
            wanted = needs.get(str(action.get("type")), ()) if isinstance(action, dict) else ()
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


def _mutual(making: Making) -> None:
    """Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_MutualAuthenticationAttributes.html."""
    where, mode = "mutualAuthentication", making.get("mutualAuthentication.mode")
    if mode is None:
        return
    if making.inputs.get("protocol") in ("HTTP", "TCP", "UDP", "TCP_UDP", "TLS"):
        raise Refused(f"ValidationError: Mutual authentication is not supported for {making.get('protocol')} listeners", property=where)
    given = (making.inputs.get(where) or {}).get("trustStoreArn") is not None
    if given != (mode == "verify"):
        says = "A trust store must be specified for" if not given else "A trust store cannot be specified for"
        raise Refused(f"ValidationError: {says} mutual authentication mode '{mode}'", property=f"{where}.trustStoreArn")


_POLICIES = re.compile(
    r"ELBSecurityPolicy-(2015-05|2016-08|TLS-1-0-2015-04|TLS-1-1-2017-01|TLS-1-2-2017-01|TLS-1-2-Ext-2018-06"
    r"|FS-2018-06|FS-1-1-2019-08|FS-1-2-2019-08|FS-1-2-Res-2019-08|FS-1-2-Res-2020-10"
    r"|TLS13-1-[0-3]-2021-06|TLS13-1-2-(Res|Ext1|Ext2)-2021-06|TLS13-1-[0-3]-FIPS-2023-04|TLS13-1-2-(Res|Ext[0-2])-FIPS-2023-04"
    r"|TLS13-1-[023](-FIPS)?-PQ-2025-09|TLS13-1-2-(Res|Ext1|Ext2|Res-FIPS|Ext[0-2]-FIPS)-PQ-2025-09)"
)
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html."""


def _policy_exists(making: Making) -> None:
    for where, name in known(making, "sslPolicy"):
        if not _POLICIES.fullmatch(name):
            raise Refused(f"SSLPolicyNotFound: SSL policy '{name}' not found", property=where)


def _certificate_usable(making: Making) -> None:
    """A listener takes a certificate of its own region that is issued."""
    found = making.world.one(CERTIFICATE, making.get("certificateArn"), "arn")
    if found is not None and found.scope.region != making.scope.region:
        raise Refused(f"CertificateNotFound: Certificate '{found.id}' not found", property="certificateArn")
    if found is not None and found.outputs.get("status") != "ISSUED":
        raise Refused(
            f"UnsupportedCertificate: The certificate '{found.id}' must have a fully-qualified domain name, a supported signature, and a "
            "supported key size. (it is not issued yet)",
            property="certificateArn",
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
    for target in target_arns(making.get("defaultActions")):
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
    for other in balancers_of(making.world, target):
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
        LISTENER,
        id=_listener_id,
        outputs=_listener_outputs,
        limits={"port": Limit(minimum=1, maximum=65535)},
        checks=(_actions("defaultActions"), _secure, _mutual, _policy_exists, tags_fit),
        before_create=(_listener_fits, _certificate_usable),
        before_update=(_listener_fits, _certificate_usable),
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
            names(
                "mutualAuthentication.trustStoreArn",
                TRUST_STORE,
                by="arn",
                missing="TrustStoreNotFound: Trust store '{value}' not found",
                in_use="TrustStoreInUse: Trust store '{target}' is currently in use by a listener ({user})",
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
