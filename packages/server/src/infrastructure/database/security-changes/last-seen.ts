import { OperatorError } from "../../errors/index.ts";
import { databaseUnavailable } from "../database-errors.ts";

/** How far a database is. It only rises, unless the database is replaced by an older copy. */
export interface SecurityState {
  /** The generation of the platform, which each restore raises. */
  readonly gen: number;
  /** The number of security changes. */
  readonly changes: number;
}

/** The columns that show the {@link SecurityState}. */
export interface SecurityColumns {
  readonly platform_gen: number;
  readonly security_changes: number;
}

/** Whether `one` is the state of an older database than `other`. */
export function isOlder(one: SecurityState, other: SecurityState): boolean {
  return one.gen === other.gen ? one.changes < other.changes : one.gen < other.gen;
}

/**
 * The newest state of the database that this process knows of. It notices a database that was replaced by a backup, or
 * by a standby that lacks commits.
 */
export class LastSeen {
  #newest: SecurityState = { gen: 0, changes: 0 };
  #outdated = false;
  #onRise: () => void = () => {};
  readonly #found = Promise.withResolvers<OperatorError>();

  get newest(): SecurityState {
    return this.#newest;
  }

  /** Resolves when the database is found to be outdated. From then on, every read is refused. */
  get outdated(): Promise<OperatorError> {
    return this.#found.promise;
  }

  /** Calls `listener` each time the state rises. */
  onRise(listener: () => void): void {
    this.#onRise = listener;
  }

  raise(state: SecurityState): void {
    if (!isOlder(this.#newest, state)) return;
    this.#newest = state;
    this.#onRise();
  }

  /** Runs a query, and throws `UNAVAILABLE` when it reads an older state than was known when it began. */
  async read<Row extends SecurityColumns>(query: () => Promise<Row>): Promise<Row> {
    const known = this.#newest;
    const row = await query();
    this.requireAtLeast(known, row);
    this.raise(stateOf(row));
    return row;
  }

  /** Throws `UNAVAILABLE` when the row is older than `known`. */
  requireAtLeast(known: SecurityState, row: SecurityColumns): void {
    if (!this.#outdated && !isOlder(stateOf(row), known)) return;
    const error = new OperatorError("database_outdated");
    this.#outdated = true;
    this.#found.resolve(error);
    throw databaseUnavailable(error);
  }
}

function stateOf({ platform_gen: gen, security_changes: changes }: SecurityColumns): SecurityState {
  return { gen, changes };
}
