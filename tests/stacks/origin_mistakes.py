"""The mistakes that can be made in how Cloudflare comes to the tiers, by tunnels and with certificates, each with what the user reads."""

from functools import partial

from tests.stacks.valid import GONE, VALID, Mistakes, Values, note

WRONG: Mistakes = {}
wrong = partial(note, WRONG)

TUNNEL: Values = {
    "front__mode": "tunnel",
    "front__steering": GONE,
    "front__order": GONE,
    "web__gcp__weight": GONE,
    **{f"web__{name}__exposure": "tunnel" for name in VALID["web"]},
}
"""One tunnel that all tiers share, and right."""
TUNNELS: Values = {f"web__{name}__exposure": "tunnel" for name in VALID["web"]}
"""A tunnel for each tier, and right."""
CERTIFIED: Values = {f"web__{name}__certificate": True for name in VALID["web"]}
"""Tiers with a certificate, and right."""
MUTUAL: Values = {"front__origin_pulls": "required", "front__order": ["aws"], "web": {"aws": {**VALID["web"]["aws"], "certificate": True}}}
"""Origin pulls, and right."""

# One tunnel
wrong(
    "a tier beside the one tunnel",
    "environment.web.aws.exposure: is missing, and front.mode tunnel leads to machines that open the tunnel, and nowhere else; "
    "say exposure: tunnel, or another front.mode",
    **{path: value for path, value in TUNNEL.items() if path != "web__aws__exposure"},
)
wrong(
    "machines with addresses beside the one tunnel",
    "environment.web.gcp.exposure: is machines, and front.mode tunnel leads to machines that open the tunnel, and nowhere else; "
    "say exposure: tunnel, or another front.mode",
    **TUNNEL | {"web__gcp__exposure": "machines"},
)
wrong(
    "a weight in the one tunnel",
    "environment.web.gcp.weight: is given, and front.mode tunnel steers nobody: the nearest machine answers; "
    "leave it out, or say front.mode: load_balancer",
    **TUNNEL | {"web__gcp__weight": 0.5},
)
wrong(
    "a tier that is taken out of the one tunnel",
    "environment.web.aws.enabled: is given, and front.mode tunnel steers nobody: the nearest machine answers; "
    "leave it out, or say front.mode: load_balancer",
    **TUNNEL,
    web__aws__enabled=False,
)
wrong(
    "two ports in the one tunnel",
    "environment.web.gcp.health_check.port: 8080 differs from that of aws, 80, and the tunnel leads to the same port of all machines; "
    "give all tiers the same",
    **TUNNEL,
    web__gcp__health_check={"port": 8080},
)
wrong(
    "more machines than a tunnel takes",
    "environment.web.digitalocean.servers: makes up to 28 machines of all tiers, and a tunnel takes 25; "
    "give fewer, or say front.mode: load_balancer, with which each tier has a tunnel of its own",
    **TUNNEL,
    web__digitalocean__servers={"min": 20},
)
for given, value in {
    "steering": "random",
    "pattern": "active_passive",
    "monitor": {"interval": 30},
    "failover_within": 60,
    "fallback_pool": "aws",
    "session_affinity": "cookie",
    "routes": [{"name": "api", "path": "/api/", "pools": ["aws"]}],
    "notification_email": "ops@example.com",
}.items():
    wrong(
        f"{given} in the one tunnel",
        f"environment.front.{given}: is given, and mode tunnel has no load balancing; "
        "leave it out, or say mode: load_balancer over tiers with a tunnel each",
        **TUNNEL | {f"front__{given}": value},
    )
wrong(
    "visitors who would come to the one tunnel by themselves",
    "environment.front.dns.proxied: is false, and only Cloudflare reaches a tunnel; leave it out",
    **TUNNEL,
    front__dns={"proxied": False},
)

# Tunnels
wrong(
    "a tunnel among records",
    "environment.web.gcp.exposure: is tunnel, and front.mode dns leads to addresses; say front.mode: tunnel, or load_balancer",
    front={"zone": "example.com", "hostname": "www.example.com", "mode": "dns"},
    web={"gcp": {**VALID["web"]["gcp"], "exposure": "tunnel", "weight": 1}},
)

