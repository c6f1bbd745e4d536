import type { TestPlatform } from "@latchkey/server/testing";
import { addSession, createAccount } from "./accounts.ts";
import { PageVisitor } from "./page-visitor.ts";

/** A person with an account and a browser in which it is signed in. */
export interface Person {
  readonly accountId: string;
  readonly visitor: PageVisitor;
  /** Another browser, in which the account is signed in too. */
  newVisitor(): Promise<PageVisitor>;
}

let people = 0;

/** Creates an account, and signs it in. */
export async function createPerson(platform: TestPlatform, name = "person"): Promise<Person> {
  people += 1;
  const { accountId, cookie } = await createAccount(platform, `${name.toLowerCase()}-${people}`);
  const withCookie = (pair: string): PageVisitor => {
    const visitor = new PageVisitor(platform.url);
    visitor.setCookie(pair);
    return visitor;
  };
  return {
    accountId,
    visitor: withCookie(cookie),
    newVisitor: async () => withCookie((await addSession(platform, accountId)).cookie),
  };
}
