/**
 * Enumerations in the order of the API model. The order in which the service prints them differs for some;
 * overlay.ts knows those.
 */
import { enumeration, type EnumShape } from "./model.ts";

type EnumName =
  | "ApproximateCreationDateTimePrecision"
  | "AttributeAction"
  | "BackupStatus"
  | "BackupType"
  | "BackupTypeFilter"
  | "BatchStatementErrorCodeEnum"
  | "BillingMode"
  | "BulkOperationInputFormat"
  | "BulkOperationOutputType"
  | "BulkOperationPerformanceTier"
  | "BulkOperationStatus"
  | "ComparisonOperator"
  | "ConditionalOperator"
  | "ContinuousBackupsStatus"
  | "ContributorInsightsAction"
  | "ContributorInsightsMode"
  | "ContributorInsightsStatus"
  | "DestinationStatus"
  | "DisassociationMode"
  | "ExportFormat"
  | "ExportStatus"
  | "ExportType"
  | "ExportViewType"
  | "GlobalTableSettingsReplicationMode"
  | "GlobalTableStatus"
  | "ImportStatus"
  | "IndexStatus"
  | "InputCompressionType"
  | "InputFormat"
  | "KeyType"
  | "MultiRegionConsistency"
  | "OperationType"
  | "PointInTimeRecoveryStatus"
  | "ProjectionType"
  | "ReplicaStatus"
  | "ReturnConsumedCapacity"
  | "ReturnItemCollectionMetrics"
  | "ReturnValue"
  | "ReturnValuesOnConditionCheckFailure"
  | "S3SseAlgorithm"
  | "SSEStatus"
  | "SSEType"
  | "ScalarAttributeType"
  | "SearchSchemaElementType"
  | "Select"
  | "ShardFilterType"
  | "ShardIteratorType"
  | "StreamStatus"
  | "StreamViewType"
  | "TableClass"
  | "TableStatus"
  | "TimeToLiveStatus"
  | "VectorDistanceFunction"
  | "WitnessStatus";

