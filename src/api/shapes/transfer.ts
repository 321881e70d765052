/**
 * Export to and import from object stores, and bulk loads. The bulk operations are newer than the published
 * model; their members come from the public SDK client, bounds from the like-named members of export and
 * import (unconfirmed).
 */
import { enums } from "./enums.ts";
import {
  integer,
  list,
  long,
  map,
  required,
  string,
  structure,
  type Operations,
  type Structures,
} from "./model.ts";
import {
  anyLong,
  anyString,
  clientToken,
  expression,
  expressionNames,
  expressionValues,
  indexName,
  keySchema,
  longArn,
  nonNegativeLong,
  positiveInteger,
  s3Bucket,
  s3BucketOwner,
  s3Prefix,
  tableId,
  tableName,
  tableReference,
  timestamp,
} from "./simple-types.ts";

export const transferStructures: Structures = {
  BulkOperationBytes: {
    BulkPutBytes: anyLong,
  },
  BulkOperationDescription: {
    BulkOperationArn: longArn,
    BulkOperationStatus: enums.BulkOperationStatus,
    TableDetails: list(structure("BulkOperationTableDetail")),
    ClientToken: clientToken,
    InputS3Configuration: structure("InputS3Configuration"),
    OutputS3Configuration: structure("OutputS3Configuration"),
    StartTime: timestamp,
    EndTime: timestamp,
    ProcessedItemCount: nonNegativeLong,
    ProcessedInputBytes: anyLong,
    TotalInputBytes: anyLong,
    BulkOperationUsage: list(structure("BulkOperationUsage")),
    FailedItemCount: nonNegativeLong,
    FailureCode: anyString,
    FailureMessage: anyString,
    MaxWriteRequestUnits: long(1024),
    PerformanceTier: enums.BulkOperationPerformanceTier,
  },
  BulkOperationSummary: {
    BulkOperationArn: required(longArn),
    BulkOperationStatus: required(enums.BulkOperationStatus),
    StartTime: required(timestamp),
    EndTime: timestamp,
  },
  BulkOperationTableDetail: {
    TableName: tableReference,
    TableId: tableId,
  },
  BulkOperationUsage: {
    TableName: tableReference,
    BulkPutBytes: anyLong,
    Table: structure("BulkOperationBytes"),
    LocalSecondaryIndexes: map(indexName, structure("BulkOperationBytes")),
    GlobalSecondaryIndexes: map(indexName, structure("BulkOperationBytes")),
    VectorIndexes: map(indexName, structure("BulkOperationVectorBytes")),
  },
  BulkOperationVectorBytes: {
    BulkPutVectorBytes: anyLong,
  },
  CsvOptions: {
    Delimiter: string(1, 1, "csvDelimiter"),
    HeaderList: list(string(1, 65536, "csvHeader"), 1, 255),
  },
  ExportDescription: {
    ExportArn: longArn,
    ExportStatus: enums.ExportStatus,
    StartTime: timestamp,
    EndTime: timestamp,
    ExportManifest: anyString,
    TableArn: tableReference,
    TableId: tableId,
    ExportTime: timestamp,
    ClientToken: clientToken,
    S3Bucket: s3Bucket,
    S3BucketOwner: s3BucketOwner,
    S3Prefix: s3Prefix,
    S3SseAlgorithm: enums.S3SseAlgorithm,
    S3SseKmsKeyId: string(1, 2048),
    FailureCode: anyString,
    FailureMessage: anyString,
    ExportFormat: enums.ExportFormat,
    BilledSizeBytes: nonNegativeLong,
    ItemCount: nonNegativeLong,
    ExportType: enums.ExportType,
    IncrementalExportSpecification: structure("IncrementalExportSpecification"),
    FilterSpecification: structure("FilterSpecification"),
  },
  ExportSummary: {
    ExportArn: longArn,
    ExportStatus: enums.ExportStatus,
    ExportType: enums.ExportType,
  },
  FilterSpecification: {
    FilterExpression: expression,
    ProjectionExpression: expression,
    KeyConditionExpression: expression,
    ExpressionAttributeNames: expressionNames,
    ExpressionAttributeValues: expressionValues,
  },
  ImportSummary: {
    ImportArn: longArn,
    ImportStatus: enums.ImportStatus,
    TableArn: tableReference,
    S3BucketSource: structure("S3BucketSource"),
    CloudWatchLogGroupArn: string(1, 1024),
    InputFormat: enums.InputFormat,
    StartTime: timestamp,
    EndTime: timestamp,
  },
  ImportTableDescription: {
    ImportArn: longArn,
    ImportStatus: enums.ImportStatus,
    TableArn: tableReference,
    TableId: tableId,
    ClientToken: clientToken,
    S3BucketSource: structure("S3BucketSource"),
    ErrorCount: nonNegativeLong,
    CloudWatchLogGroupArn: string(1, 1024),
    InputFormat: enums.InputFormat,
    InputFormatOptions: structure("InputFormatOptions"),
    InputCompressionType: enums.InputCompressionType,
    TableCreationParameters: structure("TableCreationParameters"),
    StartTime: timestamp,
    EndTime: timestamp,
    ProcessedSizeBytes: anyLong,
    ProcessedItemCount: nonNegativeLong,
    ImportedItemCount: nonNegativeLong,
    FailureCode: anyString,
    FailureMessage: anyString,
  },
  IncrementalExportSpecification: {
    ExportFromTime: timestamp,
    ExportToTime: timestamp,
    ExportViewType: enums.ExportViewType,
  },
  InputFormatOptions: {
    Csv: structure("CsvOptions"),
  },
  InputS3Configuration: {
    S3BucketOwner: s3BucketOwner,
    S3Bucket: required(s3Bucket),
    S3KeyPrefix: s3Prefix,
    InputFormat: required(enums.BulkOperationInputFormat),
    InputCompressionType: enums.InputCompressionType,
  },
  OutputS3Configuration: {
    S3BucketOwner: s3BucketOwner,
    S3Bucket: s3Bucket,
    S3KeyPrefix: s3Prefix,
    S3SseAlgorithm: enums.S3SseAlgorithm,
    S3SseKmsKeyId: string(1, 2048),
    OutputType: required(list(enums.BulkOperationOutputType)),
  },
  S3BucketSource: {
    S3BucketOwner: s3BucketOwner,
    S3Bucket: required(s3Bucket),
    S3KeyPrefix: s3Prefix,
  },
  TableCreationParameters: {
    TableName: required(tableName),
    AttributeDefinitions: required(list(structure("AttributeDefinition"))),
    KeySchema: required(keySchema),
    BillingMode: enums.BillingMode,
    ProvisionedThroughput: structure("ProvisionedThroughput"),
    OnDemandThroughput: structure("OnDemandThroughput"),
    SSESpecification: structure("SSESpecification"),
    GlobalSecondaryIndexes: list(structure("GlobalSecondaryIndex")),
    VectorIndexes: list(structure("VectorIndex")),
  },
};

