import { expect, test } from "vitest";
import { createLoopGuard, type Link } from "./loop-guard.ts";

const rates = (appName: string, siteId = "site-1"): Link => ({
  ...{ siteId, appId: appName.toLowerCase(), appName, componentType: "ECOM_SHIPPING_RATES" },
});
const fees = (appName: string): Link => ({ ...rates(appName), componentType: "ECOM_ADDITIONAL_FEES" });
const visitor = { identityType: "ANONYMOUS_VISITOR", anonymousVisitorId: "v" } as const;
const by = (appName: string) => ({ identityType: "APP", appId: appName.toLowerCase() }) as const;

test("a visitor's calls are no loop, however many there are", () => {
  const guard = createLoopGuard();
  guard.enter(rates("Parcels"), visitor);
  expect(guard.loopOf(rates("Parcels"), visitor)).toBe(undefined);
});

test("an app that leads back to itself is named", () => {
  const guard = createLoopGuard();
  guard.enter(rates("Parcels"), visitor);
  expect(guard.loopOf(rates("Parcels"), by("Parcels"))).toBe(
    "ECOM_SHIPPING_RATES of Parcels → ECOM_SHIPPING_RATES of Parcels",
  );
});

test("a loop over another app is named with all that is in it", () => {
  const guard = createLoopGuard();
  guard.enter(rates("Parcels"), visitor);
  guard.enter(fees("Wraps"), by("Parcels"));
  expect(guard.loopOf(rates("Parcels"), by("Wraps"))).toBe(
    "ECOM_SHIPPING_RATES of Parcels → ECOM_ADDITIONAL_FEES of Wraps → ECOM_SHIPPING_RATES of Parcels",
  );
});

test("an app that leads to another one, or to another plugin of its own, closes no loop", () => {
  const guard = createLoopGuard();
  guard.enter(rates("Parcels"), visitor);
  expect(guard.loopOf(rates("Couriers"), by("Parcels"))).toBe(undefined);
  expect(guard.loopOf(fees("Parcels"), by("Parcels"))).toBe(undefined);
});

test("what is under way on another site is none", () => {
  const guard = createLoopGuard();
  guard.enter(rates("Parcels", "site-2"), visitor);
  expect(guard.loopOf(rates("Parcels"), by("Parcels"))).toBe(undefined);
});

test("what has ended is none", () => {
  const guard = createLoopGuard();
  guard.enter(rates("Parcels"), visitor)();
  expect(guard.loopOf(rates("Parcels"), by("Parcels"))).toBe(undefined);
});