export const enums: Readonly<Record<EnumName, EnumShape>> = {
  ApproximateCreationDateTimePrecision: enumeration("ApproximateCreationDateTimePrecision", [
    "MILLISECOND",
    "MICROSECOND",
  ]),
  AttributeAction: enumeration("AttributeAction", ["ADD", "PUT", "DELETE"]),
  BackupStatus: enumeration("BackupStatus", ["CREATING", "DELETED", "AVAILABLE"]),
  BackupType: enumeration("BackupType", ["USER", "SYSTEM", "AWS_BACKUP"]),
  BackupTypeFilter: enumeration("BackupTypeFilter", ["USER", "SYSTEM", "AWS_BACKUP", "ALL"]),
  BatchStatementErrorCodeEnum: enumeration("BatchStatementErrorCodeEnum", [
    "ConditionalCheckFailed",
    "ItemCollectionSizeLimitExceeded",
    "RequestLimitExceeded",
    "ValidationError",
    "ProvisionedThroughputExceeded",
    "TransactionConflict",
    "ThrottlingError",
    "InternalServerError",
    "ResourceNotFound",
    "AccessDenied",
    "DuplicateItem",
  ]),
  BillingMode: enumeration("BillingMode", ["PROVISIONED", "PAY_PER_REQUEST"]),
  BulkOperationInputFormat: enumeration("BulkOperationInputFormat", ["DYNAMODB_JSON", "ION"]),
  BulkOperationOutputType: enumeration("BulkOperationOutputType", ["ERROR", "CONDITION_CHECK_FAILURE"]),
  BulkOperationPerformanceTier: enumeration("BulkOperationPerformanceTier", ["STANDARD", "ACCELERATED"]),
  BulkOperationStatus: enumeration("BulkOperationStatus", [
    "IN_PROGRESS",
    "COMPLETED",
    "COMPLETED_WITH_ERRORS",
    "CANCELLING",
    "CANCELLED",
    "FAILED",
  ]),
  ComparisonOperator: enumeration("ComparisonOperator", [
    "EQ",
    "NE",
    "IN",
    "LE",
    "LT",
    "GE",
    "GT",
    "BETWEEN",
    "NOT_NULL",
    "NULL",
    "CONTAINS",
    "NOT_CONTAINS",
    "BEGINS_WITH",
  ]),
  ConditionalOperator: enumeration("ConditionalOperator", ["AND", "OR"]),
  ContinuousBackupsStatus: enumeration("ContinuousBackupsStatus", ["ENABLED", "DISABLED"]),
  ContributorInsightsAction: enumeration("ContributorInsightsAction", ["ENABLE", "DISABLE"]),
  ContributorInsightsMode: enumeration("ContributorInsightsMode", [
    "ACCESSED_AND_THROTTLED_KEYS",
    "THROTTLED_KEYS",
  ]),
  ContributorInsightsStatus: enumeration("ContributorInsightsStatus", [
    "ENABLING",
    "ENABLED",
    "DISABLING",
    "DISABLED",
    "FAILED",
  ]),
  DestinationStatus: enumeration("DestinationStatus", [
    "ENABLING",
    "ACTIVE",
    "DISABLING",
    "DISABLED",
    "ENABLE_FAILED",
    "UPDATING",
  ]),
  DisassociationMode: enumeration("DisassociationMode", ["WAIT_FOR_REPLICATION"]),
  ExportFormat: enumeration("ExportFormat", ["DYNAMODB_JSON", "ION"]),
  ExportStatus: enumeration("ExportStatus", ["IN_PROGRESS", "COMPLETED", "FAILED"]),
  ExportType: enumeration("ExportType", ["FULL_EXPORT", "INCREMENTAL_EXPORT"]),
  ExportViewType: enumeration("ExportViewType", ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"]),
  GlobalTableSettingsReplicationMode: enumeration("GlobalTableSettingsReplicationMode", [
    "ENABLED",
    "DISABLED",
    "ENABLED_WITH_OVERRIDES",
  ]),
  GlobalTableStatus: enumeration("GlobalTableStatus", ["CREATING", "ACTIVE", "DELETING", "UPDATING"]),
  ImportStatus: enumeration("ImportStatus", [
    "IN_PROGRESS",
    "COMPLETED",
    "CANCELLING",
    "CANCELLED",
    "FAILED",
  ]),
  IndexStatus: enumeration("IndexStatus", ["CREATING", "UPDATING", "DELETING", "ACTIVE"]),
  InputCompressionType: enumeration("InputCompressionType", ["GZIP", "ZSTD", "NONE"]),
  InputFormat: enumeration("InputFormat", ["DYNAMODB_JSON", "ION", "CSV"]),
  KeyType: enumeration("KeyType", ["HASH", "RANGE"]),
  MultiRegionConsistency: enumeration("MultiRegionConsistency", ["EVENTUAL", "STRONG"]),
  OperationType: enumeration("OperationType", ["INSERT", "MODIFY", "REMOVE"]),
  PointInTimeRecoveryStatus: enumeration("PointInTimeRecoveryStatus", ["ENABLED", "DISABLED"]),
  ProjectionType: enumeration("ProjectionType", ["ALL", "KEYS_ONLY", "INCLUDE"]),
  ReplicaStatus: enumeration("ReplicaStatus", [
    "CREATING",
    "CREATION_FAILED",
    "UPDATING",
    "DELETING",
    "ACTIVE",
    "REGION_DISABLED",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    "ARCHIVING",
    "ARCHIVED",
    "REPLICATION_NOT_AUTHORIZED",
  ]),
  ReturnConsumedCapacity: enumeration("ReturnConsumedCapacity", ["INDEXES", "TOTAL", "NONE"]),
  ReturnItemCollectionMetrics: enumeration("ReturnItemCollectionMetrics", ["SIZE", "NONE"]),
  ReturnValue: enumeration("ReturnValue", ["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]),
  ReturnValuesOnConditionCheckFailure: enumeration("ReturnValuesOnConditionCheckFailure", [
    "ALL_OLD",
    "NONE",
  ]),
  S3SseAlgorithm: enumeration("S3SseAlgorithm", ["AES256", "KMS"]),
  SSEStatus: enumeration("SSEStatus", ["ENABLING", "ENABLED", "DISABLING", "DISABLED", "UPDATING"]),
  SSEType: enumeration("SSEType", ["AES256", "KMS"]),
  ScalarAttributeType: enumeration("ScalarAttributeType", ["S", "N", "B"]),
  SearchSchemaElementType: enumeration("SearchSchemaElementType", ["HASH", "INLINE_FILTER"]),
  Select: enumeration("Select", [
    "ALL_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES",
    "SPECIFIC_ATTRIBUTES",
    "COUNT",
  ]),
  ShardFilterType: enumeration("ShardFilterType", ["CHILD_SHARDS"]),
  ShardIteratorType: enumeration("ShardIteratorType", [
    "TRIM_HORIZON",
    "LATEST",
    "AT_SEQUENCE_NUMBER",
    "AFTER_SEQUENCE_NUMBER",
  ]),
  StreamStatus: enumeration("StreamStatus", ["ENABLING", "ENABLED", "DISABLING", "DISABLED"]),
  StreamViewType: enumeration("StreamViewType", [
    "NEW_IMAGE",
    "OLD_IMAGE",
    "NEW_AND_OLD_IMAGES",
    "KEYS_ONLY",
  ]),
  TableClass: enumeration("TableClass", ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]),
  TableStatus: enumeration("TableStatus", [
    "CREATING",
    "UPDATING",
    "DELETING",
    "ACTIVE",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    "ARCHIVING",
    "ARCHIVED",
    "REPLICATION_NOT_AUTHORIZED",
  ]),
  TimeToLiveStatus: enumeration("TimeToLiveStatus", ["ENABLING", "DISABLING", "ENABLED", "DISABLED"]),
  VectorDistanceFunction: enumeration("VectorDistanceFunction", ["COSINE", "DOT_PRODUCT", "EUCLIDEAN"]),
  WitnessStatus: enumeration("WitnessStatus", ["CREATING", "DELETING", "ACTIVE"]),
};
