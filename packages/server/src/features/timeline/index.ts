export { timelineRoute } from "./timeline.routes.ts";
