"""The tier of `aws_component.py`, resource by resource, as an engineer writes it without this library."""

import json
from functools import partial
from pathlib import Path

import pulumi
import pulumi_aws as aws

FILES = Path(__file__).parent
STANDARD = {"project": pulumi.get_project(), "stack": pulumi.get_stack(), "managed-by": "pulumi"}

options = pulumi.ResourceOptions(provider=aws.Provider("aws", region="eu-central-1"))
lookups = pulumi.InvokeOptions(provider=options.provider)


def tags(name: str, component: str = "web") -> dict[str, str]:
    return {"Name": name, "component": component, **STANDARD}


def nth(names: list[str], index: int) -> str:
    return sorted(names)[index]


def after(*resources: pulumi.Resource, ignore: list[str] | None = None) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=options.provider, depends_on=resources, ignore_changes=ignore)


# network

vpc = aws.ec2.Vpc(
    "web-network-vpc",
    cidr_block="10.10.0.0/16",
    enable_dns_support=True,
    enable_dns_hostnames=True,
    tags=tags("web-network-vpc", "web-network"),
    opts=options,
)
default_security_group = aws.ec2.DefaultSecurityGroup(
    "web-network-default-security-group",
    vpc_id=vpc.id,
    tags=tags("web-network-default-security-group", "web-network"),
    opts=options,
)
internet_gateway = aws.ec2.InternetGateway(
    "web-network-internet-gateway", vpc_id=vpc.id, tags=tags("web-network-internet-gateway", "web-network"), opts=options
)
route_table = aws.ec2.RouteTable(
    "web-network-route-table", vpc_id=vpc.id, tags=tags("web-network-route-table", "web-network"), opts=options
)
route = aws.ec2.Route(
    "web-network-route",
    route_table_id=route_table.id,
    destination_cidr_block="0.0.0.0/0",
    gateway_id=internet_gateway.id,
    opts=options,
)

zones = aws.get_availability_zones_output(filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}], opts=lookups).names
public_subnets, private_subnets, private_route_tables, ways_out = [], [], [], [default_security_group, route]
for index, (public_range, private_range) in enumerate([("10.10.0.0/20", "10.10.128.0/20"), ("10.10.16.0/20", "10.10.144.0/20")]):
    zone = zones.apply(partial(nth, index=index))
    public_subnet = aws.ec2.Subnet(
        f"web-network-subnet-{index}",
        vpc_id=vpc.id,
        cidr_block=public_range,
        availability_zone=zone,
        tags=tags(f"web-network-subnet-{index}", "web-network"),
        opts=options,
    )
    association = aws.ec2.RouteTableAssociation(
        f"web-network-route-table-association-{index}", route_table_id=route_table.id, subnet_id=public_subnet.id, opts=options
    )
    private_subnet = aws.ec2.Subnet(
        f"web-network-private-subnet-{index}",
        vpc_id=vpc.id,
        cidr_block=private_range,
        availability_zone=zone,
        tags=tags(f"web-network-private-subnet-{index}", "web-network"),
        opts=options,
    )
    address = aws.ec2.Eip(
        f"web-network-nat-address-{index}",
        domain="vpc",
        tags=tags(f"web-network-nat-address-{index}", "web-network"),
        opts=options,
    )
    gateway = aws.ec2.NatGateway(
        f"web-network-nat-gateway-{index}",
        allocation_id=address.id,
        subnet_id=public_subnet.id,
        tags=tags(f"web-network-nat-gateway-{index}", "web-network"),
        opts=after(route),
    )
    private_route_table = aws.ec2.RouteTable(
        f"web-network-private-route-table-{index}",
        vpc_id=vpc.id,
        tags=tags(f"web-network-private-route-table-{index}", "web-network"),
        opts=options,
    )
    private_route = aws.ec2.Route(
        f"web-network-private-route-{index}",
        route_table_id=private_route_table.id,
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id=gateway.id,
        opts=options,
    )
    private_association = aws.ec2.RouteTableAssociation(
        f"web-network-private-route-table-association-{index}",
        route_table_id=private_route_table.id,
        subnet_id=private_subnet.id,
        opts=options,
    )
    public_subnets.append(public_subnet)
    private_subnets.append(private_subnet)
    private_route_tables.append(private_route_table)
    ways_out += [association, private_route, private_association]
