export { eventHistoryRoutes } from "./event-history.routes.ts";
