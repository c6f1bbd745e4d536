import { type Clock, minutes } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { RandomBytes, Write } from "../../../infrastructure/database/index.ts";
import { insertUsedChallenge } from "./passkeys.queries.ts";

/** Milliseconds for which a challenge is valid. */
export const challengeLifetime: number = minutes(5);

const randomBytesLength = 16;
const timeBytes = 6;

/**
 * Challenges that an authenticator signs. A challenge contains its expiry and a MAC, so creating one stores nothing.
 * A used challenge is stored until it expires, so that it is valid once.
 */
export class Challenges {
  readonly #deps: { readonly clock: Clock; readonly random: RandomBytes; readonly vault: Vault };

  constructor(deps: { clock: Clock; random: RandomBytes; vault: Vault }) {
    this.#deps = deps;
  }

  /**
   * Creates a challenge, in base64url.
   *
   * @param purpose what it is valid for, such as `register <sessionId>`
   */
  create(purpose: string): string {
    const { clock, random, vault } = this.#deps;
    const content = Buffer.alloc(timeBytes + randomBytesLength);
    content.writeUIntBE(clock.now() + challengeLifetime, 0, timeBytes);
    content.set(random(randomBytesLength), timeBytes);
    const mac = Buffer.from(vault.digest(signed(purpose, content)), "hex");
    return Buffer.concat([content, mac]).toString("base64url");
  }

  /** Whether a challenge was created for this purpose, and has not expired. */
  isValid(challenge: string, purpose: string): boolean {
    const bytes = Buffer.from(challenge, "base64url");
    const content = bytes.subarray(0, timeBytes + randomBytesLength);
    const mac = bytes.subarray(content.length);
    if (content.length < timeBytes + randomBytesLength || expiryOf(bytes) <= this.#deps.clock.now())
      return false;
    return this.#deps.vault.isDigest(mac.toString("hex"), signed(purpose, content));
  }

  /** Marks a valid challenge as used. Returns false when it was used before. */
  async use(trx: Write, challenge: string): Promise<boolean> {
    return await insertUsedChallenge(trx, {
      challenge: Buffer.from(challenge, "base64url").toString("base64url"),
      expires_at: expiryOf(Buffer.from(challenge, "base64url")),
    });
  }
}

function expiryOf(challenge: Buffer): number {
  return challenge.readUIntBE(0, timeBytes);
}

function signed(purpose: string, content: Buffer): string {
  return JSON.stringify(["passkey", purpose, content.toString("hex")]);
}