bucket_endpoint = aws.ec2.VpcEndpoint(
    "web-network-bucket-endpoint",
    vpc_id=vpc.id,
    vpc_endpoint_type="Gateway",
    service_name="com.amazonaws.eu-central-1.s3",
    route_table_ids=[table.id for table in private_route_tables],
    tags=tags("web-network-bucket-endpoint", "web-network"),
    opts=options,
)
ways_out.append(bucket_endpoint)

# who may reach what

admitted = aws.ec2.ManagedPrefixList(
    "web-admitted",
    address_family="IPv4",
    max_entries=10,
    entries=[{"cidr": "103.21.244.0/22"}, {"cidr": "173.245.48.0/20"}],
    tags=tags("web-admitted"),
    opts=options,
)
balancer_security_group = aws.ec2.SecurityGroup(
    "web-load-balancer", vpc_id=vpc.id, description="load-balancer of web", tags=tags("web-load-balancer"), opts=options
)
machines_security_group = aws.ec2.SecurityGroup(
    "web-machines", vpc_id=vpc.id, description="machines of web", tags=tags("web-machines"), opts=options
)
rules = [
    aws.vpc.SecurityGroupIngressRule(
        "web-load-balancer-ingress",
        security_group_id=balancer_security_group.id,
        description="HTTPS from the admitted ranges",
        prefix_list_id=admitted.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=tags("web-load-balancer-ingress"),
        opts=options,
    ),
    aws.vpc.SecurityGroupEgressRule(
        "web-load-balancer-egress",
        security_group_id=balancer_security_group.id,
        description="Requests and health checks to the machines",
        referenced_security_group_id=machines_security_group.id,
        ip_protocol="tcp",
        from_port=80,
        to_port=80,
        tags=tags("web-load-balancer-egress"),
        opts=options,
    ),
    aws.vpc.SecurityGroupIngressRule(
        "web-machines-ingress",
        security_group_id=machines_security_group.id,
        description="Requests and health checks from the load balancer",
        referenced_security_group_id=balancer_security_group.id,
        ip_protocol="tcp",
        from_port=80,
        to_port=80,
        tags=tags("web-machines-ingress"),
        opts=options,
    ),
    aws.vpc.SecurityGroupEgressRule(
        "web-machines-egress",
        security_group_id=machines_security_group.id,
        description="Updates, Session Manager and what the site asks for",
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="-1",
        tags=tags("web-machines-egress"),
        opts=options,
    ),
]

# load balancer

certificate = aws.acm.Certificate(
    "web-certificate",
    certificate_body=(FILES / "certificate.pem").read_text(),
    private_key=pulumi.Output.secret((FILES / "key.pem").read_text()),
    tags=tags("web-certificate"),
    opts=options,
)
balancer = aws.lb.LoadBalancer(
    "web-balancer",
    load_balancer_type="application",
    internal=False,
    security_groups=[balancer_security_group.id],
    subnets=[subnet.id for subnet in public_subnets],
    drop_invalid_header_fields=True,
    tags=tags("web-balancer"),
    opts=after(*ways_out),
)
targets = aws.lb.TargetGroup(
    "web-targets",
    port=80,
    protocol="HTTP",
    vpc_id=vpc.id,
    target_type="instance",
    deregistration_delay=60,
    health_check={
        "protocol": "HTTP",
        "port": "traffic-port",
        "path": "/healthz",
        "matcher": "200",
        "interval": 10,
        "timeout": 5,
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
    },
    tags=tags("web-targets"),
    opts=options,
)
health_listener = aws.lb.Listener(
    "web-health-listener",
    load_balancer_arn=balancer.arn,
    port=8080,
    protocol="HTTP",
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
    tags=tags("web-health-listener"),
    opts=options,
)

# machines

