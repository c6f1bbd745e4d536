export { type Demo, demoEnvOf, prepareDemo } from "./demo.ts";
export { type DemoEnv, readDemoEnv, writeDemoEnv } from "./demo-env.ts";
export { createManagement, type Management } from "./management.ts";
export { type ShellCommands, type ShellName, shellCommands, shellNames } from "./shell-commands.ts";
export { type DevServer, type DevServerOptions, startDevServer } from "./start-dev-server.ts";