export const transferOperations: Operations = {
  CancelBulkOperation: {
    input: {
      BulkOperationArn: required(longArn),
    },
    output: {
      BulkOperationArn: required(longArn),
      BulkOperationStatus: required(enums.BulkOperationStatus),
    },
    errors: ["ResourceNotFoundException"],
  },
  DescribeBulkOperation: {
    input: {
      BulkOperationArn: required(longArn),
    },
    output: {
      BulkOperationDescription: required(structure("BulkOperationDescription")),
    },
    errors: ["ResourceNotFoundException"],
  },
  DescribeExport: {
    input: {
      ExportArn: required(longArn),
    },
    output: {
      ExportDescription: structure("ExportDescription"),
    },
    errors: ["ExportNotFoundException", "LimitExceededException", "InternalServerError"],
  },
  DescribeImport: {
    input: {
      ImportArn: required(longArn),
    },
    output: {
      ImportTableDescription: required(structure("ImportTableDescription")),
    },
    errors: ["ImportNotFoundException"],
  },
  ExportTableToPointInTime: {
    input: {
      TableArn: required(tableReference),
      ExportTime: timestamp,
      ClientToken: clientToken,
      S3Bucket: required(s3Bucket),
      S3BucketOwner: s3BucketOwner,
      S3Prefix: s3Prefix,
      S3SseAlgorithm: enums.S3SseAlgorithm,
      S3SseKmsKeyId: string(1, 2048),
      ExportFormat: enums.ExportFormat,
      ExportType: enums.ExportType,
      IncrementalExportSpecification: structure("IncrementalExportSpecification"),
      FilterSpecification: structure("FilterSpecification"),
    },
    output: {
      ExportDescription: structure("ExportDescription"),
    },
    errors: [
      "TableNotFoundException",
      "PointInTimeRecoveryUnavailableException",
      "LimitExceededException",
      "InvalidExportTimeException",
      "ExportConflictException",
      "InternalServerError",
    ],
  },
  ImportTable: {
    input: {
      ClientToken: clientToken,
      S3BucketSource: required(structure("S3BucketSource")),
      InputFormat: required(enums.InputFormat),
      InputFormatOptions: structure("InputFormatOptions"),
      InputCompressionType: enums.InputCompressionType,
      TableCreationParameters: required(structure("TableCreationParameters")),
    },
    output: {
      ImportTableDescription: required(structure("ImportTableDescription")),
    },
    errors: ["ResourceInUseException", "LimitExceededException", "ImportConflictException"],
  },
  ListBulkOperations: {
    input: {
      MaxResults: positiveInteger,
      NextToken: anyString,
    },
    output: {
      BulkOperationsSummaryList: list(structure("BulkOperationSummary")),
      NextToken: anyString,
    },
    errors: [],
  },
  ListExports: {
    input: {
      TableArn: tableReference,
      MaxResults: integer(1, 25),
      NextToken: anyString,
    },
    output: {
      ExportSummaries: list(structure("ExportSummary")),
      NextToken: anyString,
    },
    errors: ["LimitExceededException", "InternalServerError"],
  },
  ListImports: {
    input: {
      TableArn: tableReference,
      PageSize: integer(1, 25),
      NextToken: string(112, 1024, "importNextToken"),
    },
    output: {
      ImportSummaryList: list(structure("ImportSummary")),
      NextToken: string(112, 1024, "importNextToken"),
    },
    errors: ["LimitExceededException"],
  },
  StartBulkPutItems: {
    input: {
      ClientToken: clientToken,
      InputS3Configuration: required(structure("InputS3Configuration")),
      OutputS3Configuration: required(structure("OutputS3Configuration")),
      TableName: required(tableReference),
      MaxWriteRequestUnits: long(1024),
      PerformanceTier: enums.BulkOperationPerformanceTier,
    },
    output: {
      BulkOperationDescription: required(structure("BulkOperationDescription")),
    },
    errors: [
      "IdempotentParameterMismatchException",
      "LimitExceededException",
      "ResourceInUseException",
      "ResourceNotFoundException",
    ],
  },
};
