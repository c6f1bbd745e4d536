export type { Config, Environment } from "./config.ts";
export { readConfig } from "./config.ts";
export { explainStart } from "./explain.ts";
export type { Platform, PlatformOptions } from "./platform.ts";
export { createPlatform } from "./platform.ts";
export type { ListenOptions, RunningServer } from "./server.ts";
export { listen } from "./server.ts";
export type { ShutdownOptions } from "./shutdown.ts";
export { shutDown, stopOnSignal } from "./shutdown.ts";
