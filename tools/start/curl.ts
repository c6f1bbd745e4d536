import { execFile } from "node:child_process";

interface CurlRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** An answer, read to its end. */
export interface CurlAnswer<Body> {
  readonly status: number;
  readonly body: Body;
}

/**
 * A POST by the real `curl`, which reads what is secret from its standard input, where no list of processes shows
 * it; by `fetch` on machines that have no curl.
 */
export async function curl<Body>(request: CurlRequest): Promise<CurlAnswer<Body>> {
  try {
    return await run<Body>(request);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    const { body, headers, url } = request;
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Body };
  }
}

function run<Body>({ body, headers, url }: CurlRequest): Promise<CurlAnswer<Body>> {
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
