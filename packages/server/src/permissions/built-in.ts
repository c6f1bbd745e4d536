/** Permissions that methods of this platform check. A new one is a line here and the method that requires it. */
export const builtInPermissions: Readonly<Record<string, string>> = {
  "WIX_STORES.READ_PRODUCTS": "Read products and collections of a store",
  "WIX_STORES.MODIFY_PRODUCTS": "Create, change and delete products and collections of a store",
  "WIX_DEVELOPERS.MANAGE_APP_INSTANCE": "Read the app's own instance",
};

interface BuiltInScope {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Scopes that apps may ask for: bundles of permissions that an owner approves as one. */
export const builtInScopes: Readonly<Record<string, BuiltInScope>> = {
  "SCOPE.DC-STORES.READ-PRODUCTS": { name: "Read Products", permissions: ["WIX_STORES.READ_PRODUCTS"] },
  "SCOPE.DC-STORES.MANAGE-PRODUCTS": {
    name: "Manage Products",
    permissions: ["WIX_STORES.READ_PRODUCTS", "WIX_STORES.MODIFY_PRODUCTS"],
  },
  "SCOPE.DC-STORES-MEGA.READ-STORES": {
    name: "Read Stores - all read permissions",
    permissions: ["WIX_STORES.READ_PRODUCTS"],
  },
  "SCOPE.DC-STORES-MEGA.MANAGE-STORES": {
    name: "Manage Stores - all permissions",
    permissions: ["WIX_STORES.READ_PRODUCTS", "WIX_STORES.MODIFY_PRODUCTS"],
  },
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
