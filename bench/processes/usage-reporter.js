// Loaded into each measured process by --import: tells over IPC what the whole process has used so far. Plain
// JavaScript, so that it brings no compiler into the memory that is measured.
process.on("message", (message) => {
  if (message !== "usage") return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() });
});
// A child whose parent died must not stay behind, and the channel alone must not keep it alive.
process.on("disconnect", () => process.exit());
process.channel?.unref();
