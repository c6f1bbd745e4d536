// Loaded into each measured process by --import: tells over IPC what the whole process has used so far.
export interface Usage {
  /** User and system time of all threads, in microseconds. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

process.on("message", (message) => {
  if (message !== "usage") return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() } satisfies Usage);
});
// A child whose parent died must not stay behind, and the channel alone must not keep it alive.
process.on("disconnect", () => process.exit());
process.channel?.unref();
