import { canonicalGuid, secretPattern, wixTokenPrefix } from "@latchkey/protocol";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { isAuthorized, type Owners, type Principal } from "../../infrastructure/management/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { type ExplainedToken, explainToken, type TokenDependencies } from "../tokens/index.ts";
import type { FoundRow } from "./finders.queries.ts";
import { type Finder, type FoundType, finders, secretFinders } from "./finders.ts";
import { hints, isSecret, secretHints } from "./hints.ts";

/** Something that the caller may read, and where. */
export interface Found extends Omit<FoundRow, "id"> {
  readonly type: FoundType;
  /** Null for a token without a valid signature. */
  readonly id: string | null;
  /** Path and query of the operation that shows it; null when none does. */
  readonly href: string | null;
  readonly token?: ExplainedToken;
}

export interface FindResult {
  readonly items: readonly Found[];
  readonly notes: readonly string[];
}

export interface FindDependencies {
  readonly tokens: TokenDependencies;
  readonly vault: Vault;
}

export interface Asked {
  readonly text: string;
  /** Whether the text is in the address of the request, which others may log. */
  readonly isInAddress: boolean;
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Finds what an id, a secret or a token is, among what the caller may read. */
export class Find {
  readonly #deps: FindDependencies;
  readonly #routes: ReadonlyMap<string, Route>;

  /** @param routes the routes of the management API: who may call the route that shows an object finds the object */
  constructor(deps: FindDependencies, routes: readonly Route[]) {
    this.#deps = deps;
    this.#routes = new Map(routes.map((route) => [route.operationId, route]));
  }

  async find(db: Queries, asked: Asked): Promise<FindResult> {
    const text = asked.text.replace(/^Bearer\s+/i, "");
    if (isToken(text)) return await this.#findToken(db, { ...asked, text });
    if (isSecret(text)) return await this.#findSecret(db, { ...asked, text });
    const items = await this.#search(db, [...finders, ...secretFinders], { ...asked, text, digests: [] });
    return { items, notes: items.length > 0 ? [] : [hints.notFound, hints.request, hints.jti] };
  }

  async #findSecret(db: Queries, asked: Asked): Promise<FindResult> {
    const isWhole = secretPattern.exec(asked.text)?.[0] === asked.text;
    const digests = isWhole ? this.#deps.vault.digests(asked.text) : [];
    const items = await this.#search(db, secretFinders, { ...asked, digests });
    return {
      items,
      notes: [...(items.length > 0 ? [] : [hints.notFound]), ...secretHints(asked, isWhole)],
    };
  }

  async #search(
    db: Queries,
    searched: readonly Finder[],
    asked: Asked & { readonly digests: readonly string[] },
  ): Promise<Found[]> {
    const search = { ...asked, id: canonicalGuid(asked.text) ?? asked.text };
    const items: Found[] = [];
    for (const finder of searched) {
      if (items.some(({ type }) => type === finder.type)) continue;
      for (const row of await finder.find(db, search)) {
        const href = this.#href(finder, row);
        if (items.some((item) => item.type === finder.type && item.href === href && item.id === row.id))
          continue;
        const visible = await this.#mayRead(db, asked.principal, {
          operation: finder.operation,
          owners: row,
        });
        if (visible) items.push({ ...row, type: finder.type, href });
      }
    }
    return items;
  }

  async #findToken(db: Queries, { isInAddress, principal, text }: Asked): Promise<FindResult> {
    const token = await explainToken(this.#deps.tokens, text);
    const { claims } = token;
    const owners = claims && { appId: claims.client_id, siteId: claims.site_id };
    const operation = "getInstance";
    if (!(await this.#mayRead(db, principal, { operation, owners }))) {
      return { items: [], notes: [hints.unknownToken] };
    }
    if (claims === undefined)
      return { items: [{ type: "access-token", id: null, href: null, token }], notes: [] };
    const row = { ...owners, id: claims.jti, instanceId: claims.instance_id };
    const href = this.#href({ operation }, row);
    return {
      items: [{ ...row, type: "access-token", href, token }],
      notes: isInAddress ? [hints.wholeToken] : [],
    };
  }

  async #mayRead(
    db: Queries,
    principal: Principal,
    { operation, owners = {} }: { operation: string; owners?: FoundOwners | undefined },
  ): Promise<boolean> {
    const { access } = this.#route(operation);
    if (access.kind !== "api-key") return false;
    const { appId, siteId } = owners;
    const present = { appId: appId ?? undefined, siteId: siteId ?? undefined } satisfies Owners;
    return await isAuthorized(db, principal, { route: access, owners: present });
  }

  /** The path of an operation with the ids of the row, and its filters. */
  #href(
    { filters = {}, linked, operation }: Pick<Finder, "filters" | "linked" | "operation">,
    row: FoundRow,
  ) {
    if (linked === false) return null;
    const ids: Readonly<Record<string, unknown>> = { ...row };
    const path = this.#route(operation).path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(ids[name] ?? row.id)),
    );
    const query = new URLSearchParams();
    for (const [filter, name] of Object.entries(filters)) {
      const value = row[name];
      if (value != null) query.set(filter, value);
    }
    return query.size === 0 ? path : `${path}?${query}`;
  }

  #route(operation: string): Route {
    const route = this.#routes.get(operation);
    if (route === undefined) throw new Error(`The management API has no operation ${operation}.`);
    return route;
  }
}

type FoundOwners = Pick<FoundRow, "appId" | "siteId">;

/** Whether a text begins as an access token in either format. */
function isToken(text: string): boolean {
  return text.startsWith(wixTokenPrefix) || /^eyJ[\w-]*(\.|$)/.test(text);
}
