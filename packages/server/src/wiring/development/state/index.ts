export { importIntoDatabase, type StateTarget } from "./import-into-database.ts";
export { stateRoutes } from "./state.routes.ts";
export { exportState, type State } from "./state.ts";
