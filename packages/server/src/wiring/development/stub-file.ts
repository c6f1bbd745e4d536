import type { BigIntStats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { parseStrictJson } from "@latchkey/protocol";
import { z } from "zod";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { dottedName } from "../../infrastructure/routes/index.ts";
import { parseStub, requireStubCount, type StubResource, stubResource } from "../stub-resource.ts";
import { hasNoBody } from "./stub-response.ts";

/** The JSON file that `LATCHKEY_STUBS` names. */
export interface StubFile {
  /** Reads the stubs; undefined when the file has not changed since the last call. Throws `invalid_stub`. */
  readChanged(): Promise<StubResource | undefined>;
}

const maxBytes = 1_024 * 1_024;

const statusRule = "must be a number from 200 to 599";

const fileStub = z
  .strictObject({
    permission: dottedName.optional(),
    status: z.int(statusRule).min(200, statusRule).max(599, statusRule).default(200),
    body: z.unknown().optional(),
  })
  .refine(({ body, status }) => (body === undefined) === hasNoBody(status), {
    path: ["body"],
    message: "is required, except with status 204, 205 or 304",
  });

/** Opens a file of stubs. Changes are detected by inode, time and size. */
export function openStubFile(path: string): StubFile {
  let version: string | undefined;
  return {
    async readChanged() {
      const stats = await stat(path, { bigint: true }).catch(() => undefined);
      const found = stats === undefined ? "none" : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
      if (found === version) return undefined;
      version = found;
      return parseFile(await readStubs(path, stats));
    },
  };
}

async function readStubs(path: string, stats: BigIntStats | undefined): Promise<string> {
  if (!stats?.isFile()) throw invalidFile("there is no file at this path.");
  if (stats.size > maxBytes) throw invalidFile("the file may have at most 1 MiB.");
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw invalidFile("the file cannot be read.", error);
  }
}

function parseFile(text: string): StubResource {
  const parsed = parseStrictJson(text);
  if ("fault" in parsed) {
    throw invalidFile(
      parsed.fault === "DUPLICATE_KEY" ? "the file has a key twice." : "the file is not valid JSON.",
    );
  }
  const file = z.record(z.string(), z.unknown()).safeParse(parsed.value);
  if (!file.success) throw invalidFile("the file must have an object with a key for each stub.");
  const entries = Object.entries(file.data);
  requireStubCount(entries.length);
  return stubResource(
    Object.fromEntries(
      entries.map(([name, value]) => {
        const { body, status, ...stub } = parseStub(name, fileStub, value);
        return [name, { ...stub, respond: () => ({ status, body }) }];
      }),
    ),
  );
}

function invalidFile(text: string, cause?: unknown): OperatorError {
  return new OperatorError("invalid_stub", `LATCHKEY_STUBS: ${text}`, { cause });
}
