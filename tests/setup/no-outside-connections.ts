import { afterEach } from "vitest";
import { refuseOutsideConnections, takeRefusals } from "./outside-connections.ts";

refuseOutsideConnections();

// The tested code may have caught the error.
afterEach(() => {
  const [first] = takeRefusals();
  if (first) throw new Error(first);
});
