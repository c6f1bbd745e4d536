// Loaded before the program: ends it when the launcher has gone, also by a signal that the launcher cannot pass on.
if (process.channel) {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
