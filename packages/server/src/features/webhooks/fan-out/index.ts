export { type FanOutSources, fanOut } from "./fan-out.ts";
