/** Backups, restore and point-in-time recovery. */
import { enums } from "./enums.ts";
import { integer, list, required, structure, type Operations, type Structures } from "./model.ts";
import {
  anyLong,
  backupName,
  boolean,
  indexName,
  keySchema,
  longArn,
  nonNegativeLong,
  positiveLong,
  tableId,
  tableName,
  tableReference,
  timestamp,
} from "./simple-types.ts";

export const backupsStructures: Structures = {
  BackupDescription: {
    BackupDetails: structure("BackupDetails"),
    SourceTableDetails: structure("SourceTableDetails"),
    SourceTableFeatureDetails: structure("SourceTableFeatureDetails"),
  },
  BackupDetails: {
    BackupArn: required(longArn),
    BackupName: required(backupName),
    BackupSizeBytes: nonNegativeLong,
    BackupStatus: required(enums.BackupStatus),
    BackupType: required(enums.BackupType),
    BackupCreationDateTime: required(timestamp),
    BackupExpiryDateTime: timestamp,
  },
  BackupSummary: {
    TableName: tableName,
    TableId: tableId,
    TableArn: tableReference,
    BackupArn: longArn,
    BackupName: backupName,
    BackupCreationDateTime: timestamp,
    BackupExpiryDateTime: timestamp,
    BackupStatus: enums.BackupStatus,
    BackupType: enums.BackupType,
    BackupSizeBytes: nonNegativeLong,
  },
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: required(enums.ContinuousBackupsStatus),
    PointInTimeRecoveryDescription: structure("PointInTimeRecoveryDescription"),
  },
  GlobalSecondaryIndexInfo: {
    IndexName: indexName,
    KeySchema: keySchema,
    Projection: structure("Projection"),
    ProvisionedThroughput: structure("ProvisionedThroughput"),
    OnDemandThroughput: structure("OnDemandThroughput"),
  },
  LocalSecondaryIndexInfo: {
    IndexName: indexName,
    KeySchema: keySchema,
    Projection: structure("Projection"),
  },
  PointInTimeRecoveryDescription: {
    PointInTimeRecoveryStatus: enums.PointInTimeRecoveryStatus,
    RecoveryPeriodInDays: integer(1, 35),
    EarliestRestorableDateTime: timestamp,
    LatestRestorableDateTime: timestamp,
  },
  PointInTimeRecoverySpecification: {
    PointInTimeRecoveryEnabled: required(boolean),
    RecoveryPeriodInDays: integer(1, 35),
  },
  SourceTableDetails: {
    TableName: required(tableName),
    TableId: required(tableId),
    TableArn: tableReference,
    TableSizeBytes: anyLong,
    KeySchema: required(keySchema),
    TableCreationDateTime: required(timestamp),
    ProvisionedThroughput: required(structure("ProvisionedThroughput")),
    OnDemandThroughput: structure("OnDemandThroughput"),
    ItemCount: nonNegativeLong,
    BillingMode: enums.BillingMode,
  },
  SourceTableFeatureDetails: {
    LocalSecondaryIndexes: list(structure("LocalSecondaryIndexInfo")),
    GlobalSecondaryIndexes: list(structure("GlobalSecondaryIndexInfo")),
    StreamDescription: structure("StreamSpecification"),
    TimeToLiveDescription: structure("TimeToLiveDescription"),
    SSEDescription: structure("SSEDescription"),
    VectorIndexes: list(structure("VectorIndexInfo")),
  },
  VectorIndexInfo: {
    IndexName: indexName,
    VectorAttribute: structure("VectorAttributeDefinition"),
    SearchSchema: list(structure("SearchSchemaElement"), 1),
    Projection: structure("Projection"),
    Dimensions: positiveLong,
    DistanceFunction: enums.VectorDistanceFunction,
  },
};

