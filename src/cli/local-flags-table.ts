/** The flags of DynamoDB Local, and what they mean here. */

export interface LocalFlag {
  readonly name: string;
  /** Placeholder of the value it takes. */
  readonly value?: string;
}

export const localFlags: readonly LocalFlag[] = [
  { name: "-port", value: "PORT" },
  { name: "-inMemory" },
  { name: "-dbPath", value: "DIR" },
  { name: "-sharedDb" },
  { name: "-cors", value: "ORIGINS" },
  { name: "-delayTransientStatuses" },
  { name: "-optimizeDbBeforeStartup" },
  { name: "-disableTelemetry" },
  { name: "-help" },
  { name: "-version" },
];
