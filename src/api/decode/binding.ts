/** What goes wrong while JSON is bound to a shape. The first problem wins; later stages do not run. */
import { apiError, type ApiError } from "../errors.ts";
import { serializationError, validationError } from "../error-texts.ts";

/** `validation` only for values nested so deeply that nobody may walk them. */
export interface BindingProblem {
  readonly kind: "serialization" | "validation";
  readonly message: string;
}

/** One per request; readers stop as soon as `problem` is set. */
export interface Binding {
  problem: BindingProblem | undefined;
}

export function bindingProblem(message: string): BindingProblem {
  return { kind: "serialization", message };
}

export function bindingError(problem: BindingProblem): ApiError {
  return problem.kind === "serialization"
    ? serializationError(problem.message)
    : validationError(problem.message);
}

/** A request body that is JSON but no object carries no message (unconfirmed). */
export function notAnObject(): ApiError {
  return apiError("SerializationException");
}

/** Texts of mismatches between a JSON value and what the shape wants. */
export const bindingTexts: {
  readonly structureStart: string;
  readonly memberType: string;
  readonly elementType: string;
  readonly parserToken: string;
  readonly blobScalar: string;
  readonly blobCharacters: string;
  readonly nestedCollection: string;
} = {
  structureStart: "Start of structure or map found where not expected",
  memberType: "Unexpected field type",
  elementType: "Unexpected value type in payload",
  parserToken: "Unexpected token received from parser",
  blobScalar: "only base-64-encoded strings are convertible to bytes",
  // The spelling is DynamoDB's.
  blobCharacters: "Invalid last non-pad Base64 character dectected",
  // Captured up to "java.lang.Class"; the parenthesis is the Java runtime's standard ending.
  nestedCollection:
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class " +
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base " +
    "of loader 'bootstrap')",
};

export function unrecognizedCollection(javaType: string): string {
  return `Unrecognized collection type ${javaType}`;
}

export function base64Length(length: number): string {
  return `Base64 encoded length is expected a multiple of 4 bytes but found: ${length}`;
}
