import { expect, test } from "vitest";
import { z } from "zod";
import { ApiError } from "../errors/index.ts";
import { createRouter } from "../routes/index.ts";
import { createPage, html, pageRoute, seeOther } from "./index.ts";

const publicUrl = "https://latchkey.example";
const page = createPage({ name: "Acme" });
const info = { operationId: "show", summary: "Show" } as const;
const router = createRouter([
  pageRoute(
    { page, publicUrl },
    {
      ...info,
      method: "GET",
      path: "/show",
      query: z.object({ id: z.string().regex(/^a+$/, "must have the letter a only").optional() }),
      errorTexts: { en: { SITE_NOT_FOUND: "No site." }, de: { SITE_NOT_FOUND: "Keine Website." } },
      async respond({ language, query }) {
        if (query.id === "aa") throw new ApiError("SITE_NOT_FOUND");
        if (query.id === "aaa") throw new Error("a secret of the server");
        return page({ title: "Shown", language, body: html`<p>${query.id}</p>` });
      },
    },
  ),
  pageRoute(
    { page, publicUrl },
    {
      ...info,
      method: "POST",
      path: "/send",
      form: z.object({ name: z.string(), scope: z.array(z.string()) }),
      respond: async ({ form }) => seeOther(`/done?${form.name}=${form.scope.join()}`),
    },
  ),
]);

const exchange = { requestId: "request-1", clientAddress: "" };
const get = (path: string, language = "en") =>
  router(new Request(publicUrl + path, { headers: { "accept-language": language } }), { ...exchange });
const post = (body: string, headers: Record<string, string>) => {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return router(
    new Request(`${publicUrl}/send`, { method: "POST", body, headers: { ...type, ...headers } }),
    {
      ...exchange,
    },
  );
};

test("a page ignores parameters that it does not have", async () => {
  const response = await get("/show?id=a&utm_source=mail");
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("<p>a</p>")]);
});

test.each([
  ["/show?id=aa", "en", 404, "No site.", "SITE_NOT_FOUND"],
  ["/show?id=aa", "de", 404, "Keine Website.", "SITE_NOT_FOUND"],
] as const)("the error of %s in %s is a page", async (path, language, status, text, code) => {
  const response = await get(path, language);
  const shown = await response.text();
  expect(response.status).toBe(status);
  expect(shown).toContain(`<p>${text}</p><p class="small"><code>${code}</code></p>`);
  expect(shown).not.toContain("<b>");
});

test.each([
  ["en", "/show?id=<b>", "The link or the form is incomplete or wrong.", "id must have the letter a only."],
  ["en", "/show?id=a&id=a", "The link or the form is incomplete or wrong.", "id is given more than once."],
  ["de", "/show?id=b", "Der Link oder das Formular ist ", "id must have the letter a only."],
] as const)(
  "tells people in %s what to do at %s, and developers the field",
  async (language, path, text, field) => {
    const response = await get(path, language);
    const shown = await response.text();
    expect(response.status).toBe(400);
    expect(shown).toContain(`<p>${text}`);
    expect(shown).toContain(`<p class="small"><code>INVALID_FORM</code> ${field}</p>`);
  },
);

test("an unexpected error shows the request id and nothing of the error", async () => {
  const response = await get("/show?id=aaa");
  const shown = await response.text();
  expect(response.status).toBe(500);
  expect(shown).toContain("Request id: <code>request-1</code>");
  expect(shown).not.toContain("a secret of the server");
});

test("a form of the page itself is read; a list takes any number of fields", async () => {
  const own = { "sec-fetch-site": "same-origin", "sec-fetch-dest": "document" };
  for (const [body, location] of [
    ["name=a&scope=x&scope=y", "/done?a=x,y"],
    ["name=a", "/done?a="],
  ] as const) {
    const response = await post(body, own);
    expect([response.status, response.headers.get("location")]).toEqual([303, location]);
  }
});

test.each([
  ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
  ["a frame", { "sec-fetch-site": "same-origin", "sec-fetch-dest": "iframe" }],
] as [string, Record<string, string>][])("H5 a form from %s is refused", async (_, headers) => {
  const response = await post("name=a", headers);
  expect(response.status).toBe(403);
  expect(await response.text()).toContain("<code>FORM_FROM_ANOTHER_SITE</code>");
});

test("a form of another type is refused", async () => {
  const response = await post('{"name":"a"}', {
    "content-type": "application/json",
    "sec-fetch-site": "same-origin",
  });
  expect([response.status, await response.text()]).toEqual([
    415,
    expect.stringContaining("<code>UNSUPPORTED_MEDIA_TYPE</code>"),
  ]);
});
