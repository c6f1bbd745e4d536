import { AccessRefused } from "@latchkey/sdk/resource-server";
import { expect } from "vitest";

/** Returns the `AccessRefused` that `work` throws. */
export async function accessErrorOf(work: Promise<unknown>): Promise<AccessRefused> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AccessRefused) return error;
    throw error;
  }
  return expect.fail("The request was accepted.");
}

/** Creates a request with an `Authorization` header. */
export function requestWith(authorization: string | undefined): Request {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return new Request("https://api.example.com/bookings", { headers });
}
