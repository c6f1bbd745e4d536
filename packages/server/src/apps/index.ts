export { tokenLifetimeBounds } from "./app.ts";
export type { NewAppKey } from "./app-keys.ts";
export { generateAppKey, readAppPublicKey } from "./app-keys.ts";
export { appRoutes } from "./apps.routes.ts";
export { holdApp, readApp } from "./apps.store.ts";
export type { Apps, CreatedApp, NewApp } from "./apps.ts";
export { createApps } from "./apps.ts";
export { appResealSteps } from "./reseal.ts";
export { secretRoutes } from "./secrets.routes.ts";
