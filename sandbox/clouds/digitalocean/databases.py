"""Managed databases. Whoever deletes a cluster deletes all that is in it, so nothing in it holds it."""

from collections.abc import Callable
from typing import Any

from sandbox.rules import Limit, Making, Reference, Refused, Type, Unique, Values

from ..shared import kept
from .words import NOT_EMPTY, TAG, given, made_up_uuid, member, region, resource, timestamp, token, unprocessable, vpc_exists

PORTS = {"pg": 25060, "mysql": 25060, "redis": 25061, "valkey": 25061, "mongodb": 27017, "kafka": 25073, "opensearch": 25060}
"""Ports by engine."""
_SCHEMES = {"pg": "postgresql", "redis": "rediss", "valkey": "rediss", "mongodb": "mongodb+srv", "opensearch": "https"}
_NODES = {"kafka": (3, 15), "opensearch": (1, 15), "mongodb": (1, 3)}
CLUSTER = Reference(path="clusterId", to=(token("databaseCluster"),), holds=False, missing="404 cluster {value} does not exist")


def _engine(making: Making) -> None:
    engine = making.get("engine")
    if engine is not None and engine not in PORTS:
        mend = "; PostgreSQL is pg" if str(engine).startswith("postgres") else ""
        raise unprocessable(f"invalid engine {engine!r}: one of {', '.join(PORTS)}{mend}", "engine")
    if not given(making.inputs, "version"):
        raise Refused('The argument "version" is required, but no definition was found.', property="version", by="provider")
    if making.inputs.get("sqlMode") and engine not in (None, "mysql"):
        raise Refused("sql_mode is only supported for MySQL Database Clusters", property="sqlMode", by="provider")
    if making.inputs.get("evictionPolicy") and engine not in (None, "redis", "valkey"):
        raise Refused("eviction_policy is only supported for Redis Database Clusters", property="evictionPolicy", by="provider")
    low, high = _NODES.get(str(engine), (1, 3))
    nodes = making.get("nodeCount")
    if nodes is not None and not low <= nodes <= high:
        raise unprocessable(f"{nodes} nodes are outside {low} to {high}", "nodeCount")


def _size(making: Making) -> None:
    size = making.get("size")
    if size is not None and not str(size).startswith(("db-", "gd-", "m-", "so1_5-", "gd1_5-", "m3-")):
        raise unprocessable(f"{size!r} is not the size of a database node, like db-s-1vcpu-1gb", "size")


def _connection(making: Making, name: str, engine: str, user: str, database: str) -> Values:
    password = kept(making, "password", lambda: "AVNS_" + made_up_uuid("password", making.id, making.now).replace("-", "")[:19])
    host = f"{name}-do-user-1000000-0.{'k' if engine == 'kafka' else 'c'}.db.ondigitalocean.com"
    port, scheme = PORTS[engine], _SCHEMES.get(engine, engine)

    def uri(at: str) -> str:
        return f"{scheme}://{user}:{password}@{at}:{port}/{database}?sslmode=require"

    private = f"private-{host}"
    return {
        "host": host,
        "privateHost": private,
        "port": port,
        "user": user,
        "password": password,
        "database": database,
        "uri": uri(host),
        "privateUri": uri(private),
    }


def _cluster_outputs(making: Making) -> Values:
    engine, name = str(making.get("engine")), str(making.get("name"))
    return {
        **_connection(making, name, engine, "default" if engine in ("redis", "valkey") else "doadmin", "defaultdb"),
        "clusterUrn": f"do:dbaas:{making.id}",
        "privateNetworkUuid": making.get("privateNetworkUuid")
        or kept(making, "privateNetworkUuid", lambda: made_up_uuid("default-vpc", making.get("region"))),
        "projectId": making.get("projectId") or made_up_uuid("default-project"),
        "storageSizeMib": making.get("storageSizeMib") or kept(making, "storageSizeMib", lambda: "10240"),
        "metricsEndpoints": [],
    }


