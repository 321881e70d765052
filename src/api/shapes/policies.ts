/** Resource policies. */
import { required, string, type Operations, type Structures } from "./model.ts";
import { anyString, boolean, resourceArn } from "./simple-types.ts";

export const policiesStructures: Structures = {};

export const policiesOperations: Operations = {
  DeleteResourcePolicy: {
    input: {
      ResourceArn: required(resourceArn),
      ExpectedRevisionId: string(1, 255),
    },
    output: {
      RevisionId: string(1, 255),
    },
    errors: [
      "ResourceNotFoundException",
      "InternalServerError",
      "PolicyNotFoundException",
      "ResourceInUseException",
      "LimitExceededException",
    ],
  },
  GetResourcePolicy: {
    input: {
      ResourceArn: required(resourceArn),
    },
    output: {
      Policy: anyString,
      RevisionId: string(1, 255),
    },
    errors: ["ResourceNotFoundException", "InternalServerError", "PolicyNotFoundException"],
  },
  PutResourcePolicy: {
    input: {
      ResourceArn: required(resourceArn),
      Policy: required(anyString),
      ExpectedRevisionId: string(1, 255),
      ConfirmRemoveSelfResourceAccess: boolean,
    },
    output: {
      RevisionId: string(1, 255),
    },
    errors: [
      "ResourceNotFoundException",
      "InternalServerError",
      "LimitExceededException",
      "PolicyNotFoundException",
      "ResourceInUseException",
    ],
  },
};
