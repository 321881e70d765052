/** Tables, their indexes and settings, tags, limits and endpoints. */
import { enums } from "./enums.ts";
import { integer, list, required, string, structure, type Operations, type Structures } from "./model.ts";
import {
  anyLong,
  anyString,
  attributeName,
  boolean,
  indexName,
  keySchema,
  longArn,
  nonNegativeLong,
  positiveLong,
  resourceArn,
  tableId,
  tableName,
  tableReference,
  timestamp,
} from "./simple-types.ts";

export const tablesStructures: Structures = {
  ArchivalSummary: {
    ArchivalDateTime: timestamp,
    ArchivalReason: anyString,
    ArchivalBackupArn: longArn,
  },
  AttributeDefinition: {
    AttributeName: required(string(1, 255)),
    AttributeType: required(enums.ScalarAttributeType),
  },
  BillingModeSummary: {
    BillingMode: enums.BillingMode,
    LastUpdateToPayPerRequestDateTime: timestamp,
  },
  CreateGlobalSecondaryIndexAction: {
    IndexName: required(indexName),
    KeySchema: required(keySchema),
    Projection: required(structure("Projection")),
    ProvisionedThroughput: structure("ProvisionedThroughput"),
    OnDemandThroughput: structure("OnDemandThroughput"),
    WarmThroughput: structure("WarmThroughput"),
  },
  CreateVectorIndexAction: {
    IndexName: required(indexName),
    VectorAttribute: required(structure("VectorAttributeDefinition")),
    SearchSchema: list(structure("SearchSchemaElement"), 1),
    Projection: required(structure("Projection")),
    Dimensions: required(positiveLong),
    DistanceFunction: required(enums.VectorDistanceFunction),
  },
  DeleteGlobalSecondaryIndexAction: {
    IndexName: required(indexName),
  },
  DeleteVectorIndexAction: {
    IndexName: required(indexName),
  },
  Endpoint: {
    Address: required(anyString),
    CachePeriodInMinutes: required(anyLong),
  },
  GlobalSecondaryIndex: {
    IndexName: required(indexName),
    KeySchema: required(keySchema),
    Projection: required(structure("Projection")),
    ProvisionedThroughput: structure("ProvisionedThroughput"),
    OnDemandThroughput: structure("OnDemandThroughput"),
    WarmThroughput: structure("WarmThroughput"),
  },
  GlobalSecondaryIndexDescription: {
    IndexName: indexName,
    KeySchema: keySchema,
    Projection: structure("Projection"),
    IndexStatus: enums.IndexStatus,
    Backfilling: boolean,
    ProvisionedThroughput: structure("ProvisionedThroughputDescription"),
    IndexSizeBytes: anyLong,
    ItemCount: anyLong,
    IndexArn: anyString,
    OnDemandThroughput: structure("OnDemandThroughput"),
    WarmThroughput: structure("GlobalSecondaryIndexWarmThroughputDescription"),
  },
  GlobalSecondaryIndexUpdate: {
    Update: structure("UpdateGlobalSecondaryIndexAction"),
    Create: structure("CreateGlobalSecondaryIndexAction"),
    Delete: structure("DeleteGlobalSecondaryIndexAction"),
  },
  GlobalSecondaryIndexWarmThroughputDescription: {
    ReadUnitsPerSecond: positiveLong,
    WriteUnitsPerSecond: positiveLong,
    Status: enums.IndexStatus,
  },
  KeySchemaElement: {
    AttributeName: required(string(1, 255)),
    KeyType: required(enums.KeyType),
  },
  LocalSecondaryIndex: {
    IndexName: required(indexName),
    KeySchema: required(keySchema),
    Projection: required(structure("Projection")),
  },
  LocalSecondaryIndexDescription: {
    IndexName: indexName,
    KeySchema: keySchema,
    Projection: structure("Projection"),
    IndexSizeBytes: anyLong,
    ItemCount: anyLong,
    IndexArn: anyString,
  },
  OnDemandThroughput: {
    MaxReadRequestUnits: anyLong,
    MaxWriteRequestUnits: anyLong,
  },
  Projection: {
    ProjectionType: enums.ProjectionType,
    NonKeyAttributes: list(string(1, 255), 1, 20),
  },
  ProvisionedThroughput: {
    ReadCapacityUnits: required(positiveLong),
    WriteCapacityUnits: required(positiveLong),
  },
  ProvisionedThroughputDescription: {
    LastIncreaseDateTime: timestamp,
    LastDecreaseDateTime: timestamp,
    NumberOfDecreasesToday: positiveLong,
    ReadCapacityUnits: nonNegativeLong,
    WriteCapacityUnits: nonNegativeLong,
  },
  RestoreSummary: {
    SourceBackupArn: longArn,
    SourceTableArn: tableReference,
    RestoreDateTime: required(timestamp),
    RestoreInProgress: required(boolean),
  },
  SSEDescription: {
    Status: enums.SSEStatus,
    SSEType: enums.SSEType,
    KMSMasterKeyArn: anyString,
    InaccessibleEncryptionDateTime: timestamp,
  },
  SSESpecification: {
    Enabled: boolean,
    SSEType: enums.SSEType,
    KMSMasterKeyId: anyString,
  },
  SearchSchemaElement: {
    AttributeName: required(attributeName),
    SearchSchemaElementType: required(enums.SearchSchemaElementType),
  },
  StreamSpecification: {
    StreamEnabled: required(boolean),
    StreamViewType: enums.StreamViewType,
  },
  TableClassSummary: {
    TableClass: enums.TableClass,
    LastUpdateDateTime: timestamp,
  },
  TableDescription: {
    AttributeDefinitions: list(structure("AttributeDefinition")),
    TableName: tableName,
    KeySchema: keySchema,
    TableStatus: enums.TableStatus,
    CreationDateTime: timestamp,
    ProvisionedThroughput: structure("ProvisionedThroughputDescription"),
    TableSizeBytes: anyLong,
    ItemCount: anyLong,
    TableArn: anyString,
    TableId: tableId,
    BillingModeSummary: structure("BillingModeSummary"),
    LocalSecondaryIndexes: list(structure("LocalSecondaryIndexDescription")),
    GlobalSecondaryIndexes: list(structure("GlobalSecondaryIndexDescription")),
    StreamSpecification: structure("StreamSpecification"),
    LatestStreamLabel: anyString,
    LatestStreamArn: longArn,
    GlobalTableVersion: anyString,
    Replicas: list(structure("ReplicaDescription")),
    GlobalTableWitnesses: list(structure("GlobalTableWitnessDescription")),
    GlobalTableSettingsReplicationMode: enums.GlobalTableSettingsReplicationMode,
    RestoreSummary: structure("RestoreSummary"),
    SSEDescription: structure("SSEDescription"),
    ArchivalSummary: structure("ArchivalSummary"),
    TableClassSummary: structure("TableClassSummary"),
    DeletionProtectionEnabled: boolean,
    // Newer than the published model; from the public SDK client.
    DisassociationProtectionEnabled: boolean,
    OnDemandThroughput: structure("OnDemandThroughput"),
    WarmThroughput: structure("TableWarmThroughputDescription"),
    MultiRegionConsistency: enums.MultiRegionConsistency,
    VectorIndexes: list(structure("VectorIndexDescription")),
  },
  TableWarmThroughputDescription: {
    ReadUnitsPerSecond: positiveLong,
    WriteUnitsPerSecond: positiveLong,
    Status: enums.TableStatus,
  },
  Tag: {
    Key: required(string(1, 128)),
    Value: required(string(0, 256)),
  },
  TimeToLiveDescription: {
    TimeToLiveStatus: enums.TimeToLiveStatus,
    AttributeName: string(1, 255),
  },
  TimeToLiveSpecification: {
    Enabled: required(boolean),
    AttributeName: required(string(1, 255)),
  },
  UpdateGlobalSecondaryIndexAction: {
    IndexName: required(indexName),
    ProvisionedThroughput: structure("ProvisionedThroughput"),
    OnDemandThroughput: structure("OnDemandThroughput"),
    WarmThroughput: structure("WarmThroughput"),
  },
  VectorAttributeDefinition: {
    AttributeName: required(string(1, 255)),
  },
  VectorIndex: {
    IndexName: required(indexName),
    VectorAttribute: required(structure("VectorAttributeDefinition")),
    SearchSchema: list(structure("SearchSchemaElement"), 1),
    Projection: required(structure("Projection")),
    Dimensions: required(positiveLong),
    DistanceFunction: required(enums.VectorDistanceFunction),
  },
  VectorIndexDescription: {
    IndexName: indexName,
    SearchSchema: list(structure("SearchSchemaElement"), 1),
    Projection: structure("Projection"),
    VectorAttribute: structure("VectorAttributeDefinition"),
    Dimensions: positiveLong,
    DistanceFunction: enums.VectorDistanceFunction,
    IndexStatus: enums.IndexStatus,
    Backfilling: boolean,
    IndexSizeBytes: anyLong,
    ItemCount: anyLong,
    IndexArn: anyString,
  },
  VectorIndexUpdate: {
    Create: structure("CreateVectorIndexAction"),
    Delete: structure("DeleteVectorIndexAction"),
  },
  WarmThroughput: {
    ReadUnitsPerSecond: anyLong,
    WriteUnitsPerSecond: anyLong,
  },
};

