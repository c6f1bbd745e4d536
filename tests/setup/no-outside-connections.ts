import { afterEach } from "vitest";
import { refuseOutsideConnections, takeRefusals } from "./outside-connections.ts";

refuseOutsideConnections();

// The code under test may have swallowed the error that the refusal threw.
afterEach(() => {
  const [first] = takeRefusals();
  if (first) throw new Error(first);
});
