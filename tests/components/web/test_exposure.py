"""How a tier is reached: its exposure, registration, certificate and steps of replacement, refused where they cannot work together."""

from dataclasses import replace
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.web.contract import HealthCheck, Servers, WebTierArgs
from multicloud.web.exposure import Certificate, Exposure, Registration, Replacement, TunnelConnection
from multicloud.web.schedule import Day, Period, Schedule

ZONE = "0123456789abcdef" * 2
TOKEN = "aB3_-" * 8
REGISTRATION = Registration(hostname="origins.aws.example.com", zone_id=ZONE, token_secret="cloudflare-token")

BODY = "MIIBszCCAVmgAwIBAgIUSHORT+/==\n"


def pem(label: str, body: str = BODY) -> str:
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


TUNNEL = TunnelConnection(hostname="01234567-89ab-cdef-0123-456789abcdef.cfargotunnel.com", token="eyJh" * 20)
TUNNELLED: dict[str, Any] = {"exposure": Exposure.TUNNEL, "tunnel": TUNNEL}

CERTIFICATE = Certificate(certificate=pem("CERTIFICATE"), private_key=pem("PRIVATE KEY"))
NIGHTS = Schedule(time_zone="UTC", periods=[Period(days=[Day.MONDAY], start="22:00", end="06:00", servers=1)])