def _replica_outputs(making: Making) -> Values:
    cluster = making.world.one(token("databaseCluster"), making.get("clusterId"))
    engine = cluster.inputs["engine"] if cluster else "pg"
    place = making.get("region") or (cluster.inputs["region"] if cluster else "")
    return {
        **_connection(making, str(making.get("name")), engine, "doadmin", "defaultdb"),
        "uuid": kept(making, "uuid", lambda: made_up_uuid("replica", making.id)),
        "region": place,
        "size": making.get("size") or (cluster.inputs["size"] if cluster else ""),
        "privateNetworkUuid": making.get("privateNetworkUuid")
        or kept(making, "privateNetworkUuid", lambda: made_up_uuid("default-vpc", place)),
        "storageSizeMib": making.get("storageSizeMib") or "10240",
    }


def _pool_outputs(making: Making) -> Values:
    cluster = making.world.one(token("databaseCluster"), making.get("clusterId"))
    name = cluster.inputs["name"] if cluster else str(making.get("clusterId"))
    return _connection(making, name, "pg", str(making.get("user", "doadmin")), str(making.get("name"))) | {"port": 25061}


def _user_outputs(making: Making) -> Values:
    password = kept(making, "password", lambda: "AVNS_" + made_up_uuid("password", making.id, making.now).replace("-", "")[:19])
    return {"password": password, "role": "normal", "accessCert": "", "accessKey": ""}


def _within(*parts: str) -> Callable[[Making], str]:
    """An id made of the cluster's and names."""
    return lambda making: "/".join([str(making.get("clusterId")), *parts, str(making.get("name"))])


def _in_cluster(name: str, **rules: Any) -> Type:
    """What a cluster has once a name."""
    taken = Unique(paths=("clusterId", "name"), within="account", message="409 {value} already exists")
    return resource(name, references=(CLUSTER,), unique=(taken,), **rules)


def _settings(name: str) -> Type:
    """The engine's settings, which are there with the cluster and not made or deleted."""
    return resource(name, id=lambda making: f"{making.get('clusterId')}/config", references=(CLUSTER,))


TYPES = (
    resource(
        "databaseCluster",
        outputs=_cluster_outputs,
        keeps=frozenset({"privateNetworkUuid", "projectId", "storageSizeMib"}),
        sets=frozenset({"tags"}),
        limits={"name": NOT_EMPTY, "engine": NOT_EMPTY, "size": NOT_EMPTY, "region": NOT_EMPTY, "tags[*]": TAG},
        references=(member("privateNetworkUuid"),),
        checks=(region(), _engine, _size),
        before_create=(vpc_exists("privateNetworkUuid"),),
        unique=(Unique(paths=("name",), within="account", message="409 cluster name {value} is not available"),),
    ),
    _in_cluster(
        "databaseReplica",
        outputs=_replica_outputs,
        keeps=frozenset({"region", "size", "privateNetworkUuid", "storageSizeMib"}),
        sets=frozenset({"tags"}),
        checks=(region(),),
    ),
    _in_cluster("databaseDb", id=_within("database")),
    _in_cluster("databaseUser", id=_within("user"), outputs=_user_outputs),
    _in_cluster(
        "databaseConnectionPool",
        id=_within("pool"),
        outputs=_pool_outputs,
        enums={"mode": ("session", "transaction", "statement")},
        limits={"size": Limit(minimum=1), "name": Limit(min_length=3, max_length=63)},
    ),
    _in_cluster("databaseKafkaTopic", id=_within("topic"), outputs=lambda making: {"state": "active"}),
    resource(
        "databaseFirewall",
        sets=frozenset({"rules"}),
        enums={"rules[*].type": ("droplet", "k8s", "ip_addr", "tag", "app")},
        limits={"rules": Limit(min_items=1), "rules[*].value": NOT_EMPTY},
        references=(CLUSTER,),
    ),
    *(
        _settings(f"database{engine}Config")
        for engine in ("AdvancedPostgresql", "Kafka", "Mongodb", "Mysql", "Opensearch", "Postgresql", "Redis", "Valkey")
    ),
    resource("databaseOnlineMigration", outputs=lambda making: {"createdAt": timestamp(making), "status": "done"}, references=(CLUSTER,)),
    resource("databaseLogsinkOpensearch", references=(CLUSTER,)),
    resource("databaseLogsinkRsyslog", references=(CLUSTER,)),
    resource("databaseKafkaSchemaRegistry", references=(CLUSTER,)),
)
