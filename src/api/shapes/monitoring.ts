/** Contributor insights and Kinesis streaming destinations. */
import { enums } from "./enums.ts";
import { integer, list, patterned, required, structure, type Operations, type Structures } from "./model.ts";
import { anyString, indexName, longArn, tableName, tableReference, timestamp } from "./simple-types.ts";

export const monitoringStructures: Structures = {
  ContributorInsightsSummary: {
    TableName: tableName,
    IndexName: indexName,
    ContributorInsightsStatus: enums.ContributorInsightsStatus,
    ContributorInsightsMode: enums.ContributorInsightsMode,
  },
  EnableKinesisStreamingConfiguration: {
    ApproximateCreationDateTimePrecision: enums.ApproximateCreationDateTimePrecision,
  },
  FailureException: {
    ExceptionName: anyString,
    ExceptionDescription: anyString,
  },
  KinesisDataStreamDestination: {
    StreamArn: longArn,
    DestinationStatus: enums.DestinationStatus,
    DestinationStatusDescription: anyString,
    ApproximateCreationDateTimePrecision: enums.ApproximateCreationDateTimePrecision,
  },
  UpdateKinesisStreamingConfiguration: {
    ApproximateCreationDateTimePrecision: enums.ApproximateCreationDateTimePrecision,
  },
};

export const monitoringOperations: Operations = {
  DescribeContributorInsights: {
    input: {
      TableName: required(tableReference),
      IndexName: indexName,
    },
    output: {
      TableName: tableName,
      IndexName: indexName,
      ContributorInsightsRuleList: list(patterned("contributorInsightsRule")),
      ContributorInsightsStatus: enums.ContributorInsightsStatus,
      LastUpdateDateTime: timestamp,
      FailureException: structure("FailureException"),
      ContributorInsightsMode: enums.ContributorInsightsMode,
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  DescribeKinesisStreamingDestination: {
    input: {
      TableName: required(tableReference),
    },
    output: {
      TableName: tableName,
      KinesisDataStreamDestinations: list(structure("KinesisDataStreamDestination")),
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  DisableKinesisStreamingDestination: {
    input: {
      TableName: required(tableReference),
      StreamArn: required(longArn),
      EnableKinesisStreamingConfiguration: structure("EnableKinesisStreamingConfiguration"),
    },
    output: {
      TableName: tableName,
      StreamArn: longArn,
      DestinationStatus: enums.DestinationStatus,
      EnableKinesisStreamingConfiguration: structure("EnableKinesisStreamingConfiguration"),
    },
    errors: [
      "InternalServerError",
      "LimitExceededException",
      "ResourceInUseException",
      "ResourceNotFoundException",
    ],
  },
  EnableKinesisStreamingDestination: {
    input: {
      TableName: required(tableReference),
      StreamArn: required(longArn),
      EnableKinesisStreamingConfiguration: structure("EnableKinesisStreamingConfiguration"),
    },
    output: {
      TableName: tableName,
      StreamArn: longArn,
      DestinationStatus: enums.DestinationStatus,
      EnableKinesisStreamingConfiguration: structure("EnableKinesisStreamingConfiguration"),
    },
    errors: [
      "InternalServerError",
      "LimitExceededException",
      "ResourceInUseException",
      "ResourceNotFoundException",
    ],
  },
  ListContributorInsights: {
    input: {
      TableName: tableReference,
      NextToken: anyString,
      MaxResults: integer(undefined, 100),
    },
    output: {
      ContributorInsightsSummaries: list(structure("ContributorInsightsSummary")),
      NextToken: anyString,
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  UpdateContributorInsights: {
    input: {
      TableName: required(tableReference),
      IndexName: indexName,
      ContributorInsightsAction: required(enums.ContributorInsightsAction),
      ContributorInsightsMode: enums.ContributorInsightsMode,
    },
    output: {
      TableName: tableName,
      IndexName: indexName,
      ContributorInsightsStatus: enums.ContributorInsightsStatus,
      ContributorInsightsMode: enums.ContributorInsightsMode,
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  UpdateKinesisStreamingDestination: {
    input: {
      TableName: required(tableReference),
      StreamArn: required(longArn),
      UpdateKinesisStreamingConfiguration: structure("UpdateKinesisStreamingConfiguration"),
    },
    output: {
      TableName: tableName,
      StreamArn: longArn,
      DestinationStatus: enums.DestinationStatus,
      UpdateKinesisStreamingConfiguration: structure("UpdateKinesisStreamingConfiguration"),
    },
    errors: [
      "InternalServerError",
      "LimitExceededException",
      "ResourceInUseException",
      "ResourceNotFoundException",
    ],
  },
};
