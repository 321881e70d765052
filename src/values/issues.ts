/** What can be wrong with an attribute value, in DynamoDB's words. Evidence: answers recorded from the service. */

export type ValueIssueCode =
  | "empty"
  | "severalTypes"
  | "null"
  | "emptySet"
  | "duplicates"
  | "number"
  | "nameTooLarge"
  | "nameEmpty";

/** `message` is the full text for a client, with its "One or more parameter..." prefix where it has one. */
export interface ValueIssue {
  readonly kind: "valueIssue";
  readonly code: ValueIssueCode;
  readonly message: string;
}

const invalidParameters = "One or more parameter values were invalid: ";

export const emptyValueIssue: ValueIssue = {
  kind: "valueIssue",
  code: "empty",
  message: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
};

export const severalTypesIssue: ValueIssue = {
  kind: "valueIssue",
  code: "severalTypes",
  message:
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
};

export const nullIssue: ValueIssue = {
  kind: "valueIssue",
  code: "null",
  message: `${invalidParameters}Null attribute value types must have the value of true`,
};

/** The blanks and the differing words are the service's own. */
export const emptySetIssues: Readonly<Record<"SS" | "NS" | "BS", ValueIssue>> = {
  SS: {
    kind: "valueIssue",
    code: "emptySet",
    message: `${invalidParameters}An string set  may not be empty`,
  },
  NS: {
    kind: "valueIssue",
    code: "emptySet",
    message: `${invalidParameters}An number set  may not be empty`,
  },
  BS: {
    kind: "valueIssue",
    code: "emptySet",
    message: `${invalidParameters}Binary sets should not be empty`,
  },
};

/** `members` as received. Number sets do not repeat them; binary sets have no blank after the bracket. */
export function duplicatesIssue(type: "SS" | "NS" | "BS", members: readonly string[]): ValueIssue {
  const listed = `${invalidParameters}Input collection [${members.join(", ")}]`;
  const messages = {
    SS: () => `${listed} contains duplicates.`,
    NS: () => "Input collection contains duplicates",
    BS: () => `${listed}of type BS contains duplicates.`,
  };
  return { kind: "valueIssue", code: "duplicates", message: messages[type]() };
}

export function numberIssue(message: string): ValueIssue {
  return { kind: "valueIssue", code: "number", message };
}

export const nameTooLargeIssue: ValueIssue = {
  kind: "valueIssue",
  code: "nameTooLarge",
  message: "1 validation error detected: Attribute name is too large, must be less than 65536 bytes",
};

/** Names are 1 to 65535 bytes; the text for an empty one is unconfirmed. */
export const nameEmptyIssue: ValueIssue = {
  kind: "valueIssue",
  code: "nameEmpty",
  message: `${invalidParameters}An attribute name may not be an empty string`,
};
