import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { apiErrors, oauthErrors, operatorErrors } from "./catalogue.ts";

const document = readFileSync(new URL("../../../../../docs/reference/errors.md", import.meta.url), "utf8");

interface Entry {
  readonly code: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** The entries of one part of the document: a heading for each code, a list of facts below it. */
function entriesOf(part: string): Entry[] {
  const text = document.split(/^## /m).find((one) => one.startsWith(`${part}\n`)) ?? "";
  return text
    .split(/^### /m)
    .slice(1)
    .map((entry) => {
      const facts = [...entry.matchAll(/^- (\w+): (.+)$/gm)].map(([, name, fact]) => [name, fact]);
      return { code: entry.slice(0, entry.indexOf("\n")), facts: Object.fromEntries(facts) };
    });
}

const statuses = (entries: readonly Entry[]) =>
  Object.fromEntries(entries.map(({ code, facts }) => [code, Number(facts.Status)]));

test("the document has every error of the APIs with its status, and no other", () => {
  expect(statuses(entriesOf("Errors of the APIs"))).toEqual(
    Object.fromEntries(Object.entries(apiErrors).map(([code, { status }]) => [code, status])),
  );
});

test("the document has every error of the OAuth endpoints with its status, and no other", () => {
  expect(statuses(entriesOf("Errors of the OAuth endpoints"))).toEqual(oauthErrors);
});

test("the document has every error of the operator, and no other", () => {
  const codes = entriesOf("Errors of the operator").map(({ code }) => code);
  expect(codes.sort()).toEqual(Object.keys(operatorErrors).sort());
});

const all = ["Errors of the APIs", "Errors of the OAuth endpoints", "Errors of the operator"].flatMap(
  entriesOf,
);

describe("the document says when it happens and what to do, in sentences, for", () => {
  test.each(all)("$code", ({ facts }) => {
    expect(facts.When).toMatch(/^\S.{15,}\.$/);
    expect(facts.Do).toMatch(/^\S.{10,}\.$/);
  });
});

test("every code stands once, and in the same order as in the catalogue", () => {
  expect(all.map(({ code }) => code)).toEqual([
    ...Object.keys(apiErrors),
    ...Object.keys(oauthErrors),
    ...Object.keys(operatorErrors),
  ]);
});

test.each(Object.entries(apiErrors))(
  "%s says in a sentence what is wrong, unless it is a 500",
  (_, error) => {
    expect(error.text).toMatch(error.status === 500 ? /^$/ : /^[A-Z].+\.$/);
  },
);
