/** Replicas, global tables (both versions) and their auto scaling. */
import { enums } from "./enums.ts";
import { list, required, string, structure, type Operations, type Structures } from "./model.ts";
import {
  anyInteger,
  anyLong,
  anyString,
  boolean,
  double,
  indexName,
  nonNegativeLong,
  positiveInteger,
  positiveLong,
  tableName,
  tableReference,
  timestamp,
} from "./simple-types.ts";

export const globalTablesStructures: Structures = {
  AutoScalingPolicyDescription: {
    PolicyName: string(1, 256, "autoScalingPolicyName"),
    TargetTrackingScalingPolicyConfiguration: structure(
      "AutoScalingTargetTrackingScalingPolicyConfigurationDescription",
    ),
  },
  AutoScalingPolicyUpdate: {
    PolicyName: string(1, 256, "autoScalingPolicyName"),
    TargetTrackingScalingPolicyConfiguration: required(
      structure("AutoScalingTargetTrackingScalingPolicyConfigurationUpdate"),
    ),
  },
  AutoScalingSettingsDescription: {
    MinimumUnits: positiveLong,
    MaximumUnits: positiveLong,
    AutoScalingDisabled: boolean,
    AutoScalingRoleArn: anyString,
    ScalingPolicies: list(structure("AutoScalingPolicyDescription")),
  },
  AutoScalingSettingsUpdate: {
    MinimumUnits: positiveLong,
    MaximumUnits: positiveLong,
    AutoScalingDisabled: boolean,
    AutoScalingRoleArn: string(1, 1600, "autoScalingRoleArn"),
    ScalingPolicyUpdate: structure("AutoScalingPolicyUpdate"),
  },
  AutoScalingTargetTrackingScalingPolicyConfigurationDescription: {
    DisableScaleIn: boolean,
    ScaleInCooldown: anyInteger,
    ScaleOutCooldown: anyInteger,
    TargetValue: required(double),
  },
  AutoScalingTargetTrackingScalingPolicyConfigurationUpdate: {
    DisableScaleIn: boolean,
    ScaleInCooldown: anyInteger,
    ScaleOutCooldown: anyInteger,
    TargetValue: required(double),
  },
  CreateGlobalTableWitnessGroupMemberAction: {
    RegionName: required(anyString),
  },
  CreateReplicaAction: {
    RegionName: required(anyString),
  },
  CreateReplicationGroupMemberAction: {
    RegionName: required(anyString),
    KMSMasterKeyId: anyString,
    ProvisionedThroughputOverride: structure("ProvisionedThroughputOverride"),
    OnDemandThroughputOverride: structure("OnDemandThroughputOverride"),
    GlobalSecondaryIndexes: list(structure("ReplicaGlobalSecondaryIndex"), 1),
    TableClassOverride: enums.TableClass,
  },
  DeleteGlobalTableWitnessGroupMemberAction: {
    RegionName: required(anyString),
  },
  DeleteReplicaAction: {
    RegionName: required(anyString),
  },
  DeleteReplicationGroupMemberAction: {
    RegionName: required(anyString),
  },
  DisassociateReplicationGroupMemberAction: {
    RegionName: required(anyString),
    DisassociationMode: required(enums.DisassociationMode),
  },
  GlobalSecondaryIndexAutoScalingUpdate: {
    IndexName: indexName,
    ProvisionedWriteCapacityAutoScalingUpdate: structure("AutoScalingSettingsUpdate"),
  },
  GlobalTable: {
    GlobalTableName: tableName,
    ReplicationGroup: list(structure("Replica")),
  },
  GlobalTableDescription: {
    ReplicationGroup: list(structure("ReplicaDescription")),
    GlobalTableArn: anyString,
    CreationDateTime: timestamp,
    GlobalTableStatus: enums.GlobalTableStatus,
    GlobalTableName: tableName,
  },
  GlobalTableGlobalSecondaryIndexSettingsUpdate: {
    IndexName: required(indexName),
    ProvisionedWriteCapacityUnits: positiveLong,
    ProvisionedWriteCapacityAutoScalingSettingsUpdate: structure("AutoScalingSettingsUpdate"),
  },
  GlobalTableWitnessDescription: {
    RegionName: anyString,
    WitnessStatus: enums.WitnessStatus,
  },
  GlobalTableWitnessGroupUpdate: {
    Create: structure("CreateGlobalTableWitnessGroupMemberAction"),
    Delete: structure("DeleteGlobalTableWitnessGroupMemberAction"),
  },
  OnDemandThroughputOverride: {
    MaxReadRequestUnits: anyLong,
  },
  ProvisionedThroughputOverride: {
    ReadCapacityUnits: positiveLong,
  },
  Replica: {
    RegionName: anyString,
  },
  ReplicaAutoScalingDescription: {
    RegionName: anyString,
    GlobalSecondaryIndexes: list(structure("ReplicaGlobalSecondaryIndexAutoScalingDescription")),
    ReplicaProvisionedReadCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
    ReplicaProvisionedWriteCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
    ReplicaStatus: enums.ReplicaStatus,
  },
  ReplicaAutoScalingUpdate: {
    RegionName: required(anyString),
    ReplicaGlobalSecondaryIndexUpdates: list(structure("ReplicaGlobalSecondaryIndexAutoScalingUpdate")),
    ReplicaProvisionedReadCapacityAutoScalingUpdate: structure("AutoScalingSettingsUpdate"),
  },
  ReplicaDescription: {
    RegionName: anyString,
    ReplicaStatus: enums.ReplicaStatus,
    ReplicaArn: anyString,
    ReplicaStatusDescription: anyString,
    ReplicaStatusPercentProgress: anyString,
    KMSMasterKeyId: anyString,
    ProvisionedThroughputOverride: structure("ProvisionedThroughputOverride"),
    OnDemandThroughputOverride: structure("OnDemandThroughputOverride"),
    WarmThroughput: structure("TableWarmThroughputDescription"),
    GlobalSecondaryIndexes: list(structure("ReplicaGlobalSecondaryIndexDescription")),
    ReplicaInaccessibleDateTime: timestamp,
    ReplicaTableClassSummary: structure("TableClassSummary"),
    GlobalTableSettingsReplicationMode: enums.GlobalTableSettingsReplicationMode,
  },
  ReplicaGlobalSecondaryIndex: {
    IndexName: required(indexName),
    ProvisionedThroughputOverride: structure("ProvisionedThroughputOverride"),
    OnDemandThroughputOverride: structure("OnDemandThroughputOverride"),
  },
  ReplicaGlobalSecondaryIndexAutoScalingDescription: {
    IndexName: indexName,
    IndexStatus: enums.IndexStatus,
    ProvisionedReadCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
    ProvisionedWriteCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
  },
  ReplicaGlobalSecondaryIndexAutoScalingUpdate: {
    IndexName: indexName,
    ProvisionedReadCapacityAutoScalingUpdate: structure("AutoScalingSettingsUpdate"),
  },
  ReplicaGlobalSecondaryIndexDescription: {
    IndexName: indexName,
    ProvisionedThroughputOverride: structure("ProvisionedThroughputOverride"),
    OnDemandThroughputOverride: structure("OnDemandThroughputOverride"),
    WarmThroughput: structure("GlobalSecondaryIndexWarmThroughputDescription"),
  },
  ReplicaGlobalSecondaryIndexSettingsDescription: {
    IndexName: required(indexName),
    IndexStatus: enums.IndexStatus,
    ProvisionedReadCapacityUnits: positiveLong,
    ProvisionedReadCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
    ProvisionedWriteCapacityUnits: positiveLong,
    ProvisionedWriteCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
  },
  ReplicaGlobalSecondaryIndexSettingsUpdate: {
    IndexName: required(indexName),
    ProvisionedReadCapacityUnits: positiveLong,
    ProvisionedReadCapacityAutoScalingSettingsUpdate: structure("AutoScalingSettingsUpdate"),
  },
  ReplicaSettingsDescription: {
    RegionName: required(anyString),
    ReplicaStatus: enums.ReplicaStatus,
    ReplicaBillingModeSummary: structure("BillingModeSummary"),
    ReplicaProvisionedReadCapacityUnits: nonNegativeLong,
    ReplicaProvisionedReadCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
    ReplicaProvisionedWriteCapacityUnits: nonNegativeLong,
    ReplicaProvisionedWriteCapacityAutoScalingSettings: structure("AutoScalingSettingsDescription"),
    ReplicaGlobalSecondaryIndexSettings: list(structure("ReplicaGlobalSecondaryIndexSettingsDescription")),
    ReplicaTableClassSummary: structure("TableClassSummary"),
  },
  ReplicaSettingsUpdate: {
    RegionName: required(anyString),
    ReplicaProvisionedReadCapacityUnits: positiveLong,
    ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate: structure("AutoScalingSettingsUpdate"),
    ReplicaGlobalSecondaryIndexSettingsUpdate: list(
      structure("ReplicaGlobalSecondaryIndexSettingsUpdate"),
      1,
      20,
    ),
    ReplicaTableClass: enums.TableClass,
  },
  ReplicaUpdate: {
    Create: structure("CreateReplicaAction"),
    Delete: structure("DeleteReplicaAction"),
  },
  ReplicationGroupUpdate: {
    Create: structure("CreateReplicationGroupMemberAction"),
    Update: structure("UpdateReplicationGroupMemberAction"),
    Delete: structure("DeleteReplicationGroupMemberAction"),
    // Newer than the published model; from the public SDK client.
    Disassociate: structure("DisassociateReplicationGroupMemberAction"),
  },
  TableAutoScalingDescription: {
    TableName: tableName,
    TableStatus: enums.TableStatus,
    Replicas: list(structure("ReplicaAutoScalingDescription")),
  },
  UpdateReplicationGroupMemberAction: {
    RegionName: required(anyString),
    KMSMasterKeyId: anyString,
    ProvisionedThroughputOverride: structure("ProvisionedThroughputOverride"),
    OnDemandThroughputOverride: structure("OnDemandThroughputOverride"),
    GlobalSecondaryIndexes: list(structure("ReplicaGlobalSecondaryIndex"), 1),
    TableClassOverride: enums.TableClass,
  },
};

