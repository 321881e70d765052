/** DynamoDB Streams, a service of its own with a target prefix of its own. */
import { enums } from "./enums.ts";
import { list, required, string, structure, type Operations, type Structures } from "./model.ts";
import {
  anyString,
  attributeMap,
  longArn,
  positiveInteger,
  positiveLong,
  sequenceNumber,
  shardId,
  tableName,
  timestamp,
} from "./simple-types.ts";

export const streamsStructures: Structures = {
  Identity: {
    PrincipalId: anyString,
    Type: anyString,
  },
  Record: {
    eventID: anyString,
    eventName: enums.OperationType,
    eventVersion: anyString,
    eventSource: anyString,
    awsRegion: anyString,
    dynamodb: structure("StreamRecord"),
    userIdentity: structure("Identity"),
  },
  SequenceNumberRange: {
    StartingSequenceNumber: sequenceNumber,
    EndingSequenceNumber: sequenceNumber,
  },
  Shard: {
    ShardId: shardId,
    SequenceNumberRange: structure("SequenceNumberRange"),
    ParentShardId: shardId,
  },
  ShardFilter: {
    Type: enums.ShardFilterType,
    ShardId: shardId,
  },
  Stream: {
    StreamArn: longArn,
    TableName: tableName,
    StreamLabel: anyString,
  },
  StreamDescription: {
    StreamArn: longArn,
    StreamLabel: anyString,
    StreamStatus: enums.StreamStatus,
    StreamViewType: enums.StreamViewType,
    CreationRequestDateTime: timestamp,
    TableName: tableName,
    KeySchema: list(structure("KeySchemaElement"), 1, 2),
    Shards: list(structure("Shard")),
    LastEvaluatedShardId: shardId,
  },
  StreamRecord: {
    ApproximateCreationDateTime: timestamp,
    Keys: attributeMap,
    NewImage: attributeMap,
    OldImage: attributeMap,
    SequenceNumber: sequenceNumber,
    SizeBytes: positiveLong,
    StreamViewType: enums.StreamViewType,
  },
};

export const streamsOperations: Operations = {
  DescribeStream: {
    input: {
      StreamArn: required(longArn),
      Limit: positiveInteger,
      ExclusiveStartShardId: shardId,
      ShardFilter: structure("ShardFilter"),
    },
    output: {
      StreamDescription: structure("StreamDescription"),
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  GetRecords: {
    input: {
      ShardIterator: required(string(1, 2048)),
      Limit: positiveInteger,
    },
    output: {
      Records: list(structure("Record")),
      NextShardIterator: string(1, 2048),
    },
    errors: [
      "ResourceNotFoundException",
      "LimitExceededException",
      "InternalServerError",
      "ExpiredIteratorException",
      "TrimmedDataAccessException",
    ],
  },
  GetShardIterator: {
    input: {
      StreamArn: required(longArn),
      ShardId: required(shardId),
      ShardIteratorType: required(enums.ShardIteratorType),
      SequenceNumber: sequenceNumber,
    },
    output: {
      ShardIterator: string(1, 2048),
    },
    errors: ["ResourceNotFoundException", "InternalServerError", "TrimmedDataAccessException"],
  },
  ListStreams: {
    input: {
      TableName: tableName,
      Limit: positiveInteger,
      ExclusiveStartStreamArn: longArn,
    },
    output: {
      Streams: list(structure("Stream")),
      LastEvaluatedStreamArn: longArn,
    },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
};
