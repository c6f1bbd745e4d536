export { exportState, importState, type State } from "./state.ts";
export { stateRoutes } from "./state.routes.ts";
