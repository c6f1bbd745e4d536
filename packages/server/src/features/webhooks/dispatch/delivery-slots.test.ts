import { describe, expect, test } from "vitest";
import { DeliverySlots, type SlotUser } from "./delivery-slots.ts";

const webhook = (name: string, user: Partial<SlotUser> = {}): SlotUser => ({
  ...{ webhook_id: name, app_id: `app of ${name}`, url: `https://${name}.example/hook`, failures: 0 },
  ...user,
});
const working = webhook("working");
const failing = webhook("failing", { failures: 3 });
const limits = { total: 100, perHost: 100, perWebhook: 20 };

/** Takes slots while there are free ones, in turn. @returns how many each took */
function takeAll(slots: DeliverySlots, users: readonly SlotUser[]): number[] {
  const taken = users.map(() => 0);
  for (let found = true; found; ) {
    found = false;
    for (const [index, user] of users.entries()) {
      if (slots.free(user) === 0) continue;
      slots.take(user);
      taken[index] = (taken[index] ?? 0) + 1;
      found = true;
    }
  }
  return taken;
}

describe("slots of a webhook", () => {
  test("are 16 at first; it gains one with each success and loses half with each failure", () => {
    const slots = new DeliverySlots(limits);
    expect(slots.free(working)).toBe(16);
    slots.take(working);
    slots.take(working);
    expect([slots.free(working), slots.inFlight]).toEqual([14, 2]);
    slots.release(working, true);
    expect(slots.free(working)).toBe(16);
    slots.release(working, false);
    expect([slots.free(working), slots.inFlight]).toEqual([8, 0]);
  });

  test("rise to the maximum of a webhook and no further", () => {
    const slots = new DeliverySlots({ ...limits, perWebhook: 18 });
    slots.take(working);
    for (let success = 0; success < 5; success += 1) {
      slots.take(working);
      slots.release(working, true);
    }
    expect(slots.free(working)).toBe(17);
  });

  test("are never fewer than one, however often it fails", () => {
    const slots = new DeliverySlots(limits);
    for (let failure = 0; failure < 8; failure += 1) {
      slots.take(failing);
      slots.release(failing, false);
    }
    expect(slots.free(failing)).toBe(1);
  });

  test("of an idle webhook stay raised after a success, and reduced after a failure", () => {
    const slots = new DeliverySlots(limits);
    slots.take(working);
    slots.release(working, true);
    expect(slots.free(working)).toBe(17);
    slots.take(failing);
    slots.release(failing, false);
    expect(slots.free(failing)).toBe(8);
  });

  test("that no attempt used change no limit", () => {
    const slots = new DeliverySlots(limits);
    slots.take(working);
    slots.giveBack(working);
    expect([slots.free(working), slots.inFlight]).toEqual([16, 0]);
  });
});

describe("slots of all webhooks (FR-A8)", () => {
  const many = (app_id: string, count: number): SlotUser[] =>
    Array.from({ length: count }, (_, index) => webhook(`${app_id}-${index}`, { app_id }));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

  test("are used up to half by one app, however many webhooks it has", () => {
    const slots = new DeliverySlots(limits);
    expect(sum(takeAll(slots, many("a", 100)))).toBe(50);
    expect(slots.free(working)).toBe(16);
  });

  test("leave free ones to the next app, however many apps want more", () => {
    const slots = new DeliverySlots(limits);
    const taken = takeAll(slots, [...many("a", 100), ...many("b", 1), ...many("c", 1), ...many("d", 1)]);
    expect([sum(taken.slice(0, 100)), ...taken.slice(100)]).toEqual([50, 13, 13, 12]);
    expect(slots.free(working)).toBe(6);
  });

  test("are used up to half by all failing webhooks together", () => {
    const slots = new DeliverySlots({ ...limits, total: 6 });
    for (const name of ["a", "b", "c"]) slots.take(webhook(name));
    expect([slots.free(failing), slots.free(working)]).toEqual([0, 2]);
  });
});

describe("slots of a host (FR-A8)", () => {
  const at = (app_id: string, port: number): SlotUser =>
    webhook(`${app_id}-${port}`, { app_id, url: `https://victim.example:${port}/` });
  const ports = [8001, 8002, 8003, 8004, 8005, 8006];

  test("are limited in total, for all apps and ports", () => {
    const slots = new DeliverySlots({ ...limits, total: 1_000, perHost: 40 });
    const apps = Array.from({ length: 60 }, (_, index) => `app ${index}`);
    takeAll(
      slots,
      apps.flatMap((app) => ports.map((port) => at(app, port))),
    );
    expect(slots.inFlight).toBe(40);
    expect(slots.free(at("another", 8001))).toBe(0);
    expect(slots.free(working)).toBe(16);
  });

  test("are used up to half by one app", () => {
    const slots = new DeliverySlots({ ...limits, total: 1_000, perHost: 40 });
    takeAll(
      slots,
      ports.map((port) => at("a", port)),
    );
    expect(slots.inFlight).toBe(20);
    expect(slots.free(at("another", 8001))).toBe(10);
  });
});
