import { describe, expect, test } from "vitest";
import { type AccessTokenRoute, jsonResponse } from "../../index.ts";
import { createTestPlatform } from "../../testing/index.ts";
import { defineResource } from "./define-resource.ts";
import type { Resource, ResourceDefinition } from "./resource.ts";

type Tables = Record<string, { id: string }>;

/** A resource that shares nothing with others, but for `changes`. */
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
    ...{ method: "GET", path, permission, operationId, tag: "Tests", summary: "Get" },
    responses: { 200: { description: "Found" } },
    handle: async () => jsonResponse({}),
  };
}

const start = (...resources: Resource[]) => createTestPlatform({ resources });

describe("a platform does not start, and names both, when a resource declares", () => {
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
      "a route of another, whatever its parameters are called",
      { routes: () => [route("b.READ", "/tours/{tourId}", "get-b")] },
      "a and b both declare the route GET /tours/{}.",
    ],
    [
      "an operation of another",
      { routes: () => [route("b.READ", "/b", "get-a")] },
      "a and b both declare the operation get-a.",
    ],
  ])("%s", async (_, changes, message) => {
    const first = resource("a", { routes: () => [route("a.READ", "/tours/{id}", "get-a")] });
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
      "a route of the platform",
      resource("a", { routes: () => [route("a.READ", "/admin/v1/apps/{id}", "get-a")] }),
      "platform and a both declare the route GET /admin/v1/apps/{}.",
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

describe("a platform does not start when nobody declares the permission of", () => {
  test.each<[string, Partial<ResourceDefinition<Tables>>, string]>([
    [
      "a route",
      { routes: () => [route("a.WRITE", "/a", "get-a")] },
      "Resource a: the route GET /a needs a.WRITE, which nobody declares.",
    ],
    [
      "a scope",
      { scopes: [{ scopeId: "SCOPE.a", name: "", permissions: ["a.WRITE"] }] },
      "Resource a: the scope SCOPE.a needs a.WRITE, which nobody declares.",
    ],
    [
      "an event type",
      { eventTypes: [{ eventType: "a.happened", description: "", permissionId: "a.WRITE", sample: {} }] },
      "Resource a: the event type a.happened needs a.WRITE, which nobody declares.",
    ],
  ])("%s", async (_, changes, message) => {
    await expect(start(resource("a", changes))).rejects.toMatchObject({
      code: "resource_invalid",
      message: `A resource is not defined as the platform needs it. ${message}`,
    });
  });
});
