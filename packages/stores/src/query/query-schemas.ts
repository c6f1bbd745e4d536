import { schemaOf } from "@latchkey/server";
import { z } from "zod";
import type { CursorMetadata, OffsetMetadata, PlatformMetadata } from "./read/platformized-query.ts";

// Schemas for the OpenAPI document. Queries are parsed by hand, because filter and sort have several forms.

const maxLimit = 100;

const limitFrom = (min: number) => z.int().min(min).max(maxLimit);
const offset = z.int().min(0).max(1_000_000);

const paging = z
  .object({ limit: limitFrom(1).nullish(), offset: offset.nullish() })
  .meta({ description: "Default: the first 100" });

/** `query` in the REST form of V1 (*wire §8.3*). */
export const restQuery: z.ZodType = z
  .object({
    filter: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .nullish()
      .meta({
        description: 'A JSON object as a string, such as "{\\"price\\":{\\"$lt\\":20}}", or the object',
      }),
    sort: z
      .union([z.string(), z.array(z.record(z.string(), z.unknown())), z.record(z.string(), z.unknown())])
      .nullish()
      .meta({ description: 'A JSON array as a string, such as "[{\\"price\\":\\"desc\\"}]", or the array' }),
    paging: paging.nullish(),
  })
  .nullish();

/** `query` in the platformized form (*wire §8.2*). */
export const platformQuery: z.ZodType = z
  .object({
    filter: z
      .record(z.string(), z.unknown())
      .nullish()
      .meta({ description: 'Such as {"name":{"$startsWith":"A"}}' }),
    sort: z
      .array(z.object({ fieldName: z.string(), order: z.enum(["ASC", "DESC"]).nullish() }))
      .max(5)
      .nullish(),
    paging: z
      .object({ limit: limitFrom(0).nullish(), offset: offset.nullish() })
      .nullish()
      .meta({ description: "Default: the first 50" }),
    cursorPaging: z
      .object({
        limit: limitFrom(1).nullish(),
        cursor: z.string().nullish().meta({ description: "From the metadata of the page before" }),
      })
      .nullish()
      .meta({ description: "Instead of paging" }),
  })
  .nullish();

/** Paging in the body of a request about the variants of one product. */
export const restPaging: z.ZodType = paging.nullish();

/** Parameters of a platformized query by GET (*wire §8.1*). */
export const encodedQuery: z.ZodObject = z.object({
  ".r": z.string().optional().meta({ description: "The body of the POST as base64url without padding" }),
  "query.filter": z.string().optional().meta({
    description: "JSON; or one parameter for each condition, such as query.filter.name.$startsWith=A",
  }),
  "query.sort": z
    .string()
    .optional()
    .meta({ description: "JSON; or query.sort.fieldName and query.sort.order" }),
  "query.sort.fieldName": z.string().optional(),
  "query.sort.order": z.enum(["ASC", "DESC"]).optional(),
  "query.paging.limit": limitFrom(0).optional(),
  "query.paging.offset": offset.optional(),
  "query.cursorPaging.limit": limitFrom(1).optional(),
  "query.cursorPaging.cursor": z.string().optional(),
});

/** Paging of a response in the REST form. */
export const restMetadata: z.ZodType = z
  .object({ items: z.int().meta({ description: "The limit of the page" }), offset: z.int() })
  .meta({ id: "RestPageMetadata" });

/** Number of documents on all pages, in the REST form. */
export const totalResults: z.ZodType = z.int().meta({ description: "On all pages" });

const count = z.int().meta({ description: "Documents on this page" });

/** Paging of a response in the platformized form. */
export const platformMetadata: z.ZodType<PlatformMetadata> = z
  .union([
    schemaOf<OffsetMetadata>({
      count,
      offset: z.int(),
      total: z.int().meta({ description: "Documents on all pages" }),
    }),
    schemaOf<CursorMetadata>({
      count,
      cursors: schemaOf<CursorMetadata["cursors"]>({
        next: z.string().optional().meta({ description: "Absent on the last page" }),
        prev: z.string().optional().meta({ description: "Absent on the first page" }),
      }),
    }),
  ])
  .meta({ id: "PageMetadata", description: "Of a page by offset, or by cursor" });
