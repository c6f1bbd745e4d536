import { describe, expect, test } from "vitest";
import { type AccessTokenRoute, jsonResponse } from "../../index.ts";
import { createTestPlatform } from "../../testing/index.ts";
import { defineResource } from "./define-resource.ts";
import type { Resource, ResourceDefinition } from "./resource.ts";

type Tables = Record<string, { id: string }>;

/** A resource whose declarations are unique to its name, except for `changes`. */
function resource(name: string, changes: Partial<ResourceDefinition<Tables>> = {}): Resource {
  const permissionId = `${name}.READ`;
  return defineResource<Tables>({
    name,
    permissions: [{ permissionId, description: "Read" }],
    scopes: [{ scopeId: `SCOPE.${name}`, name: "Read", permissions: [permissionId] }],
    eventTypes: [{ eventType: `${name}.happened`, description: "It happened", sample: {} }],
    routes: () => [route(permissionId, `/${name}`, `get-${name}`)],
    ...changes,
  });
}

function route(permission: string, path: string, operationId: string): AccessTokenRoute {
  return {
    method: "GET",
    path,
    permission,
    operationId,
    tag: "Tests",
    summary: "Get",
    responses: { 200: { description: "Found" } },
    handle: async () => jsonResponse({}),
  };
}

const start = (...resources: Resource[]) => createTestPlatform({ resources });

describe("a platform does not start, and names both owners, when a resource declares", () => {
  test.each<[string, Partial<ResourceDefinition<Tables>>, string]>([
    [
      "a permission of another",
      {
        permissions: [
          { permissionId: "b.READ", description: "" },
          { permissionId: "a.READ", description: "" },
        ],
      },
      "a and b both declare the permission a.READ.",
    ],
    [
      "a scope of another",
      { scopes: [{ scopeId: "SCOPE.a", name: "", permissions: [] }] },
      "a and b both declare the scope SCOPE.a.",
    ],
    [
      "an event type of another",
      { eventTypes: [{ eventType: "a.happened", description: "", sample: {} }] },
      "a and b both declare the event type a.happened.",
    ],
    [
      "a route of another with other names of parameters",
      { routes: () => [route("b.READ", "/tours/{tourId}", "get-b")] },
      "a and b both declare the route GET /tours/{}.",
    ],
    [
      "a tag of another",
      { tags: [{ name: "Tours", description: "" }] },
      "a and b both declare the tag Tours.",
    ],
    [
      "an operation of another",
      { routes: () => [route("b.READ", "/b", "get-a")] },
      "a and b both declare the operation get-a.",
    ],
  ])("%s", async (_, changes, message) => {
    const first = resource("a", {
      tags: [{ name: "Tours", description: "Tours of the harbour." }],
      routes: () => [route("a.READ", "/tours/{id}", "get-a")],
    });
    await expect(start(first, resource("b", changes))).rejects.toMatchObject({
      code: "resource_collision",
      message: `Two APIs of this platform declare the same thing; rename one of them. ${message}`,
    });
  });

  test.each<[string, Resource, string]>([
    [
      "a permission of the platform",
      resource("a", {
        permissions: [{ permissionId: "WIX_DEVELOPERS.MANAGE_APP_INSTANCE", description: "" }],
      }),
      "platform and a both declare the permission WIX_DEVELOPERS.MANAGE_APP_INSTANCE.",
    ],
    [
      "a scope of the platform",
      resource("a", { scopes: [{ scopeId: "SCOPE.DC.MANAGE-YOUR-APP", name: "", permissions: [] }] }),
      "platform and a both declare the scope SCOPE.DC.MANAGE-YOUR-APP.",
    ],
    [
      "an event type of the platform",
      resource("a", { eventTypes: [{ eventType: "AppInstalled", description: "", sample: {} }] }),
      "platform and a both declare the event type AppInstalled.",
    ],
    [
      "a table of the platform",
      resource("site", { tables: ["site_members"] }),
      "platform and site both declare the table site_members.",
    ],
    [
      "an operation of the platform",
      resource("a", { routes: () => [route("a.READ", "/a", "getApp")] }),
      "platform and a both declare the operation getApp.",
    ],
    [
      "a tag of the platform",
      resource("a", { tags: [{ name: "Apps", description: "" }] }),
      "platform and a both declare the tag Apps.",
    ],
  ])("%s", async (_, declared, message) => {
    await expect(start(declared)).rejects.toMatchObject({
      code: "resource_collision",
      message: `Two APIs of this platform declare the same thing; rename one of them. ${message}`,
    });
  });

  test("the name of another", async () => {
    const same = resource("a", { permissions: [], scopes: [], eventTypes: [], routes: () => [] });
    await expect(start(resource("a"), same)).rejects.toMatchObject({
      code: "resource_collision",
      message:
        "Two APIs of this platform declare the same thing; rename one of them. a and a both declare the resource a.",
    });
  });
});

