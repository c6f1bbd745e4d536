export { LastSeenFile } from "./last-seen-file.ts";
export {
  insertPlatform,
  lockPlatform,
  readKeyCheck,
  readPlatform,
  updateGeneration,
  updateKeyCheck,
} from "./platform-row.queries.ts";
