export { findRoute } from "./find.routes.ts";
