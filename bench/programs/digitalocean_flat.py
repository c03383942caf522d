"""The tier of `digitalocean_component.py`, resource by resource, as an engineer writes it without this library."""

from pathlib import Path

import pulumi
import pulumi_digitalocean as digitalocean

FILES = Path(__file__).parent
TAGS = ["component:web", "managed-by:pulumi", f"project:{pulumi.get_project()}", f"stack:{pulumi.get_stack()}"]
ANYWHERE = ["0.0.0.0/0", "::/0"]

options = pulumi.ResourceOptions(provider=digitalocean.Provider("digitalocean"))

vpc = digitalocean.Vpc(
    "web-network-vpc",
    region="fra1",
    ip_range="10.30.160.0/20",
    description=f"component:web-network managed-by:pulumi project:{pulumi.get_project()} stack:{pulumi.get_stack()}",
    opts=options,
)
machines = digitalocean.Tag("web-machines", opts=options)
certificate = digitalocean.Certificate(
    "web-certificate",
    type="custom",
    leaf_certificate=(FILES / "certificate.pem").read_text(),
    private_key=pulumi.Output.secret((FILES / "key.pem").read_text()),
    opts=options,
)
load_balancer = digitalocean.LoadBalancer(
    "web-load-balancer",
    region="fra1",
    vpc_uuid=vpc.id,
    droplet_tag=machines.name,
    enable_backend_keepalive=True,
    forwarding_rules=[
        {
            "entry_port": 443,
            "entry_protocol": "https",
            "target_port": 80,
            "target_protocol": "http",
            "certificate_name": certificate.name,
        }
    ],
    healthcheck={
        "protocol": "http",
        "port": 80,
        "path": "/healthz",
        "check_interval_seconds": 10,
        "response_timeout_seconds": 5,
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
    },
    firewall={"allows": ["cidr:103.21.244.0/22", "cidr:173.245.48.0/20"]},
    opts=options,
)
firewall = digitalocean.Firewall(
    "web-firewall",
    tags=[machines.name],
    inbound_rules=[{"protocol": "tcp", "port_range": "80", "source_load_balancer_uids": [load_balancer.id]}],
    outbound_rules=[
        {"protocol": "tcp", "port_range": "1-65535", "destination_addresses": ANYWHERE},
        {"protocol": "udp", "port_range": "1-65535", "destination_addresses": ANYWHERE},
        {"protocol": "icmp", "destination_addresses": ANYWHERE},
    ],
    opts=options,
)
for index in range(4):
    digitalocean.Droplet(
        f"web-{index}",
        region="fra1",
        image="debian-12-x64",
        size="s-2vcpu-4gb",
        vpc_uuid=vpc.id,
        ipv6=True,
        monitoring=True,
        user_data=(FILES / "user-data").read_text(),
        tags=[machines.name, *TAGS],
        opts=pulumi.ResourceOptions(provider=options.provider, depends_on=[firewall]),
    )

pulumi.export("origins", [{"name": "web", "address": load_balancer.ip, "weight": 1.0}])
