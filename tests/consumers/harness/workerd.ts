import { toolPath } from "./project.ts";

interface WorkerOptions {
  readonly port: number;
  /** Files that the configuration embeds, the worker first. */
  readonly modules: readonly string[];
  /** Default: none. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The program of workerd for this machine. */
export const workerdPath = (): string => {
  const machine = `${process.platform}-${process.arch === "x64" ? "64" : process.arch}`;
  return toolPath(`@cloudflare/workerd-${machine}/bin/workerd`);
};

/** The configuration of a worker on a port, which reaches addresses of this machine only. */
export function workerdConfig({ modules, port, variables = {} }: WorkerOptions): string {
  const quote = (text: string): string => JSON.stringify(text);
  const embedded = modules.map((file) => `(name = ${quote(file)}, esModule = embed ${quote(file)})`);
  const bindings = Object.entries(variables).map(
    ([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .app),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const app :Workerd.Worker = (
  modules = [${embedded.join(", ")}],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [${bindings.join(", ")}],
);
`;
}