wrong(
    "visitors who would come to a tunnel by themselves",
    "environment.web.aws.exposure: is tunnel, which only Cloudflare reaches, and dns.proxied is false; leave one of the two out",
    front__dns={"proxied": False},
    front__order=["aws"],
    web={"aws": {**VALID["web"]["aws"], "exposure": "tunnel"}},
)
wrong(
    "a tunnel beside plain HTTP",
    "environment.web.gcp.exposure: leads to port 443, and that of aws to 80, and the front goes to the same port of all tiers; "
    "let all tiers have a certificate or a tunnel, or none: Cloudflare asks tunnels over HTTPS",
    web__gcp__exposure="tunnel",
)
wrong(
    "a certificate of a tier in a tunnel",
    "environment.web.aws.certificate: is given, and through a tunnel, which encrypts by itself, nobody sees it; "
    "leave it out, or take another exposure",
    **TUNNELS,
    web__aws__certificate=True,
)
wrong(
    "several healthy tunnels of one tier",
    "environment.web.aws.minimum_origins: 1 can never be the 2 healthy ones of minimum_origins; lower that to 1",
    **TUNNELS,
    web__aws__minimum_origins=2,
)

# The certificate that is made
wrong(
    "a certificate for nobody",
    "environment.front.origin_certificate: is for tiers that say certificate: true, and there is none; "
    "say certificate: true in every tier, or leave it out",
    front__origin_certificate={},
)
wrong(
    "a certificate that no browser trusts",
    "environment.front.origin_certificate: is trusted by Cloudflare alone, and dns.proxied is false: "
    "visitors come to the tiers by themselves; give multicloud:originCertificate one that browsers trust",
    **CERTIFIED,
    front__origin_certificate={},
    front__dns={"proxied": False},
)
wrong(
    "a validity that Cloudflare has no certificates of",
    "environment.front.origin_certificate.validity_days: 60 is none of Cloudflare's; take one of 7, 30, 90, 365, 730, 1095, 5475",
    **CERTIFIED,
    front__origin_certificate={"validity_days": 60},
)
wrong(
    "a certificate that is renewed too late",
    "environment.front.origin_certificate.renew_before_days: 90 is outside 1 to 89 days, of the 90 that a certificate is valid; "
    "leave it out, which is 30",
    **CERTIFIED,
    front__origin_certificate={"validity_days": 90, "renew_before_days": 90},
)
wrong(
    "a misspelt detail of the certificate",
    "environment.front.origin_certificate.validity: is not known here; did you mean validity_days?",
    **CERTIFIED,
    front__origin_certificate={"validity": 365},
)

# Who may come
wrong(
    "origin pulls for nobody",
    "environment.front.origin_pulls: is for tiers that say certificate: true, and there is none; "
    "say certificate: true in every tier, or leave it out",
    front__origin_pulls="required",
)
wrong(
    "origin pulls that visitors would have to pass",
    "environment.front.origin_pulls: is about what Cloudflare shows to tiers, and dns.proxied is false: "
    "visitors come to the tiers by themselves; leave one of the two out",
    **MUTUAL,
    front__dns={"proxied": False},
)
wrong(
    "origin pulls where a cloud cannot ask",
    "environment.web.gcp.certificate: is where front.origin_pulls asks for Cloudflare's, and on Google Cloud the tier's load balancer "
    "asks nobody for a certificate; write exposure: machines or registered, where the machines do, or leave front.origin_pulls out",
    front__origin_pulls="required",
    front__order=["aws", "gcp"],
    web={name: {**VALID["web"][name], "certificate": True} for name in ("aws", "gcp")},
)
wrong(
    "origin pulls that are true",
    "environment.front.origin_pulls: is true or false; give one of shown, required",
    **MUTUAL | {"front__origin_pulls": True},
)
wrong(
    "two kinds of origin pulls",
    "environment.front.shield.origin_pulls: shows the certificate of all zones at Cloudflare, "
    "and front.origin_pulls one of this zone alone; leave it out",
    **MUTUAL,
    front__shield={"origin_pulls": True},
)
wrong(
    "a certificate of AWS's own with origin pulls",
    "environment.web.other.certificate_arn: is given, and front.origin_pulls asks at the tiers that say certificate: true; "
    "say certificate: true instead, or leave origin_pulls out",
    **MUTUAL
    | {
        "front__order": ["aws", "other"],
        "web": {
            "aws": {**VALID["web"]["aws"], "certificate": True},
            "other": {
                **VALID["web"]["aws"],
                "network": "10.60.0.0/16",
                "certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
            },
        },
    },
)
