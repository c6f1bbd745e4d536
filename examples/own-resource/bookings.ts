import {
  ApiError,
  defineErrors,
  defineResource,
  jsonResponse,
  parse,
  type Resource,
  readJson,
} from "@latchkey/server";
import { z } from "zod";

interface BookingsTables {
  bookings_bookings: { site_id: string; booking_id: string; guest: string; seats: number };
}

const firstMigration = `
CREATE TABLE bookings_bookings (
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  booking_id TEXT COLLATE BINARY NOT NULL,
  guest TEXT NOT NULL,
  seats INTEGER NOT NULL,
  PRIMARY KEY (site_id, booking_id)
);
`;

/** Rows of a site that one transaction copies or deletes. */
const rowsPerStep = 500;

const errors = defineErrors({
  BOOKING_NOT_FOUND: { status: 404, text: "The site has no booking with this id." },
});

const newBooking = z.strictObject({ guest: z.string().min(1).max(100), seats: z.int().min(1).max(20) });
const booking = z.object({ id: z.guid(), ...newBooking.shape });
const oneBooking = { 200: { description: "The booking", schema: z.object({ booking }) } };

/** Bookings of each site. Apps create and read them, and receive an event for each new one. */
export const bookings: Resource = defineResource<BookingsTables>({
  name: "bookings",
  tables: ["bookings_bookings"],
  migrations: [{ name: "0001-first", sql: firstMigration }],
  permissions: [
    { permissionId: "BOOKINGS.READ", description: "Read bookings" },
    { permissionId: "BOOKINGS.MANAGE", description: "Create bookings" },
  ],
  scopes: [
    { scopeId: "SCOPE.BOOKINGS.READ", name: "Read bookings", permissions: ["BOOKINGS.READ"] },
    {
      scopeId: "SCOPE.BOOKINGS.MANAGE",
      name: "Manage bookings",
      permissions: ["BOOKINGS.READ", "BOOKINGS.MANAGE"],
    },
  ],
  eventTypes: [
    {
      eventType: "acme.bookings.v1.booking_created",
      description: "A booking was created",
      permissionId: "BOOKINGS.READ",
      sample: { bookingId: "00000000-0000-4000-8000-000000000001", seats: 2 },
    },
  ],
  tags: [{ name: "Bookings", description: "Bookings of a site." }],
  routes: ({ appendEvents, database, lockSite, newId }) => [
    {
      method: "POST",
      path: "/bookings/v1/bookings",
      permission: "BOOKINGS.MANAGE",
      tag: "Bookings",
      operationId: "createBooking",
      summary: "Create a booking",
      body: { schema: newBooking },
      responses: oneBooking,
      async handle({ access: { siteId }, request }) {
        const input = parse(newBooking, await readJson(request), "body");
        const id = newId();
        await database.write(async (trx) => {
          await lockSite(trx, siteId);
          const row = { site_id: siteId, booking_id: id, ...input };
          await trx.insertInto("bookings_bookings").values(row).execute();
          const payload = { bookingId: id, seats: input.seats };
          await appendEvents(trx, [{ eventType: "acme.bookings.v1.booking_created", siteId, payload }]);
        });
        return jsonResponse({ booking: { id, ...input } });
      },
    },
    {
      method: "GET",
      path: "/bookings/v1/bookings/{bookingId}",
      permission: "BOOKINGS.READ",
      tag: "Bookings",
      operationId: "getBooking",
      summary: "Get a booking",
      responses: oneBooking,
      errors: [errors.BOOKING_NOT_FOUND],
      async handle({ access: { siteId }, parameters: { bookingId = "" } }) {
        const row = await database.read
          .selectFrom("bookings_bookings")
          .select(["booking_id as id", "guest", "seats"])
          .where("site_id", "=", siteId)
          .where("booking_id", "=", bookingId)
          .executeTakeFirst();
        if (row === undefined) throw new ApiError(errors.BOOKING_NOT_FOUND);
        return jsonResponse({ booking: row });
      },
    },
  ],
  site: {
    async copied(_platform, trx, { from, to, after }) {
      const rows = await trx
        .selectFrom("bookings_bookings")
        .selectAll()
        .where("site_id", "=", from.siteId)
        .where("booking_id", ">", after)
        .orderBy("booking_id")
        .limit(rowsPerStep)
        .execute();
      const copies = rows.map((row) => ({ ...row, site_id: to.siteId }));
      if (copies.length > 0) await trx.insertInto("bookings_bookings").values(copies).execute();
      return copies.at(-1)?.booking_id;
    },
    async deleted(_platform, trx, { siteId }) {
      const result = await trx
        .deleteFrom("bookings_bookings")
        .where("site_id", "=", siteId)
        .where("booking_id", "in", (select) =>
          select
            .selectFrom("bookings_bookings")
            .select("booking_id")
            .where("site_id", "=", siteId)
            .orderBy("booking_id")
            .limit(rowsPerStep),
        )
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
  },
});