export const globalTablesOperations: Operations = {
  CreateGlobalTable: {
    input: {
      GlobalTableName: required(tableName),
      ReplicationGroup: required(list(structure("Replica"))),
    },
    output: {
      GlobalTableDescription: structure("GlobalTableDescription"),
    },
    errors: [
      "LimitExceededException",
      "InternalServerError",
      "GlobalTableAlreadyExistsException",
      "TableNotFoundException",
    ],
  },
  DescribeGlobalTable: {
    input: {
      GlobalTableName: required(tableName),
    },
    output: {
      GlobalTableDescription: structure("GlobalTableDescription"),
    },
    errors: ["InternalServerError", "GlobalTableNotFoundException"],
  },
  DescribeGlobalTableSettings: {
    input: {
      GlobalTableName: required(tableName),
    },
    output: {
      GlobalTableName: tableName,
      ReplicaSettings: list(structure("ReplicaSettingsDescription")),
    },
    errors: ["GlobalTableNotFoundException", "InternalServerError"],
  },
  DescribeTableReplicaAutoScaling: {
    input: {
      TableName: required(tableReference),
    },
    output: {
      TableAutoScalingDescription: structure("TableAutoScalingDescription"),
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  ListGlobalTables: {
    input: {
      ExclusiveStartGlobalTableName: tableName,
      Limit: positiveInteger,
      RegionName: anyString,
    },
    output: {
      GlobalTables: list(structure("GlobalTable")),
      LastEvaluatedGlobalTableName: tableName,
    },
    errors: ["InternalServerError"],
  },
  UpdateGlobalTable: {
    input: {
      GlobalTableName: required(tableName),
      ReplicaUpdates: required(list(structure("ReplicaUpdate"))),
    },
    output: {
      GlobalTableDescription: structure("GlobalTableDescription"),
    },
    errors: [
      "InternalServerError",
      "GlobalTableNotFoundException",
      "ReplicaAlreadyExistsException",
      "ReplicaNotFoundException",
      "TableNotFoundException",
    ],
  },
  UpdateGlobalTableSettings: {
    input: {
      GlobalTableName: required(tableName),
      GlobalTableBillingMode: enums.BillingMode,
      GlobalTableProvisionedWriteCapacityUnits: positiveLong,
      GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate: structure("AutoScalingSettingsUpdate"),
      GlobalTableGlobalSecondaryIndexSettingsUpdate: list(
        structure("GlobalTableGlobalSecondaryIndexSettingsUpdate"),
        1,
        20,
      ),
      ReplicaSettingsUpdate: list(structure("ReplicaSettingsUpdate"), 1, 50),
    },
    output: {
      GlobalTableName: tableName,
      ReplicaSettings: list(structure("ReplicaSettingsDescription")),
    },
    errors: [
      "GlobalTableNotFoundException",
      "ReplicaNotFoundException",
      "IndexNotFoundException",
      "LimitExceededException",
      "ResourceInUseException",
      "InternalServerError",
    ],
  },
  UpdateTableReplicaAutoScaling: {
    input: {
      GlobalSecondaryIndexUpdates: list(structure("GlobalSecondaryIndexAutoScalingUpdate"), 1),
      TableName: required(tableReference),
      ProvisionedWriteCapacityAutoScalingUpdate: structure("AutoScalingSettingsUpdate"),
      ReplicaUpdates: list(structure("ReplicaAutoScalingUpdate"), 1),
    },
    output: {
      TableAutoScalingDescription: structure("TableAutoScalingDescription"),
    },
    errors: [
      "ResourceNotFoundException",
      "ResourceInUseException",
      "LimitExceededException",
      "InternalServerError",
    ],
  },
};
