/** TableName and its like inside a request: a table's name or its ARN, with the texts of either. */
import { tableNameKeyConstraints, tableReferenceIssues } from "../arns.ts";
import { addIssue, addViolation, type Issues, type ViolationPlace } from "./issues.ts";

/** `value` is a string: it has been bound before. */
export function checkTableReference(value: unknown, path: string, issues: Issues): void {
  const text = value as string;
  for (const issue of tableReferenceIssues(text)) {
    if (issue.kind === "sentence") {
      addIssue(issues, issue.text);
    } else {
      addViolation(issues, { value: () => `'${text}'`, path }, issue.text);
    }
  }
}

const keysText = `Map keys must satisfy constraint: [${tableNameKeyConstraints.join(", ")}]`;

/** Keys of RequestItems. One entry for all bad names; a bad ARN is answered with its own sentence. */
export function checkTableReferenceKeys(map: object, place: ViolationPlace, issues: Issues): void {
  let reported = false;
  for (const key of Object.keys(map)) {
    for (const issue of tableReferenceIssues(key)) {
      if (issue.kind === "sentence") {
        addIssue(issues, issue.text);
      } else if (!reported) {
        reported = true;
        addViolation(issues, place, keysText);
      }
    }
  }
}
