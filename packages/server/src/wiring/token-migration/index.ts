export { countOpen, finishMigration, parseExcused } from "./finish.ts";
export { migrateTokens } from "./migrate-tokens.ts";
export { PlatformClient } from "./platform-client.ts";
export { describeReport, outcomeTexts } from "./report.ts";
