export { type FanOutDependencies, fanOut } from "./fan-out.ts";
