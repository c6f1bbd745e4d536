/** The name of the resource, which the process of the platforms replaces by the resource. */
export const stores = "stores";
