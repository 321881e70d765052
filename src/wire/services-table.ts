/**
 * The services this wire speaks for. The first part of X-Amz-Target picks the row; later services (auto
 * scaling, metrics, triggers, backup) are further rows.
 */
import type { ServiceName } from "../api/index.ts";

export interface WireService {
  readonly service: ServiceName;
  /** The service name in the credential scope of a signature. */
  readonly signingName: string;
  readonly protocol: "json-1.0";
  /** What stands before the dot in X-Amz-Target. */
  readonly targetPrefix: string;
}

export const wireServices: readonly WireService[] = [
  {
    service: "DynamoDB",
    signingName: "dynamodb",
    protocol: "json-1.0",
    targetPrefix: "DynamoDB_20120810",
  },
  {
    service: "DynamoDBStreams",
    // Streams requests are signed as dynamodb too.
    signingName: "dynamodb",
    protocol: "json-1.0",
    targetPrefix: "DynamoDBStreams_20120810",
  },
  {
    // Private operations of this project; whoever may sign for tables may call them.
    service: "Stator",
    signingName: "dynamodb",
    protocol: "json-1.0",
    targetPrefix: "Stator_20261121",
  },
];

/** Signing name where no operation was asked for, as under `/_stator/`. */
export const defaultSigningName = "dynamodb";
