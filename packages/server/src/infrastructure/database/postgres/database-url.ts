import { accessSync, constants } from "node:fs";

/** A URL that can be used, or a problem: a predicate for the name of the variable, such as "names several hosts". */
export type ParsedUrl = { readonly url: URL } | { readonly problem: string };

const problems = {
  form: "must be postgres://user:password@host:port/database, or sqlite: and a directory.",
  encoding:
    "has a user or password with special characters. Write them percent-encoded: % as %25, / as %2F, # as %23, ? as %3F, @ as %40.",
  hosts: "names several hosts. Name the one address that always leads to the primary.",
  schema: "must name a schema that has 1 to 63 of a-z, 0-9 and _, and no digit first.",
  sslmode: "must have sslmode=verify-full, verify-ca, require, no-verify or disable.",
} as const;

/** Parameters of libpq that the driver does not implement. */
const unsupported =
  /^(service|servicefile|passfile|hostaddr|load_balance_hosts|requirepeer|require_auth|requiressl|replication|sslcrl|sslcrldir|sslcertmode|sslpassword|ssl_(min|max)_protocol_version|krbsrvname|gss\w+)$/;
const sslModes = /^(verify-full|verify-ca|require|no-verify|disable)$/;
const primary = /^(any|read-write|primary|prefer-standby)$/;
const sslFiles = ["sslrootcert", "sslcert", "sslkey"];

/** Parses a `postgres://` URL in the forms of libpq. */
export function parsePostgresUrl(text: string): ParsedUrl {
  const [, scheme = "", authority = "", rest = ""] =
    /^(postgres(?:ql)?:\/\/)([^/?#]*)(.*)$/s.exec(text) ?? [];
  if (scheme === "") return { problem: problems.form };
  if (/%(?![\da-f]{2})/i.test(authority) || rest.includes("#") || /^[^=]*@/.test(rest)) {
    return { problem: problems.encoding };
  }
  const [, credentials = "", host = ""] = /^(.*@)?(.*)$/s.exec(authority) ?? [];
  if (host.includes(",")) return { problem: problems.hosts };
  // `URL` needs a host after credentials; libpq does not. The parameter `host` overrides it.
  const complete = `${scheme}${credentials}${host.replace(/^(?=:|$)/, "localhost")}${rest}`;
  if (!URL.canParse(complete)) return { problem: credentials === "" ? problems.encoding : problems.form };
  const url = new URL(complete);
  const problem = findProblem(url.searchParams);
  return problem === undefined ? { url: forDriver(url) } : { problem };
}

function findProblem(parameters: URLSearchParams): string | undefined {
  const name = [...parameters.keys()].find((one) => unsupported.test(one));
  if (name !== undefined) return `has ${name}, which the server does not support.`;
  if (
    parameters.get("host")?.includes(",") ||
    !primary.test(parameters.get("target_session_attrs") ?? "any")
  ) {
    return problems.hosts;
  }
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(parameters.get("schema") ?? "public")) return problems.schema;
  if (!sslModes.test(parameters.get("sslmode") ?? "disable")) return problems.sslmode;
  const unreadable = sslFiles.find((one) => !isReadable(parameters.get(one)));
  return unreadable === undefined ? undefined : `names a file in ${unreadable} that cannot be read.`;
}

function isReadable(file: string | null): boolean {
  if (file === null || file === "system") return true;
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Writes the parameters of libpq as the driver reads them. */
function forDriver(url: URL): URL {
  const { searchParams } = url;
  const database = searchParams.get("dbname");
  if (database !== null) url.pathname = `/${encodeURIComponent(database)}`;
  if (searchParams.get("sslrootcert") === "system") searchParams.delete("sslrootcert");
  // The driver treats these modes alike, and warns about the two weaker ones.
  if (/^(require|verify-ca)$/.test(searchParams.get("sslmode") ?? ""))
    searchParams.set("sslmode", "verify-full");
  return url;
}
