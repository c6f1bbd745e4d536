// Loaded into each measured process by --import: reports the CPU time and memory of the process over IPC. It is plain
// JavaScript, so that no compiler adds to the measured memory.
process.on("message", (message) => {
  if (message !== "usage") return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() });
});
// The process ends with its parent, and the channel does not keep it alive.
process.on("disconnect", () => process.exit());
process.channel?.unref();
