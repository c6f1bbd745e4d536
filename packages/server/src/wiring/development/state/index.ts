export { stateRoutes } from "./state.routes.ts";
export { exportState, importState, type State } from "./state.ts";