export const backupsOperations: Operations = {
  CreateBackup: {
    input: {
      TableName: required(tableReference),
      BackupName: required(backupName),
    },
    output: {
      BackupDetails: structure("BackupDetails"),
    },
    errors: [
      "TableNotFoundException",
      "TableInUseException",
      "ContinuousBackupsUnavailableException",
      "BackupInUseException",
      "LimitExceededException",
      "InternalServerError",
    ],
  },
  DeleteBackup: {
    input: {
      BackupArn: required(longArn),
    },
    output: {
      BackupDescription: structure("BackupDescription"),
    },
    errors: [
      "BackupNotFoundException",
      "BackupInUseException",
      "LimitExceededException",
      "InternalServerError",
    ],
  },
  DescribeBackup: {
    input: {
      BackupArn: required(longArn),
    },
    output: {
      BackupDescription: structure("BackupDescription"),
    },
    errors: ["BackupNotFoundException", "InternalServerError"],
  },
  DescribeContinuousBackups: {
    input: {
      TableName: required(tableReference),
    },
    output: {
      ContinuousBackupsDescription: structure("ContinuousBackupsDescription"),
    },
    errors: ["TableNotFoundException", "InternalServerError"],
  },
  ListBackups: {
    input: {
      TableName: tableReference,
      Limit: integer(1, 100),
      TimeRangeLowerBound: timestamp,
      TimeRangeUpperBound: timestamp,
      ExclusiveStartBackupArn: longArn,
      BackupType: enums.BackupTypeFilter,
    },
    output: {
      BackupSummaries: list(structure("BackupSummary")),
      LastEvaluatedBackupArn: longArn,
    },
    errors: ["InternalServerError"],
  },
  RestoreTableFromBackup: {
    input: {
      TargetTableName: required(tableName),
      BackupArn: required(longArn),
      BillingModeOverride: enums.BillingMode,
      GlobalSecondaryIndexOverride: list(structure("GlobalSecondaryIndex")),
      LocalSecondaryIndexOverride: list(structure("LocalSecondaryIndex")),
      ProvisionedThroughputOverride: structure("ProvisionedThroughput"),
      OnDemandThroughputOverride: structure("OnDemandThroughput"),
      SSESpecificationOverride: structure("SSESpecification"),
      VectorIndexOverride: list(structure("VectorIndex")),
    },
    output: {
      TableDescription: structure("TableDescription"),
    },
    errors: [
      "TableAlreadyExistsException",
      "TableInUseException",
      "BackupNotFoundException",
      "BackupInUseException",
      "LimitExceededException",
      "InternalServerError",
    ],
  },
  RestoreTableToPointInTime: {
    input: {
      SourceTableArn: tableReference,
      SourceTableName: tableName,
      TargetTableName: required(tableName),
      UseLatestRestorableTime: boolean,
      RestoreDateTime: timestamp,
      BillingModeOverride: enums.BillingMode,
      GlobalSecondaryIndexOverride: list(structure("GlobalSecondaryIndex")),
      LocalSecondaryIndexOverride: list(structure("LocalSecondaryIndex")),
      ProvisionedThroughputOverride: structure("ProvisionedThroughput"),
      OnDemandThroughputOverride: structure("OnDemandThroughput"),
      SSESpecificationOverride: structure("SSESpecification"),
      VectorIndexOverride: list(structure("VectorIndex")),
    },
    output: {
      TableDescription: structure("TableDescription"),
    },
    errors: [
      "TableAlreadyExistsException",
      "TableNotFoundException",
      "TableInUseException",
      "LimitExceededException",
      "InvalidRestoreTimeException",
      "PointInTimeRecoveryUnavailableException",
      "InternalServerError",
    ],
  },
  UpdateContinuousBackups: {
    input: {
      TableName: required(tableReference),
      PointInTimeRecoverySpecification: required(structure("PointInTimeRecoverySpecification")),
    },
    output: {
      ContinuousBackupsDescription: structure("ContinuousBackupsDescription"),
    },
    errors: ["TableNotFoundException", "ContinuousBackupsUnavailableException", "InternalServerError"],
  },
};