describe("a platform does not start when no resource declares the permission of", () => {
  test.each<[string, Partial<ResourceDefinition<Tables>>, string]>([
    [
      "a route",
      { routes: () => [route("a.WRITE", "/a", "get-a")] },
      "Resource a: the route GET /a needs a.WRITE, which is not declared.",
    ],
    [
      "a scope",
      { scopes: [{ scopeId: "SCOPE.a", name: "", permissions: ["a.WRITE"] }] },
      "Resource a: the scope SCOPE.a needs a.WRITE, which is not declared.",
    ],
    [
      "an event type",
      { eventTypes: [{ eventType: "a.happened", description: "", permissionId: "a.WRITE", sample: {} }] },
      "Resource a: the event type a.happened needs a.WRITE, which is not declared.",
    ],
  ])("%s", async (_, changes, message) => {
    await expect(start(resource("a", changes))).rejects.toMatchObject({
      code: "resource_invalid",
      message: `A resource is not defined as the platform needs it. ${message}`,
    });
  });
});

describe("a platform does not start, and names resource and path, when a route", () => {
  const refusedFor = (path: string) => ({
    code: "resource_invalid",
    message:
      "A resource is not defined as the platform needs it. " +
      `Resource a: the route GET ${path} must not begin with ${path.slice(0, path.indexOf("/", 1)).toLowerCase()}, which is reserved for the platform.`,
  });

  test.each([
    "/admin/",
    "/admin/v2/tours",
    "/ADMIN/tours",
    "/oauth/tours",
    "/oauth2/tours",
    "/.well-known/tours",
    "/installer/tours",
    "/app-installer/tours",
    "/healthz/",
    "/readyz/",
    "/metrics/tours",
    "/docs/tours",
    "/openapi.json/",
    "/forward-auth/tours",
    "/apps/tours",
  ])("has the path %s", async (path) => {
    const declared = resource("a", { routes: () => [route("a.READ", path, "get-a")] });
    await expect(start(declared)).rejects.toMatchObject(refusedFor(path));
  });

  test.each(["/", "//admin/v1", "/{name}", "/{path*}", "tours"])(
    "has the path %s, without a fixed first segment",
    async (path) => {
      const declared = resource("a", { routes: () => [route("a.READ", path, "get-a")] });
      await expect(start(declared)).rejects.toMatchObject({
        code: "resource_invalid",
        message:
          "A resource is not defined as the platform needs it. " +
          `Resource a: the route GET ${path} must begin with a fixed segment, such as /tours.`,
      });
    },
  );

  test("has an alias under a reserved prefix", async () => {
    const aliased = { ...route("a.READ", "/a", "get-a"), aliases: ["/admin/a"] };
    await expect(start(resource("a", { routes: () => [aliased] }))).rejects.toMatchObject(
      refusedFor("/admin/a"),
    );
  });
});

test("every route of the platform is under a reserved prefix", async () => {
  const platform = await createTestPlatform();
  const prefixes = new Set(platform.platform.routes.map(({ path }) => path.split("/")[1] ?? ""));
  await platform.close();
  expect(prefixes.size).toBeGreaterThan(5);
  for (const prefix of prefixes) {
    const declared = resource("a", { routes: () => [route("a.READ", `/${prefix}/own`, "get-a")] });
    await expect(start(declared)).rejects.toMatchObject({ code: "resource_invalid" });
  }
});
