import type { ApiModules, BoundModules } from "../api-module.ts";
import type { HasContext } from "../context.ts";
import type { AuthenticatedFetch } from "../create-client.ts";
import type { ResourceCaller } from "../resource.ts";
import type { products } from "../stores/products.ts";

/** The default modules of {@link createApp}. */
export type DefaultModules = { readonly products: typeof products };

/** A client that acts as one instance of an app. */
export type InstanceHandle<Modules extends ApiModules = DefaultModules> = BoundModules<Modules> &
  AuthenticatedFetch &
  ResourceCaller &
  HasContext & {
    readonly instanceId: string;
  };
