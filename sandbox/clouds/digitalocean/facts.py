"""Which changes replace a resource: every type of the pinned SDK, as the provider's schema states it."""

_REPLACES = """
app: projectId
cdn: origin
certificate: certificateChain domains leafCertificate name privateKey type
containerRegistries: name region
containerRegistry: name region
containerRegistryDockerCredentials: registryName
customImage: url
databaseAdvancedPostgresqlConfig: clusterId
databaseCluster: engine name privateNetworkUuid projectId
databaseConnectionPool: clusterId dbName mode name size user
databaseDb: clusterId name
databaseFirewall: clusterId
databaseKafkaConfig: clusterId
databaseKafkaSchemaRegistry: clusterId schema schemaType subjectName
databaseKafkaTopic: clusterId name
databaseLogsinkOpensearch: clusterId name
databaseLogsinkRsyslog: clusterId name
databaseMongodbConfig: clusterId
databaseMysqlConfig: clusterId
databaseOnlineMigration: clusterId
databaseOpensearchConfig: clusterId
databasePostgresqlConfig: clusterId
databaseRedisConfig: clusterId
databaseReplica: clusterId name privateNetworkUuid region tags
databaseUser: clusterId name
databaseValkeyConfig: clusterId
dedicatedInference: enablePublicEndpoint region vpcUuid
dedicatedInferenceToken: dedicatedInferenceId name
dnsRecord: domain type
domain: ipAddress name
droplet: dropletAgent image monitoring publicNetworking region sshKeys userData vpcUuid
dropletSnapshot: dropletId name
floatingIp: region
floatingIpAssignment: dropletId ipAddress
gradientaiAgentKnowledgeBaseAttachment: agentUuid knowledgeBaseUuid
gradientaiIndexingJobCancel: uuid
gradientaiKnowledgeBase: datasources embeddingModelUuid vpcUuid
gradientaiKnowledgeBaseDataSource: knowledgeBaseUuid spacesDataSource webCrawlerDataSource
kubernetesCluster: clusterSubnet nodePool.size region serviceSubnet vpcUuid workerSubnetUuid
kubernetesNodePool: clusterId size
loadBalancer: network networkStack region type vpcUuid
nfs: name region vpcId
nfsAccessPoint: accessPolicy name path shareId vpcId
nfsAttachment: region shareId vpcId
nfsSnapshot: name region shareId
partnerAttachment: connectionBandwidthInMbps naasProvider region
projectResources: project
reservedIp: region
reservedIpAssignment: dropletId ipAddress
reservedIpv6: regionSlug
reservedIpv6Assignment: dropletId ip
spacesBucket: region
spacesBucketCorsConfiguration: region
spacesBucketLogging: bucket region
spacesBucketObject: bucket key region
spacesBucketPolicy: bucket region
sshKey: publicKey
tag: name
vectorDatabase: name projectId region
volume: description initialFilesystemLabel initialFilesystemType name region snapshotId
volumeAttachment: dropletId volumeId
volumeSnapshot: name volumeId
vpc: ipRange region
vpcNatGateway: vpcs[*].subnetUuid vpcs[*].vpcUuid
vpcPeering: vpcIds
"""

_NEVER_REPLACED = """
byoipPrefix dropletAutoscale firewall gradientaiAgent gradientaiAgentRoute gradientaiFunction gradientaiOpenaiApiKey monitorAlert
project spacesKey uptimeAlert uptimeCheck
"""

REPLACES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_NEVER_REPLACED.split(), ()),
    **{name: tuple(paths.split()) for name, _, paths in (line.partition(":") for line in _REPLACES.strip().splitlines())},
}
"""Inputs whose change replaces, by the type's name in its token: `droplet` for `digitalocean:index/droplet:Droplet`."""

_UNNAMED = """
app byoipPrefix cdn containerRegistryDockerCredentials databaseAdvancedPostgresqlConfig databaseFirewall databaseKafkaConfig
databaseKafkaSchemaRegistry databaseMongodbConfig databaseMysqlConfig databaseOnlineMigration databaseOpensearchConfig
databasePostgresqlConfig databaseRedisConfig databaseValkeyConfig domain floatingIp floatingIpAssignment
gradientaiAgentKnowledgeBaseAttachment gradientaiAgentRoute gradientaiFunction gradientaiIndexingJobCancel
gradientaiKnowledgeBaseDataSource monitorAlert nfsAttachment projectResources reservedIp reservedIpAssignment reservedIpv6
reservedIpv6Assignment spacesBucketCorsConfiguration spacesBucketLogging spacesBucketObject spacesBucketPolicy volumeAttachment
"""

UNNAMED = frozenset(_UNNAMED.split())
"""Types without a name, or whose name the provider does not make up."""

SECRETS: dict[str, tuple[str, ...]] = {
    "certificate": ("privateKey",),
    "containerRegistryDockerCredentials": ("dockerCredentials",),
    "databaseCluster": ("password", "privateUri", "uiPassword", "uiUri", "uri"),
    "databaseConnectionPool": ("password", "privateUri", "uri"),
    "databaseLogsinkOpensearch": ("caCert",),
    "databaseLogsinkRsyslog": ("caCert", "clientKey"),
    "databaseReplica": ("password", "privateUri", "uri"),
    "databaseUser": ("accessCert", "accessKey", "password"),
    "dedicatedInference": ("huggingFaceToken",),
    "dedicatedInferenceToken": ("token",),
    "kubernetesCluster": ("kubeConfigs",),
    "spacesKey": ("secretKey",),
}
"""Properties that are secret in the state."""
