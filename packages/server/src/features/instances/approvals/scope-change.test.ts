import { describe, expect, test } from "vitest";
import { scopeChange } from "./scope-change.ts";

const scope = (scopeId: string, optional = false) => ({ scopeId, optional, reason: null });
const always = "SCOPE.DC.MANAGE-YOUR-APP";
const before = { grant: ["A", always], declined: ["B"] };

describe("a scope is", () => {
  test.each([
    ["kept when it is granted and requested", [scope("A")], { kept: [scope("A")], added: [], dropped: [] }],
    [
      "kept when every instance has it",
      [scope("A"), scope(always)],
      { kept: [scope("A"), scope(always)], added: [], dropped: [] },
    ],
    [
      "added when the owner was not asked, required or optional",
      [scope("A"), scope("C"), scope("D", true)],
      { kept: [scope("A")], added: [scope("C"), scope("D", true)], dropped: [] },
    ],
    [
      "not added when the owner declined it",
      [scope("A"), scope("B", true)],
      { kept: [scope("A")], added: [], dropped: [] },
    ],
    [
      "added when the owner declined it and the app requires it now",
      [scope("A"), scope("B")],
      { kept: [scope("A")], added: [scope("B")], dropped: [] },
    ],
    ["dropped when it is granted and no longer requested", [], { kept: [], added: [], dropped: ["A"] }],
  ])("%s", (_, requested, change) => {
    expect(scopeChange(requested, before)).toEqual(change);
  });
});
