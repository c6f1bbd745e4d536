import {
  ApiError,
  defineErrors,
  defineResource,
  isoTime,
  jsonResponse,
  parse,
  type Resource,
  readJson,
} from "@latchkey/server";
import { z } from "zod";

interface BookingsTables {
  bookings_bookings: BookingRow;
}

interface BookingRow {
  site_id: string;
  booking_id: string;
  guest: string;
  seats: number;
  created_at: number;
}

const firstMigration = `
CREATE TABLE bookings_bookings (
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  booking_id TEXT COLLATE BINARY NOT NULL,
  guest TEXT NOT NULL,
  seats INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (site_id, booking_id)
);
`;

const errors = defineErrors({
  BOOKING_NOT_FOUND: { status: 404, text: "The site has no booking with this id." },
});

const newBooking = z.strictObject({ guest: z.string().min(1).max(100), seats: z.int().min(1).max(20) });
const booking = z.object({ id: z.guid(), ...newBooking.shape, createdDate: z.iso.datetime() });
const oneBooking = { 200: { description: "The booking", schema: z.object({ booking }) } };

const show = (row: BookingRow) =>
  jsonResponse({
    booking: {
      id: row.booking_id,
      guest: row.guest,
      seats: row.seats,
      createdDate: isoTime(row.created_at),
    },
  });

/** Bookings of each site: apps read and create them, and receive an event for each new one. */
export const bookings: Resource = defineResource<BookingsTables>({
  name: "bookings",
  tables: ["bookings_bookings"],
  migrations: [{ name: "0001-first", sql: firstMigration }],
  permissions: [
    { permissionId: "BOOKINGS.READ", description: "Read bookings" },
    { permissionId: "BOOKINGS.MANAGE", description: "Make bookings" },
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
      description: "A booking was made",
      permissionId: "BOOKINGS.READ",
      sample: { bookingId: "00000000-0000-4000-8000-000000000001", seats: 2 },
    },
  ],
  routes: ({ appendEvents, database, lockSite, newId, now }) => [
    {
      method: "POST",
      path: "/bookings/v1/bookings",
      permission: "BOOKINGS.MANAGE",
      tag: "Bookings",
      operationId: "createBooking",
      summary: "Make a booking",
      body: { schema: newBooking },
      responses: oneBooking,
      async handle({ access: { siteId }, request }) {
        const input = parse(newBooking, await readJson(request), "body");
        const row = { site_id: siteId, booking_id: newId(), ...input, created_at: now() };
        await database.write(async (trx) => {
          await lockSite(trx, siteId);
          await trx.insertInto("bookings_bookings").values(row).execute();
          const payload = { bookingId: row.booking_id, seats: row.seats };
          await appendEvents(trx, [{ eventType: "acme.bookings.v1.booking_created", siteId, payload }]);
        });
        return show(row);
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
          .selectAll()
          .where("site_id", "=", siteId)
          .where("booking_id", "=", bookingId)
          .executeTakeFirst();
        if (row === undefined) throw new ApiError(errors.BOOKING_NOT_FOUND);
        return show(row);
      },
    },
  ],
  site: {
    async copied(_platform, trx, { from, to }) {
      const rows = trx.selectFrom("bookings_bookings").where("site_id", "=", from.siteId);
      const copies = rows.select(({ val }) => [
        val(to.siteId).as("site_id"),
        ...(["booking_id", "guest", "seats", "created_at"] as const),
      ]);
      const columns = ["site_id", "booking_id", "guest", "seats", "created_at"] as const;
      await trx.insertInto("bookings_bookings").columns(columns).expression(copies).execute();
    },
    async deleted(_platform, trx, { siteId }) {
      await trx.deleteFrom("bookings_bookings").where("site_id", "=", siteId).execute();
    },
  },
});
