export { appInstanceRoutes } from "./get-app-instance.ts";
