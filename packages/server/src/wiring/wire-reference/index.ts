export { wireReference } from "./wire-reference.ts";
