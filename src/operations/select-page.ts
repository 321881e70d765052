/** What one page of a SELECT is, whichever way it is read, and where one may begin. */
import type { KeyedSelect } from "../partiql/index.ts";
import type { ConsumedUnits } from "./capacity.ts";
import type { BodyPart } from "./response-body.ts";
import type { SelectPosition } from "./statement-token.ts";

export interface SelectStart {
  readonly from: SelectPosition;
  /** Items evaluated at most. */
  readonly limit: number | undefined;
}

export interface SelectPage {
  /** JSON of the items, comma between each two. */
  readonly items: readonly BodyPart[];
  readonly units: ConsumedUnits;
  /** Present when Limit or size ended the page. */
  readonly next?: {
    readonly position: SelectPosition;
    /** JSON of LastEvaluatedKey. */
    readonly lastKeyJson: string;
  };
}

export const firstPosition: SelectPosition = { step: 0 };

/** Whether a page of this SELECT could have ended there. */
export function isPosition(keyed: KeyedSelect, { step, after }: SelectPosition): boolean {
  switch (keyed.kind) {
    case "points":
      return after === undefined && step > 0 && step < keyed.keys.length;
    case "queries":
      return after !== undefined && step < keyed.queries.length;
    case "scan":
      return after !== undefined && step === 0;
  }
}
