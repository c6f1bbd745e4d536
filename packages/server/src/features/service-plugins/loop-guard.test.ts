import { expect, test } from "vitest";
import { type Link, LoopGuard } from "./loop-guard.ts";

const rates = (appName: string, siteId = "site-1"): Link => ({
  ...{ siteId, appId: appName.toLowerCase(), appName, componentType: "ECOM_SHIPPING_RATES" },
});
const fees = (appName: string): Link => ({ ...rates(appName), componentType: "ECOM_ADDITIONAL_FEES" });
const visitor = { identityType: "ANONYMOUS_VISITOR", anonymousVisitorId: "v" } as const;
const by = (appName: string) => ({ identityType: "APP", appId: appName.toLowerCase() }) as const;

test("concurrent calls caused by a visitor are no loop", () => {
  const guard = new LoopGuard();
  guard.enter(rates("Parcels"), visitor);
  expect(guard.loopOf(rates("Parcels"), visitor)).toBe(undefined);
});

test("a call that an app causes of itself is a loop, with the app's name", () => {
  const guard = new LoopGuard();
  guard.enter(rates("Parcels"), visitor);
  expect(guard.loopOf(rates("Parcels"), by("Parcels"))).toBe(
    "ECOM_SHIPPING_RATES of Parcels → ECOM_SHIPPING_RATES of Parcels",
  );
});

test("a loop through another app names both", () => {
  const guard = new LoopGuard();
  guard.enter(rates("Parcels"), visitor);
  guard.enter(fees("Wraps"), by("Parcels"));
  expect(guard.loopOf(rates("Parcels"), by("Wraps"))).toBe(
    "ECOM_SHIPPING_RATES of Parcels → ECOM_ADDITIONAL_FEES of Wraps → ECOM_SHIPPING_RATES of Parcels",
  );
});

test("a call of another app, or of another plugin of the same app, is no loop", () => {
  const guard = new LoopGuard();
  guard.enter(rates("Parcels"), visitor);
  expect(guard.loopOf(rates("Couriers"), by("Parcels"))).toBe(undefined);
  expect(guard.loopOf(fees("Parcels"), by("Parcels"))).toBe(undefined);
});

test("calls on another site are no loop", () => {
  const guard = new LoopGuard();
  guard.enter(rates("Parcels", "site-2"), visitor);
  expect(guard.loopOf(rates("Parcels"), by("Parcels"))).toBe(undefined);
});

test("calls that have ended are no loop", () => {
  const guard = new LoopGuard();
  guard.enter(rates("Parcels"), visitor)();
  expect(guard.loopOf(rates("Parcels"), by("Parcels"))).toBe(undefined);
});
