import type { Scope } from "./permissions.queries.ts";

/** Permission for the entity events and the query of app installations (wire §16 W4). */
export const readAppInstallations = "APP_MARKET.READ_APP_INSTALLATIONS";

/** Permissions of the platform's own API. Those of resources are declared by `defineResource`. */
export const builtInPermissions: Readonly<Record<string, string>> = {
  "WIX_DEVELOPERS.MANAGE_APP_INSTANCE": "Read the app's own instance",
  [readAppInstallations]: "Read on which sites the app is installed",
};

/** Scopes of the platform's own API. */
export const builtInScopes: Readonly<Record<string, Omit<Scope, "scopeId">>> = {
  "SCOPE.DC.MANAGE-YOUR-APP": {
    name: "Manage Your App",
    permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
  },
  "SCOPE.DEV_CENTER.APP-INSTANCE-READ-BASIC-INFO": {
    name: "Read basic information about the app's instance",
    permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
  },
  "SCOPE.APP_MARKET.READ_APP_INSTALLATIONS": {
    name: "Read App Installations",
    permissions: [readAppInstallations],
  },
};

/** Every instance has this scope. */
export const alwaysGrantedScope = "SCOPE.DC.MANAGE-YOUR-APP";
