import { days, hours } from "../../../infrastructure/clock/index.ts";
import { SecretCookie } from "../../../infrastructure/pages/index.ts";

/** Milliseconds without use after which a session ends. */
export const sessionIdle: number = hours(12);
/** Milliseconds after which a session ends. */
export const sessionLifetime: number = days(7);

/** The cookie of a session. */
export function createSessionCookie(publicUrl: string): SecretCookie {
  return new SecretCookie(publicUrl, { name: "latchkey_session", lifetime: sessionLifetime });
}
