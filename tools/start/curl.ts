import { execFile } from "node:child_process";

interface CurlRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** A complete response. */
export interface CurlResponse<Body> {
  readonly status: number;
  readonly body: Body;
}

/**
 * Sends a POST with `curl`, which reads the request from standard input so that no list of processes shows secrets; with
 * `fetch` on machines without curl.
 */
export async function curl<Body>(request: CurlRequest): Promise<CurlResponse<Body>> {
  try {
    return await run<Body>(request);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    const { body, headers, url } = request;
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Body };
  }
}

function run<Body>({ body, headers, url }: CurlRequest): Promise<CurlResponse<Body>> {
  const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
  const config = [
    "request = POST",
    `url = ${quote(url)}`,
    ...Object.entries(headers).map(([name, value]) => `header = ${quote(`${name}: ${value}`)}`),
    `data-binary = ${quote(JSON.stringify(body))}`,
    'write-out = "\\n%{http_code}"',
  ];
  return new Promise((resolve, reject) => {
    const child = execFile(
      "curl",
      ["--silent", "--show-error", "--noproxy", "*", "--config", "-"],
      (error, output) => {
        if (error !== null) return reject(error);
        const end = output.lastIndexOf("\n");
        resolve({ status: Number(output.slice(end + 1)), body: JSON.parse(output.slice(0, end)) as Body });
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(`${config.join("\n")}\n`);
  });
}
