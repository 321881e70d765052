/**
 * Operations of Stator's own, under a target of their own: what `stator copy` needs to follow the changes of a table
 * in use. No part of DynamoDB's API, and no promise to other programs.
 */
import {
  integer,
  list,
  type NumberShape,
  type Operations,
  required,
  type Shape,
  string,
  structure,
  type Structures,
} from "./model.ts";
import { attributeMap, boolean, nonNegativeLong, tableReference } from "./simple-types.ts";

const captureId: Shape = string(3, 64, "resourceName");
const bucketNumber: NumberShape = integer(0);
const positions: Shape = list(structure("CapturePosition"));

const captureInput = {
  TableName: required(tableReference),
  CaptureId: required(captureId),
} as const;

export const capturesStructures: Structures = {
  CapturePosition: {
    Shard: required(bucketNumber),
    Position: required(nonNegativeLong),
  },
};

export const capturesOperations: Operations = {
  BeginCapture: {
    input: captureInput,
    output: { Positions: positions },
    errors: ["ResourceNotFoundException", "LimitExceededException", "InternalServerError"],
  },
  ReadCapture: {
    input: { ...captureInput, Positions: required(positions), Limit: integer(1, 1000) },
    output: { Keys: list(attributeMap), Positions: positions, CaughtUp: boolean },
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
  EndCapture: {
    input: captureInput,
    output: {},
    errors: ["ResourceNotFoundException", "InternalServerError"],
  },
};
