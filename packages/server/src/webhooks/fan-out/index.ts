export { type FanOutPass, type FanOutSources, fanOut } from "./fan-out.ts";
