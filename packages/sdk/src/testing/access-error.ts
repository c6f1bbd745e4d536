import { expect } from "vitest";
import { AccessRefused } from "../resource-server/access-refused.ts";

/** The refusal that `work` ends in. */
export async function accessErrorOf(work: Promise<unknown>): Promise<AccessRefused> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AccessRefused) return error;
    throw error;
  }
  return expect.fail("It was let pass.");
}

/** A request with this `Authorization`. */
export function requestWith(authorization: string | undefined): Request {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return new Request("https://api.example.com/bookings", { headers });
}
