import { afterAll, afterEach } from "vitest";
import { takeViolations } from "./response-violations.ts";

// Every response that a test receives from Latchkey is one that its route declares.
afterEach(throwViolations);
afterAll(throwViolations);

async function throwViolations(): Promise<void> {
  const found = await takeViolations();
  if (found.length > 0) throw new Error(`Responses that their routes do not declare:\n${found.join("\n")}`);
}
