import type { z } from "zod";
import type { Queries, Write } from "../../infrastructure/database/index.ts";
import type { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor, FoundPage, Page, RouteAuthorization } from "../../infrastructure/management/index.ts";

/** The number of rows that a filter selects. `more`: the count stopped at a limit, so there may be more. */
export interface JobCount {
  readonly count: number;
  readonly more: boolean;
}

/** Reading for a count ends after this many rows. */
export const maxCounted = 100_000;

/** The rows that a job acts on. */
export interface JobSelection<Filter> {
  readonly filter: Filter;
  /** Only rows with a lower id, where ids begin with a time. */
  readonly before: string;
  /** Only rows that were created at this time or earlier, in epoch milliseconds. */
  readonly startedAt: number;
}

interface ActionContext<Filter> {
  readonly actor: Actor;
  readonly filter: Filter;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What became of the rows of a step. Those that are not done have failed. */
export interface ActionResult {
  readonly done: number;
  /** Code of the error of a failed row. */
  readonly error?: string | undefined;
}

interface ActionDefinition<Schema extends z.ZodObject, Row> extends RouteAuthorization {
  /** The fields as in JSON. A site owner needs `siteId` among them, a developer and a bound key `appId`. */
  readonly filter: Schema;
  /** Rows that one transaction changes. With 1, an error of a row undoes only the change of this row. */
  readonly rowsPerStep: number;
  count(db: Queries, selection: JobSelection<z.output<Schema>>): Promise<JobCount>;
  /** Finds the next rows. A row that does not match any more, or is too new, is left out. */
  find(trx: Write, selection: JobSelection<z.output<Schema>>, page: Page): Promise<FoundPage<Row>>;
  position(row: Row): string;
  apply(trx: Write, rows: readonly Row[], context: ActionContext<z.output<Schema>>): Promise<ActionResult>;
}

/** One step of a job. */
export interface JobStep extends JobSelection<unknown> {
  readonly actor: Actor;
  readonly after: string;
  readonly now: number;
  /** The error that the rows of this step have caused: they are not changed, and count as failed. */
  readonly failure?: ApiError | undefined;
}

export interface StepResult extends ActionResult {
  readonly found: number;
  /** Where the next step begins; undefined when no row is left. */
  readonly next: string | undefined;
}

/** A change that a job makes to every row that a filter selects. */
export interface JobAction extends RouteAuthorization {
  readonly filter: z.ZodObject;
  count(db: Queries, selection: JobSelection<unknown>): Promise<JobCount>;
  step(trx: Write, step: JobStep): Promise<StepResult>;
}

/** Makes an action of the functions of a feature. */
export function jobAction<Schema extends z.ZodObject, Row>(
  definition: ActionDefinition<Schema, Row>,
): JobAction {
  const { filter: schema, rowsPerStep } = definition;
  const parsed = (filter: unknown): z.output<Schema> => schema.parse(filter);
  return {
    ...definition,
    count: (db, selection) => definition.count(db, { ...selection, filter: parsed(selection.filter) }),
    async step(trx, { actor, after, failure, now, ...selection }) {
      const filter = parsed(selection.filter);
      const page = { after, limit: rowsPerStep };
      const { continueAfter, rows } = await definition.find(trx, { ...selection, filter }, page);
      const last = rows.at(-1);
      const next =
        rows.length === rowsPerStep && last !== undefined ? definition.position(last) : continueAfter;
      if (failure !== undefined) return { found: rows.length, done: 0, error: failure.code, next };
      const nothing: ActionResult = { done: 0 };
      const result = rows.length === 0 ? nothing : await definition.apply(trx, rows, { actor, filter, now });
      return { ...result, found: rows.length, next };
    },
  };
}
