import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { parseMasterKeys, Vault } from "../../infrastructure/crypto/index.ts";
import { formToken, requireFormToken } from "./index.ts";

const oldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const newKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const vaultOf = (...keys: string[]) => new Vault(parseMasterKeys(keys.join(",")), randomBytes);

const vault = vaultOf(oldKey);
const form = { sessionId: "session 1", purpose: "consent 7" };
const token = formToken(vault, form.sessionId, form.purpose);

test("H5 a form token is valid for its session and its purpose, also after a change of master keys", () => {
  requireFormToken(vault, token, form);
  requireFormToken(vaultOf(newKey, oldKey), token, form);
});

test.each([
  ["another session", token, { ...form, sessionId: "session 2" }],
  ["another purpose", token, { ...form, purpose: "consent 8" }],
  ["a part moved between session and purpose", token, { sessionId: 'session 1","consent', purpose: "7" }],
  ["an altered token", `${token.slice(1)}0`, form],
  ["a part of it", token.slice(0, -1), form],
  ["nothing", "", form],
])("H5 a form token is refused for %s", (_, given, expected) => {
  expect(() => requireFormToken(vault, given, expected)).toThrow(
    expect.objectContaining({
      code: "FORM_EXPIRED",
      status: 403,
      message: "The form is too old, or belongs to another session. Open its page again.",
    }),
  );
});
