"""The tier of `gcp_component.py`, resource by resource, as an engineer writes it without this library."""

from pathlib import Path

import pulumi
import pulumi_gcp as gcp

FILES = Path(__file__).parent
REGION = "europe-west3"
LABELS = {"project": pulumi.get_project(), "stack": pulumi.get_stack(), "component": "web", "managed-by": "pulumi"}

provider = gcp.Provider("gcp", project="multicloud-bench", region=REGION)
options = pulumi.ResourceOptions(provider=provider)


def description(component: str = "web") -> str:
    return f"project={pulumi.get_project()} stack={pulumi.get_stack()} component={component} managed-by=pulumi"


def ignoring(*properties: str, after: list[pulumi.Resource] | None = None) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=provider, ignore_changes=[*properties], depends_on=after)


# network

vpc = gcp.compute.Network(
    "web-network-vpc",
    auto_create_subnetworks=False,
    routing_mode="REGIONAL",
    description=description("web-network"),
    opts=ignoring("description"),
)
subnet = gcp.compute.Subnetwork(
    "web-network-subnet",
    region=REGION,
    network=vpc.id,
    ip_cidr_range="10.20.0.0/20",
    private_ip_google_access=True,
    description=description("web-network"),
    opts=ignoring("description"),
)
router = gcp.compute.Router("web-network-router", region=REGION, network=vpc.id, description=description("web-network"), opts=options)
nat = gcp.compute.RouterNat(
    "web-network-nat",
    region=REGION,
    router=router.name,
    nat_ip_allocate_option="AUTO_ONLY",
    source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
    subnetworks=[{"name": subnet.id, "source_ip_ranges_to_nats": ["ALL_IP_RANGES"]}],
    log_config={"enable": True, "filter": "ERRORS_ONLY"},
    opts=options,
)

# machines

account = gcp.serviceaccount.Account(
    "web-machines",
    account_id=f"web-{pulumi.get_stack()}-{pulumi.get_project()}",
    display_name="Machines of web",
    description=description(),
    opts=options,
)
log_writer = gcp.projects.IAMMember(
    "web-log-writer", project=account.project, role="roles/logging.logWriter", member=account.member, opts=options
)
metric_writer = gcp.projects.IAMMember(
    "web-metric-writer", project=account.project, role="roles/monitoring.metricWriter", member=account.member, opts=options
)
firewall = gcp.compute.Firewall(
    "web-firewall",
    network=vpc.id,
    direction="INGRESS",
    source_ranges=["130.211.0.0/22", "35.191.0.0/16"],
    target_service_accounts=[account.email],
    allows=[{"protocol": "tcp", "ports": ["80"]}],
    description=description(),
    opts=options,
)
image = gcp.compute.get_image_output(family="debian-12", project="debian-cloud", opts=pulumi.InvokeOptions(provider=provider))
template = gcp.compute.RegionInstanceTemplate(
    "web-template",
    region=REGION,
    machine_type="e2-medium",
    disks=[
        {
            "source_image": image.self_link,
            "boot": True,
            "auto_delete": True,
            "disk_type": "pd-balanced",
            "labels": LABELS,
        }
    ],
    network_interfaces=[{"subnetwork": subnet.id}],
    service_account={"email": account.email, "scopes": ["https://www.googleapis.com/auth/cloud-platform"]},
    shielded_instance_config={"enable_secure_boot": True, "enable_vtpm": True, "enable_integrity_monitoring": True},
    metadata={
        "user-data": (FILES / "user-data").read_text(),
        "startup-script": (FILES / "startup-script").read_text(),
        "enable-oslogin": "TRUE",
        "block-project-ssh-keys": "TRUE",
    },
    labels=LABELS,
    description=description(),
    opts=ignoring("description", "disks[0].sourceImage"),
)
group_check = gcp.compute.HealthCheck(
    "web-group-check",
    check_interval_sec=10,
    timeout_sec=5,
    healthy_threshold=1,
    unhealthy_threshold=6,
    http_health_check={"port": 80, "request_path": "/healthz"},
    description=description(),
    opts=options,
)
group = gcp.compute.RegionInstanceGroupManager(
    "web-group",
    region=REGION,
    base_instance_name="web",
    target_size=2,
    versions=[{"instance_template": template.self_link}],
    named_ports=[{"name": "http", "port": 80}],
    auto_healing_policies={"health_check": group_check.id, "initial_delay_sec": 300},
    update_policy={
        "type": "PROACTIVE",
        "minimal_action": "REPLACE",
        "replacement_method": "SUBSTITUTE",
        "instance_redistribution_type": "PROACTIVE",
        "max_surge_fixed": 3,
        "max_unavailable_fixed": 0,
    },
    wait_for_instances=True,
    wait_for_instances_status="UPDATED",
    description=description(),
    opts=ignoring("description", "targetSize", after=[firewall, nat, log_writer, metric_writer]),
)
autoscaler = gcp.compute.RegionAutoscaler(
    "web-autoscaler",
    region=REGION,
    target=group.self_link,
    autoscaling_policy={
        "min_replicas": 2,
        "max_replicas": 6,
        "cooldown_period": 300,
        "cpu_utilization": {"target": 0.6},
        "scaling_schedules": [
            {
                "name": "mon-tue-wed-thu-fri-0800",
                "min_required_replicas": 3,
                "schedule": "0 8 * * 1,2,3,4,5",
                "time_zone": "Europe/Berlin",
                "duration_sec": 46800,
            }
        ],
    },
    description=description(),
    opts=options,
)

