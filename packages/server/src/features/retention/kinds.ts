/** How long rows of a kind are kept. */
export interface RetentionKind {
  readonly description: string;
  /** Days; null: forever. */
  readonly default: number | null;
  readonly least: number;
  readonly most: number;
}

export type RetentionKindName =
  | "deliveries"
  | "events"
  | "tokenLog"
  | "pluginCalls"
  | "countsByMinute"
  | "countsByHour"
  | "audit";

/** Days by kind; null: forever. */
export type Retention = Readonly<Record<RetentionKindName, number | null>>;

/** The kinds of rows that are deleted at an age that operators set. */
export const retentionKinds: Readonly<Record<RetentionKindName, RetentionKind>> = {
  deliveries: {
    description:
      "Deliveries with their attempts, after they ended. Those that have not ended are always kept",
    ...{ default: 30, least: 1, most: 365 },
  },
  events: {
    description:
      "Events, after their deliveries were created, and in any case as long as one of these is kept",
    ...{ default: 30, least: 1, most: 365 },
  },
  tokenLog: { description: "The token log", default: 7, least: 1, most: 90 },
  pluginCalls: { description: "Calls of service plugins", default: 7, least: 1, most: 90 },
  countsByMinute: { description: "Counts of each minute", default: 7, least: 1, most: 30 },
  countsByHour: { description: "Counts of each hour", default: 90, least: 7, most: 400 },
  audit: { description: "The audit log; forever by default", default: null, least: 90, most: 3_650 },
};

export const retentionKindNames: readonly RetentionKindName[] = Object.keys(
  retentionKinds,
) as RetentionKindName[];

/** The retention that applies until an operator changes it. */
export const defaultRetention: Retention = Object.fromEntries(
  Object.entries(retentionKinds).map(([kind, { default: days }]) => [kind, days]),
) as Record<RetentionKindName, number | null>;
