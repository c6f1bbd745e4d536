export { type ConfirmationDependencies, startConfirmation } from "./confirmation.ts";
