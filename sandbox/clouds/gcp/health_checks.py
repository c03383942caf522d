"""Health checks."""

from sandbox.rules import UNKNOWN, Limit, Making, Refused, Type, Values

from ..shared import known
from .tokens import HEALTH_CHECK, REGION_HEALTH_CHECK
from .words import Where, below, compute, invalid, names

_HTTP = "host port portName portSpecification proxyHeader requestPath response"
_STREAM = "port portName portSpecification proxyHeader request response"
_PROTOCOLS = {
    "grpcHealthCheck": "grpcServiceName port portName portSpecification",
    "grpcTlsHealthCheck": "grpcServiceName port portSpecification",
    "http2HealthCheck": _HTTP,
    "httpHealthCheck": _HTTP,
    "httpsHealthCheck": _HTTP,
    "sslHealthCheck": _STREAM,
    "tcpHealthCheck": _STREAM,
}
_HTTP_KINDS = names("http2HealthCheck httpHealthCheck httpsHealthCheck")
_PROXIED_KINDS = (*_HTTP_KINDS, "sslHealthCheck", "tcpHealthCheck")


def _in_time(making: Making) -> None:
    interval, timeout = making.get("checkIntervalSec", 5), making.get("timeoutSec", 5)
    if UNKNOWN not in (making.inputs.get("checkIntervalSec"), making.inputs.get("timeoutSec")) and timeout > interval:
        raise invalid("timeoutSec", timeout, f"The timeout must not be longer than the check interval, {interval}.")


def _one_port(making: Making) -> None:
    """The plugin refuses it at the plan."""
    for block in _PROTOCOLS:
        specification = making.get(f"{block}.portSpecification")
        if specification in ("USE_NAMED_PORT", "USE_SERVING_PORT") and making.get(f"{block}.port"):
            raise Refused(
                f"Error in {block}: Must not specify port when using portSpecification {specification}.",
                property=f"{block}.port",
                by="provider",
            )


def _request_path(making: Making) -> None:
    for block in _HTTP_KINDS:
        for where, path in known(making, f"{block}.requestPath"):
            if not str(path).startswith("/"):
                raise invalid(where, path, "Must begin with a slash.")


def _check_outputs(making: Making) -> Values:
    block = next(name for name in _PROTOCOLS if name in making.inputs)
    return {"type": {"grpcTlsHealthCheck": "GRPC_WITH_TLS"}.get(block, block.removesuffix("HealthCheck").upper())}


def _health_check(token: str, where: Where, replaces: str, limits: dict[str, Limit]) -> Type:
    return compute(
        token,
        "healthChecks",
        where,
        replaces=frozenset(names(replaces)),
        enums={
            **{f"{block}.portSpecification": names("USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT") for block in _PROTOCOLS},
            **{f"{block}.proxyHeader": names("NONE PROXY_V1") for block in _PROXIED_KINDS},
        },
        limits={
            "checkIntervalSec": Limit(minimum=1, maximum=300, by="api"),
            "timeoutSec": Limit(minimum=1, maximum=300, by="api"),
            "healthyThreshold": Limit(minimum=1, maximum=10, by="api"),
            "unhealthyThreshold": Limit(minimum=1, maximum=10, by="api"),
            **{f"{block}.port": Limit(minimum=1, maximum=65535, by="api") for block in _PROTOCOLS},
            **limits,
        },
        exactly_one_of=(tuple(_PROTOCOLS),),
        at_least_one_of=tuple(below(block, properties) for block, properties in _PROTOCOLS.items()),
        defaults={
            "checkIntervalSec": 5,
            "timeoutSec": 5,
            "healthyThreshold": 2,
            "unhealthyThreshold": 2,
            "logConfig.enable": False,
            **{f"{block}.proxyHeader": "NONE" for block in _PROXIED_KINDS},
            **{f"{block}.requestPath": "/" for block in _HTTP_KINDS},
        },
        keeps=frozenset(names("project region") if where == "regions" else names("project")),
        checks=(_in_time, _one_port, _request_path),
        outputs=_check_outputs,
    )


TYPES = (
    _health_check(HEALTH_CHECK, "global", "name project", {"sourceRegions": Limit(min_items=3, max_items=3)}),
    _health_check(REGION_HEALTH_CHECK, "regions", "name project region", {}),
)
