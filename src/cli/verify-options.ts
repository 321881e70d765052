/** The options of `stator verify`; like those of serve, each is an environment variable, too. */
import type { OptionRow } from "./option-rows.ts";
import { storePlaceOptions } from "./store-options.ts";

export const verifyOptions: readonly OptionRow[] = [
  { kind: "text", name: "data", value: "DIR", defaultText: "data", help: "Folder of the data." },
  ...storePlaceOptions,
];
