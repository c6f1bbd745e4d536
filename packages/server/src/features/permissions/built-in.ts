/** Permissions of the platform's own API. Those of resources are declared by `defineResource`. */
export const builtInPermissions: Readonly<Record<string, string>> = {
  "WIX_DEVELOPERS.MANAGE_APP_INSTANCE": "Read the app's own instance",
};

interface BuiltInScope {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Scopes that apps may ask for: bundles of permissions that an owner approves as one. */
export const builtInScopes: Readonly<Record<string, BuiltInScope>> = {
  "SCOPE.DC.MANAGE-YOUR-APP": {
    name: "Manage Your App",
    permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
  },
  "SCOPE.DEV_CENTER.APP-INSTANCE-READ-BASIC-INFO": {
    name: "Read basic information about the app's instance",
    permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
  },
};

/** Every instance has this scope, whatever its owner approved. */
export const alwaysGrantedScope = "SCOPE.DC.MANAGE-YOUR-APP";
