/** What a row of a table of options may say. */

interface OptionBase {
  /** Without dashes; also the name of the value. */
  readonly name: string;
  readonly help: string;
}

export interface FlagOption extends OptionBase {
  readonly kind: "flag";
}

export interface TextOption extends OptionBase {
  readonly kind: "text";
  readonly value: string;
  readonly defaultText?: string;
  /** Only these are allowed. */
  readonly choices?: readonly string[];
}

export interface NumberOption extends OptionBase {
  readonly kind: "number";
  readonly value: string;
  readonly min: number;
  readonly max: number;
  readonly defaultNumber?: number;
}

/** May be given several times; in the environment, values are separated by commas. */
export interface ListOption extends OptionBase {
  readonly kind: "list";
  readonly value: string;
  /** One argument may hold several values, separated by commas. */
  readonly commas: boolean;
}

export type OptionRow = FlagOption | TextOption | NumberOption | ListOption;

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionRow[];
}
