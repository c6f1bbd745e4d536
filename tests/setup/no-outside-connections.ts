import { afterEach } from "vitest";
import { blockOutsideConnections, takeBlocked } from "./outside-connections.ts";

blockOutsideConnections();

// The tested code may have caught the error.
afterEach(() => {
  const [first] = takeBlocked();
  if (first) throw new Error(first);
});