# load balancer

admission = gcp.compute.SecurityPolicy(
    "web-admission",
    type="CLOUD_ARMOR",
    rules=[
        {
            "description": "Admitted ranges",
            "action": "allow",
            "priority": 1000,
            "match": {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["103.21.244.0/22", "173.245.48.0/20"]}},
        },
        {
            "description": "All others",
            "action": "deny(403)",
            "priority": 2147483647,
            "match": {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["*"]}},
        },
    ],
    labels=LABELS,
    description=description(),
    opts=options,
)
backend_check = gcp.compute.HealthCheck(
    "web-backend-check",
    check_interval_sec=5,
    timeout_sec=5,
    healthy_threshold=2,
    unhealthy_threshold=2,
    http_health_check={"port": 80, "request_path": "/healthz"},
    description=description(),
    opts=options,
)
backend = gcp.compute.BackendService(
    "web-backend",
    protocol="HTTP",
    port_name="http",
    load_balancing_scheme="EXTERNAL_MANAGED",
    timeout_sec=30,
    connection_draining_timeout_sec=60,
    health_checks=backend_check.id,
    security_policy=admission.id,
    backends=[{"group": group.self_link, "balancing_mode": "UTILIZATION", "max_utilization": 0.8, "capacity_scaler": 1.0}],
    log_config={"enable": True, "sample_rate": 1.0},
    description=description(),
    opts=options,
)
url_map = gcp.compute.URLMap("web-url-map", default_service=backend.id, description=description(), opts=options)
certificate = gcp.compute.SSLCertificate(
    "web-certificate",
    certificate=(FILES / "certificate.pem").read_text(),
    private_key=pulumi.Output.secret((FILES / "key.pem").read_text()),
    description=description(),
    opts=ignoring("description"),
)
ssl_policy = gcp.compute.SSLPolicy(
    "web-ssl-policy", min_tls_version="TLS_1_2", profile="MODERN", description=description(), opts=ignoring("description")
)
proxy = gcp.compute.TargetHttpsProxy(
    "web-https-proxy",
    url_map=url_map.id,
    ssl_certificates=[certificate.id],
    ssl_policy=ssl_policy.id,
    description=description(),
    opts=ignoring("description"),
)
address = gcp.compute.GlobalAddress(
    "web-address", address_type="EXTERNAL", labels=LABELS, description=description(), opts=ignoring("description")
)
forwarding = gcp.compute.GlobalForwardingRule(
    "web-forwarding",
    target=proxy.id,
    ip_address=address.address,
    ip_protocol="TCP",
    port_range="443",
    load_balancing_scheme="EXTERNAL_MANAGED",
    labels=LABELS,
    description=description(),
    opts=ignoring("description"),
)

pulumi.export("origins", [{"name": "web", "address": address.address, "weight": 1.0}])