def message(args: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        args.check()
    return str(caught.value)


# the tier


@pytest.mark.parametrize(
    ("args", "port"),
    [
        ({}, 80),
        ({"health_check": HealthCheck(port=8080)}, 80),
        ({"certificate": CERTIFICATE}, 443),
        ({"certificate": CERTIFICATE, "health_check": HealthCheck(port=8080)}, 443),
        ({"exposure": Exposure.MACHINES}, 80),
        ({"exposure": Exposure.MACHINES, "health_check": HealthCheck(port=8080)}, 8080),
        ({"exposure": Exposure.MACHINES, "certificate": CERTIFICATE}, 443),
        ({"exposure": Exposure.REGISTERED, "registration": REGISTRATION, "health_check": HealthCheck(port=8080)}, 8080),
        ({"exposure": Exposure.REGISTERED, "registration": REGISTRATION, "certificate": CERTIFICATE}, 443),
        (TUNNELLED, 443),
        (TUNNELLED | {"health_check": HealthCheck(port=8080)}, 443),
    ],
)
def test_the_front_comes_to_one_port(args: dict[str, Any], port: int) -> None:
    """443 with a certificate or a tunnel, that of the load balancer without, and the machines' own where there is neither."""
    tier = WebTierArgs(servers=Servers(min=2), **args)
    tier.check()
    assert tier.origin_port == port


@pytest.mark.parametrize(
    ("args", "wrong"),
    [
        (
            {"exposure": Exposure.REGISTERED},
            "registration: is missing, and exposure is registered; say where machines put themselves",
        ),
        (
            {"registration": REGISTRATION},
            "registration: is given, and exposure is load_balancer; write exposure: registered, or leave it out",
        ),
        (
            {"exposure": Exposure.MACHINES, "registration": REGISTRATION},
            "registration: is given, and exposure is machines; write exposure: registered, or leave it out",
        ),
        (
            {"exposure": Exposure.MACHINES, "servers": Servers(min=2, max=3)},
            "servers.max: 3 is above servers.min, and machines with reserved addresses are a fixed number; "
            "leave it out, or write exposure: registered or load_balancer",
        ),
        (
            {"exposure": Exposure.MACHINES, "schedule": NIGHTS},
            "schedule: is given, and machines with reserved addresses are a fixed number; "
            "leave it out, or write exposure: registered or load_balancer",
        ),
        (
            {"exposure": Exposure.MACHINES, "certificate": CERTIFICATE, "script": "#!/bin/sh\n"},
            "certificate: is given beside script, whose own server answers visitors; "
            "let the script set up HTTPS by itself, or write exposure: load_balancer",
        ),
        (
            {"exposure": Exposure.MACHINES, "certificate": CERTIFICATE, "health_check": HealthCheck(port=8080)},
            "health_check.port: 8080 is given beside certificate, with which the machines serve on 443 alone; leave it out",
        ),
        ({"exposure": Exposure.TUNNEL}, "tunnel: is missing, and exposure is tunnel; give the hostname and the token of a Tunnel"),
        ({"tunnel": TUNNEL}, "tunnel: is given, and exposure is load_balancer; write exposure: tunnel, or leave it out"),
        (
            {**TUNNELLED, "registration": REGISTRATION},
            "registration: is given, and exposure is tunnel; write exposure: registered, or leave it out",
        ),
        (
            {**TUNNELLED, "tunnel": replace(TUNNEL, hostname="www.example.com")},
            "tunnel.hostname: is no name of a tunnel; write the tunnel's id and .cfargotunnel.com, or give the hostname of a Tunnel",
        ),
        (
            {**TUNNELLED, "tunnel": replace(TUNNEL, token="a secret in the wrong place")},
            "tunnel.token: is no token of a tunnel; give the token of a Tunnel, or that of the dashboard",
        ),
        (
            {**TUNNELLED, "certificate": CERTIFICATE},
            "certificate: is given, and through a tunnel, which encrypts by itself, nobody sees it; leave it out, or take another exposure",
        ),
        (
            {**TUNNELLED, "admitted_ranges": ["203.0.113.0/24"]},
            "admitted_ranges: is given, and nobody reaches a machine but through its tunnel; leave it out, or take another exposure",
        ),
        (
            {**TUNNELLED, "health_check": HealthCheck(port=443)},
            "health_check.port: 443 is for HTTPS, and machines behind a tunnel serve plain HTTP; "
            "leave it out: the tunnel encrypts by itself",
        ),
        (
            {**TUNNELLED, "servers": Servers(min=2, max=26)},
            "servers.max: 26 is above 25, the most machines that one tunnel takes; "
            "give 25 at most, or make a second tier with a tunnel of its own",
        ),
        (
            {**TUNNELLED, "schedule": replace(NIGHTS, periods=[replace(NIGHTS.periods[0], servers=26)])},
            "schedule.periods[0].servers: 26 is above 25, the most machines that one tunnel takes; "
            "give 25 at most, or make a second tier with a tunnel of its own",
        ),
        (
            {"network_id": "vpc-1", "network": "10.1.0.0/16"},
            "network: is given beside network_id, whose range is what it is; leave one of the two out",
        ),
        (
            {"subnet_ids": ["subnet-1", "subnet-2"]},
            "subnet_ids: is given without network_id; name the network that they belong to, or leave it out",
        ),
    ],
)
def test_what_cannot_go_together_is_refused(args: dict[str, Any], wrong: str) -> None:
    assert message(WebTierArgs(**{"servers": Servers(min=2), **args})) == wrong


@pytest.mark.parametrize(
    "args",
    [
        {"exposure": Exposure.MACHINES, "servers": Servers(min=2, max=2)},
        {"exposure": Exposure.REGISTERED, "registration": REGISTRATION, "servers": Servers(min=2, max=5), "schedule": NIGHTS},
        {"exposure": Exposure.LOAD_BALANCER, "certificate": CERTIFICATE, "script": "#!/bin/sh\nexit 0\n"},
        {**TUNNELLED, "servers": Servers(min=2, max=25), "schedule": NIGHTS, "admitted_ranges": []},
        {"network_id": pulumi.Output.from_input("vpc-1"), "subnet_ids": ["subnet-1", pulumi.Output.from_input("subnet-2")]},
    ],
)
def test_what_can_go_together_is_taken(args: dict[str, Any]) -> None:
    WebTierArgs(**{"servers": Servers(min=2), **args}).check()


@pytest.mark.parametrize(("given", "refused"), [({"port": 8080}, True), ({"port": 80}, False), ({"port": 443}, False), ({}, False)])
def test_visitors_come_through_cloudflares_proxy_on_its_own_ports_alone(given: dict[str, Any], refused: bool) -> None:
    args = WebTierArgs(
        servers=Servers(min=2),
        exposure=Exposure.REGISTERED,
        registration=replace(REGISTRATION, proxied=True),
        health_check=HealthCheck(**given),
    )
    if refused:
        assert message(args) == (
            "registration.proxied: is given beside port 8080, and visitors would have to come to Cloudflare on that port, too; "
            "leave it out, or serve on port 80 or 443"
        )
    else:
        args.check()


# registration


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (
            {"hostname": "origins"},
            "registration.hostname: 'origins' is not a hostname; write letters, digits and hyphens between dots, like",
        ),
        (
            {"hostname": "Origins.example.com"},
            "registration.hostname: 'Origins.example.com' has capital letters; write origins.example.com",
        ),
        ({"hostname": "*.example.com"}, "registration.hostname: '*.example.com' is not a hostname; "),
        (
            {"zone_id": "example.com"},
            "registration.zone_id: is no id of a zone; write the 32 hexadecimal digits of the zone's overview page",
        ),
        ({"zone_id": ZONE + "\n"}, "registration.zone_id: is no id of a zone; "),
        ({"token_secret": None}, "registration.token_secret: is missing; name the secret that holds the token"),
        ({"token": TOKEN}, "registration.token: is given beside token_secret; leave token out"),
        (
            {"token_secret": None, "token": "Bearer " + TOKEN},
            "registration.token: is no API token of Cloudflare; make one with the template Edit zone DNS",
        ),
        ({"token_secret": None, "token": "short"}, "registration.token: is no API token of Cloudflare; "),
        ({"token_secret": None, "token": TOKEN + "\n"}, "registration.token: is no API token of Cloudflare; "),
        ({"ttl": 59}, "registration.ttl: 59 is outside 60 to 86400 seconds; 60 forgets a dead machine soonest"),
        ({"ttl": 86401}, "registration.ttl: 86401 is outside 60 to 86400 seconds; "),
        ({"ttl": 60, "proxied": True}, "registration.ttl: is given beside proxied, where Cloudflare decides it; leave one of the two out"),
    ],
)
def test_a_registration_that_cannot_work_is_refused(change: dict[str, Any], wrong: str) -> None:
    """And without the token in the message."""
    said = message(replace(REGISTRATION, **change))
    assert said.startswith(wrong)
    assert TOKEN not in said and "short" not in said


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"token_secret": None, "token": TOKEN},
        {"token_secret": None, "token": pulumi.Output.secret(TOKEN)},
        {"zone_id": pulumi.Output.from_input(ZONE)},
        {"ttl": 60, "proxied": False},
        {"ttl": 86400},
        {"proxied": True},
    ],
)
def test_a_registration_that_can_work_is_taken(change: dict[str, Any]) -> None:
    replace(REGISTRATION, **change).check()