assume = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
role = aws.iam.Role(
    "web-role",
    description="Machines of web",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [assume]}),
    tags=tags("web-role"),
    opts=options,
)
session = {
    "Effect": "Allow",
    "Action": [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ],
    "Resource": "*",
}
session_manager_policy = aws.iam.Policy(
    "web-session-manager-policy",
    policy=json.dumps({"Version": "2012-10-17", "Statement": [session]}),
    tags=tags("web-session-manager-policy"),
    opts=options,
)
session_manager = aws.iam.RolePolicyAttachment("web-session-manager", role=role.name, policy_arn=session_manager_policy.arn, opts=options)
instance_profile = aws.iam.InstanceProfile("web-instance-profile", role=role.name, tags=tags("web-instance-profile"), opts=options)
image = aws.ec2.get_ami_output(
    owners=["136693071363"],
    most_recent=True,
    filters=[
        {"name": "name", "values": ["debian-12-amd64-*"]},
        {"name": "virtualization-type", "values": ["hvm"]},
    ],
    opts=lookups,
)
template = aws.ec2.LaunchTemplate(
    "web-template-eu-central-1-amd64",
    image_id=image.id,
    instance_type="t3.medium",
    user_data=(FILES / "user-data").read_text(),
    update_default_version=True,
    iam_instance_profile={"arn": instance_profile.arn},
    metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
    monitoring={"enabled": True},
    network_interfaces=[
        {
            "device_index": 0,
            "security_groups": [machines_security_group.id],
            "associate_public_ip_address": "false",
            "delete_on_termination": "true",
        }
    ],
    block_device_mappings=[
        {
            "device_name": "/dev/xvda",
            "ebs": {"volume_type": "gp3", "volume_size": 10, "encrypted": "true", "delete_on_termination": "true"},
        }
    ],
    tag_specifications=[{"resource_type": type_, "tags": tags("web-machine")} for type_ in ("volume", "network-interface")],
    tags=tags("web-template-eu-central-1-amd64"),
    opts=after(ignore=["imageId"]),
)
group = aws.autoscaling.Group(
    "web-group",
    min_size=2,
    max_size=6,
    vpc_zone_identifiers=[subnet.id for subnet in private_subnets],
    launch_template={"id": template.id, "version": template.latest_version.apply(lambda version: str(int(version)))},
    target_group_arns=[targets.arn],
    health_check_type="ELB",
    health_check_grace_period=300,
    default_instance_warmup=300,
    instance_refresh={
        "strategy": "Rolling",
        "preferences": {
            "min_healthy_percentage": 100,
            "max_healthy_percentage": 150,
            "skip_matching": True,
        },
    },
    instance_maintenance_policy={"min_healthy_percentage": 100, "max_healthy_percentage": 150},
    min_elb_capacity=2,
    wait_for_capacity_timeout="15m",
    enabled_metrics=[
        aws.autoscaling.Metric.GROUP_DESIRED_CAPACITY,
        aws.autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
        aws.autoscaling.Metric.GROUP_PENDING_INSTANCES,
        aws.autoscaling.Metric.GROUP_TERMINATING_INSTANCES,
    ],
    tags=[
        aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True) for key, value in sorted(tags("web-machine").items())
    ],
    opts=after(*rules, *ways_out, health_listener, session_manager, ignore=["minSize"]),
)
listener = aws.lb.Listener(
    "web-listener",
    load_balancer_arn=balancer.arn,
    port=443,
    protocol="HTTPS",
    certificate_arn=certificate.arn,
    ssl_policy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    mutual_authentication={"mode": "off"},
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
    tags=tags("web-listener"),
    opts=after(group),
)
scaling = aws.autoscaling.Policy(
    "web-scaling",
    autoscaling_group_name=group.name,
    policy_type="TargetTrackingScaling",
    target_tracking_configuration={
        "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
        "target_value": 60,
    },
    opts=options,
)
for hour, fewest in ((8, 3), (21, 2)):
    aws.autoscaling.Schedule(
        f"web-schedule-{hour:02}00",
        scheduled_action_name=f"schedule-{hour:02}00",
        autoscaling_group_name=group.name,
        recurrence=f"0 {hour} * * 1,2,3,4,5",
        time_zone="Europe/Berlin",
        min_size=fewest,
        max_size=-1,
        desired_capacity=-1,
        opts=options,
    )

pulumi.export("origins", [{"name": "web", "address": balancer.dns_name, "weight": 1.0}])
