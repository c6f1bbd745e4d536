/** A booking at a site. */
export interface Booking {
  readonly bookingId: number;
  readonly guest: string;
}

/** Bookings by site, in memory. */
export interface Bookings {
  ofSite(siteId: string): readonly Booking[];
  add(siteId: string, guest: string): Booking;
}

/** Creates an empty list of bookings. */
export function createBookings(): Bookings {
  const bySite = new Map<string, Booking[]>();
  const ofSite = (siteId: string): Booking[] => bySite.get(siteId) ?? [];
  return {
    ofSite,
    add(siteId, guest) {
      const booking = { bookingId: ofSite(siteId).length + 1, guest };
      bySite.set(siteId, [...ofSite(siteId), booking]);
      return booking;
    },
  };
}