export const tablesOperations: Operations = {
  CreateTable: {
    input: {
      AttributeDefinitions: list(structure("AttributeDefinition")),
      TableName: required(tableReference),
      KeySchema: keySchema,
      LocalSecondaryIndexes: list(structure("LocalSecondaryIndex")),
      GlobalSecondaryIndexes: list(structure("GlobalSecondaryIndex")),
      BillingMode: enums.BillingMode,
      ProvisionedThroughput: structure("ProvisionedThroughput"),
      StreamSpecification: structure("StreamSpecification"),
      SSESpecification: structure("SSESpecification"),
      Tags: list(structure("Tag")),
      TableClass: enums.TableClass,
      DeletionProtectionEnabled: boolean,
      WarmThroughput: structure("WarmThroughput"),
      ResourcePolicy: anyString,
      OnDemandThroughput: structure("OnDemandThroughput"),
      GlobalTableSourceArn: tableReference,
      GlobalTableSettingsReplicationMode: enums.GlobalTableSettingsReplicationMode,
      VectorIndexes: list(structure("VectorIndex")),
    },
    output: {
      TableDescription: structure("TableDescription"),
    },
    errors: ["ResourceInUseException", "LimitExceededException", "InternalServerError"],
  },
  DeleteTable: {
    input: {
      TableName: required(tableReference),
    },
    output: {
      TableDescription: structure("TableDescription"),
    },
    errors: [
      "ResourceInUseException",
      "ResourceNotFoundException",
      "LimitExceededException",
      "InternalServerError",
    ],
  },
  DescribeEndpoints: {
    input: {},
    output: {
      Endpoints: required(list(structure("Endpoint"))),
    },
    errors: [],
  },
  DescribeLimits: {
    input: {},
    output: {
      AccountMaxReadCapacityUnits: positiveLong,
      AccountMaxWriteCapacityUnits: positiveLong,
      TableMaxReadCapacityUnits: positiveLong,
      TableMaxWriteCapacityUnits: positiveLong,
    },
    errors: ["InternalServerError"],
  },
  DescribeTable: {
    input: {
      TableName: required(tableReference),
    },
    output: {
      Table: structure("TableDescription"),
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  DescribeTimeToLive: {
    input: {
      TableName: required(tableReference),
    },
    output: {
      TimeToLiveDescription: structure("TimeToLiveDescription"),
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  ListTables: {
    input: {
      ExclusiveStartTableName: tableName,
      Limit: integer(1, 100),
    },
    output: {
      TableNames: list(tableName),
      LastEvaluatedTableName: tableName,
    },
    errors: ["InternalServerError"],
  },
  ListTagsOfResource: {
    input: {
      ResourceArn: required(resourceArn),
      NextToken: anyString,
    },
    output: {
      Tags: list(structure("Tag")),
      NextToken: anyString,
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  TagResource: {
    input: {
      ResourceArn: required(resourceArn),
      Tags: required(list(structure("Tag"))),
    },
    errors: [
      "LimitExceededException",
      "ResourceNotFoundException",
      "InternalServerError",
      "ResourceInUseException",
    ],
  },
  UntagResource: {
    input: {
      ResourceArn: required(resourceArn),
      TagKeys: required(list(string(1, 128))),
    },
    errors: [
      "LimitExceededException",
      "ResourceNotFoundException",
      "InternalServerError",
      "ResourceInUseException",
    ],
  },
  UpdateTable: {
    input: {
      AttributeDefinitions: list(structure("AttributeDefinition")),
      TableName: required(tableReference),
      BillingMode: enums.BillingMode,
      ProvisionedThroughput: structure("ProvisionedThroughput"),
      GlobalSecondaryIndexUpdates: list(structure("GlobalSecondaryIndexUpdate")),
      StreamSpecification: structure("StreamSpecification"),
      SSESpecification: structure("SSESpecification"),
      ReplicaUpdates: list(structure("ReplicationGroupUpdate"), 1),
      TableClass: enums.TableClass,
      DeletionProtectionEnabled: boolean,
      MultiRegionConsistency: enums.MultiRegionConsistency,
      GlobalTableWitnessUpdates: list(structure("GlobalTableWitnessGroupUpdate"), 1, 1),
      OnDemandThroughput: structure("OnDemandThroughput"),
      WarmThroughput: structure("WarmThroughput"),
      GlobalTableSettingsReplicationMode: enums.GlobalTableSettingsReplicationMode,
      // Newer than the published model; from the public SDK client.
      DisassociationProtectionEnabled: boolean,
      VectorIndexUpdates: list(structure("VectorIndexUpdate")),
    },
    output: {
      TableDescription: structure("TableDescription"),
    },
    errors: [
      "ResourceInUseException",
      "ResourceNotFoundException",
      "LimitExceededException",
      "InternalServerError",
    ],
  },
  UpdateTimeToLive: {
    input: {
      TableName: required(tableReference),
      TimeToLiveSpecification: required(structure("TimeToLiveSpecification")),
    },
    output: {
      TimeToLiveSpecification: structure("TimeToLiveSpecification"),
    },
    errors: [
      "ResourceInUseException",
      "ResourceNotFoundException",
      "LimitExceededException",
      "InternalServerError",
    ],
  },
};
