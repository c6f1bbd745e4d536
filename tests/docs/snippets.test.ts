import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
import { findOrInstall } from "../../tools/proxies/find-program.ts";
import { type Demo, startDemo } from "./demo.ts";
import { type Block, type Document, readDocuments } from "./documents.ts";
import { createProject } from "./project.ts";
import {
  runRefusedShell,
  runShell,
  runTypeScript,
  type Serving,
  serveTypeScript,
  type Variables,
} from "./run.ts";
import { looksLike, sameJson } from "./shown-output.ts";

// Kinds of blocks in documents:
//   ```sh            runs in bash, with the variables of .latchkey/demo.env and those of the blocks before it; programs
//                    see only exported ones
//   ```sh no-run     is not run; it may contain only the commands below
//   ```sh refused    runs too; the server refuses its last request
//   ```ts            is compiled, then runs with the same variables
//   ```ts serve      the same, and goes on at the port that it names, until a block that shows what it has written:
//   ```text served   what the program that serves has written in the end
//   ```python a.py   is saved under this name, for blocks of sh that run it
//   ```json output   is what the block before it writes, as JSON; … stands for anything
//   ```text output   the same, as text
//   ```text examples/proxies/nginx.conf   is a part of that file in examples/ or packages/; excerpts.test.ts compares
// Other blocks of json, text, diff and mermaid are not checked.

const notRun = [
  /^git clone /,
  /^cd /,
  /^npm (start|test|ci)( |$)/,
  /^npm run (build|check|docs|format|lint:api|bench|screenshots|test:matrix|test:soak|hello-app|legacy-migration|vectors|pack)( |$)/,
  /^npm install --save-dev node@26\.10\.0 \.\.\/latchkey\/tarballs\/\*\.tgz @wix\/sdk @wix\/stores$/,
  /^npm install (--save-dev )?@latchkey\/\w+( @latchkey\/\w+)*$/,
  /^npx (changeset|latchkey dev)$/,
  /^node_modules\/\.bin\/node /,
  /^export LATCHKEY_\w+=/,
  /^latchkey\(\) /,
  /^latchkey dev --reset --state shop-state\.json$/,
  /^latchkey run -- node --import @latchkey\/sdk\/redirect /,
];
const pictures = ["json", "text", "diff", "mermaid"];
const placeholders: Readonly<Record<string, string>> = {
  "<APP_ID>": "APP_ID",
  "<APP_SECRET>": "APP_SECRET",
  "<APP_PUBLIC_KEY_FOR_WEBHOOKS>": "APP_PUBLIC_KEY",
  "<INSTANCE_ID>": "INSTANCE_ID",
};

const documents = readDocuments();
const project = createProject();
afterAll(() => project.remove());

const isOutput = (block: Block): boolean => block.tags.includes("output") || isServed(block);
const isServed = (block: Block): boolean => block.tags.includes("served");
const isTypeScript = (block: Block): boolean => block.language === "ts";
const isShell = (block: Block): boolean => block.language === "sh";
const isSaved = (block: Block): boolean =>
  block.language === "python" && /^\w+\.py$/.test(block.tags[0] ?? "");
const isExcerpt = (block: Block): boolean => block.tags.some((tag) => tag.startsWith("examples/"));
const isNotRun = (block: Block): boolean => block.tags.includes("no-run");
const runs = (block: Block): boolean =>
  isTypeScript(block) || isSaved(block) || (isShell(block) && !isNotRun(block));

function fileNameOf(block: Block): string {
  return `${block.place.replaceAll(/[^A-Za-z0-9]+/g, "-")}.ts`;
}

describe("every block of a document", () => {
  const blocks = documents.flatMap((document) => document.blocks);

  test("is of a known kind", () => {
    const unknown = blocks.filter(
      (block) => !(isNotRun(block) || isExcerpt(block) || runs(block) || pictures.includes(block.language)),
    );
    expect(unknown.map(({ language, place }) => `${place} ${language}`)).toEqual([]);
  });

  test("runs, or contains only the known commands of no-run", () => {
    const commands = blocks.filter(isNotRun).flatMap(({ place, text }) =>
      text
        .split("\n")
        .filter((line) => line !== "" && !/^\s|^#/.test(line))
        .map((line) => ({ place, line })),
    );
    const others = commands.filter(({ line }) => !notRun.some((known) => known.test(line)));
    expect(others.map(({ line, place }) => `${place} ${line}`)).toEqual([]);
  });

  test("contains no other machine when it runs", () => {
    const hosts = blocks
      .filter(runs)
      .flatMap(({ place, text }) =>
        [...text.matchAll(/https?:\/\/([^\s/:'"]+)/g)].map((match) => `${place} ${match[1]}`),
      );
    expect(hosts.filter((host) => !/ (127\.0\.0\.1|localhost|\$\w+)$/.test(host))).toEqual([]);
  });

  test("compiles when it is TypeScript", async () => {
    for (const block of blocks.filter(isTypeScript)) {
      project.add(fileNameOf(block), `${block.text}\nexport {};\n`);
    }
    expect(await project.compile()).toBeUndefined();
  });
});

describe.each(documents.filter(({ blocks }) => blocks.some(runs)))("$path", (document: Document) => {
  let demo: Demo;
  let variables: Variables;
  let unexported = "";
  let written: string;
  let serving: Serving | undefined;

  beforeAll(async () => {
    if (document.blocks.some(isSaved)) findOrInstall("python3");
    demo = await startDemo();
    variables = demo.variables;
  });
  afterAll(async () => {
    await serving?.stop();
    await demo.close();
  });

  /** Programs that serve get a free port, and requests to them are changed to it. */
  const movedPorts = new Map<string, string>();
  const onFreePorts = (text: string): string =>
    [...movedPorts].reduce(
      (moved, [from, to]) => moved.replaceAll(`127.0.0.1:${from}`, `127.0.0.1:${to}`),
      text,
    );

  const runBlock = async (block: Block): Promise<void> => {
    const place = { directory: demo.directory, variables, unexported };
    const text = fillIn(onFreePorts(block.text), demo.variables);
    if (isSaved(block)) {
      writeFileSync(join(demo.directory, block.tags[0] ?? ""), text);
    } else if (block.tags.includes("serve")) {
      const port = await freePort();
      const [, shown = ""] = /listen\((\d+)/.exec(text) ?? [];
      movedPorts.set(shown, String(port));
      const file = project.add(fileNameOf(block), text.replaceAll(shown, String(port)));
      serving = await serveTypeScript(file, place, port);
    } else if (isTypeScript(block)) {
      written = await runTypeScript(project.add(fileNameOf(block), text), place);
    } else if (block.tags.includes("refused")) {
      written = await runRefusedShell(text, place);
    } else {
      ({ output: written, unexported, variables } = await runShell(text, place));
    }
  };

  test.each(document.blocks.filter((block) => runs(block) || isOutput(block)))("$place", async (block) => {
    if (runs(block)) {
      await runBlock(block);
    } else if (isServed(block)) {
      await serving?.wrote((output) => looksLike(block.text, output));
      await serving?.stop();
    } else if (block.language === "json") {
      const actual: unknown = JSON.parse(written);
      expect(sameJson(JSON.parse(block.text), actual), JSON.stringify(actual, null, 2)).toBe(true);
    } else {
      expect(looksLike(block.text, written), written).toBe(true);
    }
  });
});

function fillIn(text: string, variables: Variables): string {
  return text.replaceAll(/<[A-Z_]+>/g, (name) => variables[placeholders[name] ?? ""] ?? name);
}
