import { seededId } from "../platform/seeded-ids.ts";
import type { LoadJob } from "./job.ts";

/** Creates a function that returns the bytes of the next request. */
export function requestSource(job: LoadJob): () => Buffer {
  const url = new URL(job.urls[0] ?? "");
  const fields = Object.entries(job.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `${job.method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n${fields.join("")}`;
  const write = (body: string, authorization?: string): Buffer => {
    const length = job.method === "GET" ? "" : `content-length: ${Buffer.byteLength(body)}\r\n`;
    const field = authorization === undefined ? "" : `authorization: ${authorization}\r\n`;
    return Buffer.from(`${start}${field}${length}\r\n${body}`);
  };
  const { bodies } = job;
  if (bodies.kind === "drawn") {
    const draw = uniform(bodies.seed, bodies.count);
    return () => write(bodies.text.replace("{id}", seededId("instance", draw())));
  }
  const texts = bodies.texts.length === 0 ? [""] : bodies.texts;
  const authorizations = job.authorizations ?? [];
  const written = Array.from({ length: Math.max(texts.length, authorizations.length) }, (_, index) =>
    write(texts[index % texts.length] ?? "", authorizations[index % authorizations.length]),
  );
  let next = 0;
  return () => {
    const request = written[next % written.length] as Buffer;
    next += 1;
    return request;
  };
}

/** Uniform integers below `count`; the same seed gives the same series (xorshift32). */
function uniform(seed: number, count: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 0x1_0000_0000) * count);
  };
}
