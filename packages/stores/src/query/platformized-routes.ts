import type { AccessTokenRoute } from "@latchkey/server";
import { z } from "zod";
import { encodedQuery, platformMetadata, platformQuery } from "./query-schemas.ts";

/** A platformized query of one kind of document (*wire §8.2*). */
interface PlatformizedQuery
  extends Pick<
    AccessTokenRoute,
    | "permission"
    | "tag"
    | "path"
    | "aliases"
    | "description"
    | "operationId"
    | "summary"
    | "example"
    | "handle"
  > {
  /** The name of the list in the response, and the schema of one document. */
  readonly documents: readonly [name: string, schema: z.ZodType];
  /** Schemas of the fields of the request besides `query`. */
  readonly fields?: Readonly<Record<string, z.ZodType>>;
  /** The operation by GET, where the request is in URL parameters. */
  readonly encoded: Pick<AccessTokenRoute, "operationId" | "summary">;
}

/** Declares a platformized query by POST and by GET. */
export function platformizedRoutes({
  documents: [name, schema],
  encoded,
  example,
  fields,
  ...definition
}: PlatformizedQuery): readonly AccessTokenRoute[] {
  const route = {
    ...definition,
    responses: {
      200: {
        description: `A page of ${name}`,
        schema: z.object({ [name]: z.array(schema), metadata: platformMetadata }),
      },
    },
    errors: ["INVALID_CURSOR", "QUERY_TOO_EXPENSIVE", "ITEM_TOO_LARGE"],
  } as const;
  const body = { schema: z.object({ query: platformQuery, ...fields }), required: true };
  return [
    { ...route, ...encoded, method: "GET", query: encodedQuery.extend({ ...fields }) },
    { ...route, method: "POST", body, example },
  ];
}