# certificate

KEY = "certificate.private_key: "


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (
            {"certificate": "/etc/ssl/cert.pem"},
            "certificate.certificate: is not in PEM form; give the text from -----BEGIN CERTIFICATE-----",
        ),
        ({"certificate": pem("PRIVATE KEY")}, "certificate.certificate: is not in PEM form; "),
        ({"certificate": pem("CERTIFICATE")[:-40]}, "certificate.certificate: is not in PEM form; "),
        ({"certificate": pem("CERTIFICATE") * 2}, "certificate.certificate: holds more than one; give the others as chain"),
        ({"certificate": pem("CERTIFICATE") + pem("PRIVATE KEY")}, "certificate.certificate: is not in PEM form; "),
        ({"private_key": pem("CERTIFICATE")}, f"{KEY}is not in PEM form; give the text from -----BEGIN PRIVATE KEY-----"),
        ({"private_key": pem("ENCRYPTED PRIVATE KEY")}, f"{KEY}is encrypted with a passphrase; give it without one"),
        (
            {"private_key": pem("RSA PRIVATE KEY", f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0102\n\n{BODY}")},
            f"{KEY}is encrypted with a passphrase; give it without one",
        ),
        ({"private_key": pem("PRIVATE KEY") * 2}, f"{KEY}holds more than one; give the certificate's own"),
        ({"chain": "none"}, "certificate.chain: is not in PEM form; "),
        ({"chain": pem("CERTIFICATE") + pem("PRIVATE KEY")}, "certificate.chain: is not in PEM form; "),
    ],
)
def test_a_certificate_that_cannot_be_shown_is_refused(change: dict[str, Any], wrong: str) -> None:
    """And without any of it in the message; a private key never gets to where everybody may read."""
    said = message(replace(CERTIFICATE, **change))
    assert said.startswith(wrong)
    assert BODY.strip() not in said


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"private_key": pem("EC PRIVATE KEY")},
        {"private_key": pem("RSA PRIVATE KEY")},
        {"private_key": pulumi.Output.secret(pem("PRIVATE KEY"))},
        {"chain": pem("CERTIFICATE") + "\n" + pem("CERTIFICATE")},
        {"certificate": "\n" + pem("CERTIFICATE").replace("\n", "\r\n")},
        {"certificate": pem("CERTIFICATE").strip()},
    ],
)
def test_a_certificate_that_can_be_shown_is_taken(change: dict[str, Any]) -> None:
    replace(CERTIFICATE, **change).check()


# replacement


@given(st.integers(-200, 300), st.integers(-200, 300))
def test_a_replacement_is_taken_where_machines_can_move(surge: int, unavailable: int) -> None:
    """Percentages, and never both 0."""
    replacement = Replacement(surge_percent=surge, unavailable_percent=unavailable)
    legal = 0 <= surge <= 100 and 0 <= unavailable <= 100 and (surge or unavailable)
    if legal:
        replacement.check()
    else:
        assert message(replacement).startswith("replacement.")


@pytest.mark.parametrize(
    ("replacement", "wrong"),
    [
        (
            Replacement(surge_percent=0),
            "replacement.surge_percent: is 0 beside unavailable_percent 0: no machine could be replaced; let one be above 0",
        ),
        (Replacement(surge_percent=101), "replacement.surge_percent: 101 is outside 0 to 100 percent; leave it out for the default"),
        (
            Replacement(unavailable_percent=-1),
            "replacement.unavailable_percent: -1 is outside 0 to 100 percent; leave it out for the default",
        ),
    ],
)
def test_a_replacement_that_cannot_work_is_refused(replacement: Replacement, wrong: str) -> None:
    assert message(replacement) == wrong


def test_new_machines_are_healthy_before_old_ones_go_by_default() -> None:
    replacement = WebTierArgs(servers=Servers(min=2)).effective_replacement
    assert (replacement.surge, replacement.unavailable) == (50, 0)


def test_no_secret_is_shown_where_arguments_are() -> None:
    """Tracebacks and test reports show arguments as Python writes them."""
    registration = replace(REGISTRATION, token_secret=None, token=TOKEN)
    tier = WebTierArgs(servers=Servers(min=2), exposure=Exposure.REGISTERED, registration=registration, certificate=CERTIFICATE)
    assert TOKEN not in repr(tier) and "PRIVATE KEY" not in repr(tier)
