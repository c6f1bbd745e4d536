export {
  createManagement,
  type Demo,
  type DemoEnv,
  type DevServer,
  type DevServerOptions,
  demoEnvOf,
  type Management,
  prepareDemo,
  readDemoEnv,
  startDevServer,
  writeDemoEnv,
} from "./wiring/dev-server/index.ts";
