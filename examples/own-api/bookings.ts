/** A stay at one of the sites. */
export interface Booking {
  readonly bookingId: number;
  readonly guest: string;
}

/** Bookings by site; in memory, since what matters here is who may see them. */
export interface Bookings {
  ofSite(siteId: string): readonly Booking[];
  add(siteId: string, guest: string): Booking;
}

/** Makes a book without a booking in it. */
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
