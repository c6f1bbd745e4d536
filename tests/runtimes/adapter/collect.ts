import { formatTitle } from "./title.ts";

type Work = (...values: never[]) => unknown;
type Hook = () => unknown;

/** Tests and groups below a `describe`, in their order, with their hooks. */
interface Group {
  readonly name: string;
  readonly parent?: Group;
  readonly members: (Group | Test)[];
  readonly hooks: Record<"beforeAll" | "afterAll" | "beforeEach" | "afterEach", Hook[]>;
}

interface Test {
  readonly name: string;
  readonly work: Hook;
}

/** The result of a test. */
export interface TestResult {
  /** The names of its groups and its own, with ` > ` between. */
  readonly name: string;
  /** Why it failed. Absent when it passed. */
  readonly error?: string;
  /** Present when it did not run, because it is excluded. */
  readonly excluded?: true;
}

let current = createGroup("");
let finished: Hook[] = [];

function createGroup(name: string, parent?: Group): Group {
  const hooks = { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] };
  return { name, members: [], hooks, ...(parent && { parent }) };
}

function addTest(name: string, work: Work): void {
  current.members.push({ name, work: work as Hook });
}

function addGroup(name: string, collect: Work): void {
  const group = createGroup(name, current);
  current.members.push(group);
  current = group;
  (collect as Hook)();
  current = group.parent ?? group;
}

/** Adds a test or group for each case of a table, as Vitest does. */
function each(add: (name: string, work: Work) => void) {
  return (cases: readonly unknown[]) => (title: string, work: Work) => {
    for (const [index, one] of cases.entries()) {
      const values = Array.isArray(one) ? one : [one];
      add(formatTitle(title, values, index), () => (work as (...all: unknown[]) => unknown)(...values));
    }
  };
}

export const test = Object.assign(addTest, { each: each(addTest) });
export const describe = Object.assign(addGroup, { each: each(addGroup) });
export const beforeAll = (hook: Hook): void => void current.hooks.beforeAll.push(hook);
export const afterAll = (hook: Hook): void => void current.hooks.afterAll.push(hook);
export const beforeEach = (hook: Hook): void => void current.hooks.beforeEach.push(hook);
export const afterEach = (hook: Hook): void => void current.hooks.afterEach.push(hook);
export const onTestFinished = (hook: Hook): void => void finished.push(hook);

const longestTestMs = 20_000;

/** Whether a group or test does not run, by the names of its groups and its own. */
type IsExcluded = (name: string) => boolean;

/** Loads a file of tests, runs its tests one after another, and returns their results. */
export async function runFile(load: () => Promise<unknown>, isExcluded: IsExcluded): Promise<TestResult[]> {
  current = createGroup("");
  const file = current;
  const error = await errorOf(load);
  if (error === undefined) return await runGroup(file, "", isExcluded);
  return [isExcluded("") ? { name: "", excluded: true } : { name: "", error }];
}

async function runGroup(group: Group, path: string, isExcluded: IsExcluded): Promise<TestResult[]> {
  if (isExcluded(path)) return namesOf(group, path).map((name) => ({ name, excluded: true }));
  const results: TestResult[] = [];
  const failure = await errorOf(() => runAll(group.hooks.beforeAll));
  for (const member of group.members) {
    const name = path === "" ? member.name : `${path} > ${member.name}`;
    if ("members" in member) results.push(...(await runGroup(member, name, isExcluded)));
    else if (isExcluded(name)) results.push({ name, excluded: true });
    else {
      const error = failure ?? (await errorOf(() => inTime(() => runTest(group, member))));
      results.push({ name, ...(error !== undefined && { error }) });
    }
  }
  const late = await errorOf(() => runAll(group.hooks.afterAll));
  if (late !== undefined) results.push({ name: `${path} > afterAll`, error: late });
  return results;
}

function namesOf({ members }: Group, path: string): string[] {
  return members.flatMap((member) => {
    const name = path === "" ? member.name : `${path} > ${member.name}`;
    return "members" in member ? namesOf(member, name) : [name];
  });
}

async function runTest(group: Group, { work }: Test): Promise<void> {
  finished = [];
  try {
    await runAll(hooksOf(group, "beforeEach"));
    await work();
  } finally {
    await runAll(hooksOf(group, "afterEach").toReversed());
    await runAll(finished);
  }
}

function hooksOf({ hooks, parent }: Group, kind: "beforeEach" | "afterEach"): Hook[] {
  return [...(parent ? hooksOf(parent, kind) : []), ...hooks[kind]];
}

async function runAll(hooks: readonly Hook[]): Promise<void> {
  for (const hook of hooks) await hook();
}

async function errorOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? String(error)) : String(error);
  }
}

async function inTime(work: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The test took ${longestTestMs} ms.`)), longestTestMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
