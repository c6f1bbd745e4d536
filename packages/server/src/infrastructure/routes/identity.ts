import { type Identity, type IdentityType, identityIds } from "@latchkey/protocol";
import { z } from "zod";
import { text } from "./fields.ts";

const id = text(100).optional();

/** The caller that caused an event or a service plugin call, as platform owners pass it. */
export const identity: z.ZodType<Identity, Identity> = z
  .strictObject({
    identityType: z.enum(Object.keys(identityIds) as IdentityType[]),
    anonymousVisitorId: id,
    memberId: id,
    wixUserId: id,
    appId: id,
  })
  .refine(
    ({ identityType, ...ids }) => {
      const own = identityIds[identityType];
      return Object.keys(ids).every((name) => name === own) && (own === undefined || ids[own] !== undefined);
    },
    { message: "must have the id of its identityType, and no other" },
  );
