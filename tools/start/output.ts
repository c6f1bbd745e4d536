import { styleText } from "node:util";

/** Prints the progress of `npm start`: text for terminals, or lines of JSON for programs. */
export interface Output {
  title(text: string): void;
  /** A step of the walkthrough with its result. */
  step(step: Step): void;
  /** The addresses and files of the running platform. */
  end(facts: Readonly<Record<string, string>>, hints: readonly string[]): void;
}

export interface Step {
  readonly title: string;
  /** The command or request, without secrets. */
  readonly command?: string;
  readonly result: readonly string[];
}

/** @param options.quiet whether steps and hints are left out */
export function createOutput({ json, quiet }: { json: boolean; quiet: boolean }): Output {
  const output = json ? jsonOutput() : terminalOutput();
  return quiet ? { ...output, step: () => {}, end: (facts) => output.end(facts, []) } : output;
}

function jsonOutput(): Output {
  const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    title: (text) => print({ title: text }),
    step: (step) => print({ step }),
    end: (facts) => print({ ready: facts }),
  };
}

function terminalOutput(): Output {
  const bold = (text: string): string => styleText("bold", text);
  const dim = (text: string): string => styleText("dim", text);
  const green = (text: string): string => styleText("green", text);
  const print = (text = ""): void => void process.stdout.write(`${text}\n`);
  let count = 0;
  return {
    title: (text) => print(`\n${bold(text)}\n`),
    step({ command, result, title }) {
      count += 1;
      print(`${green(String(count).padStart(2))}  ${bold(title)}`);
      if (command !== undefined) for (const line of command.split("\n")) print(`    ${dim(line)}`);
      for (const line of result) print(`    ${green("→")} ${line}`);
      print();
    },
    end(facts, hints) {
      const width = Math.max(...Object.keys(facts).map((name) => name.length));
      for (const [name, value] of Object.entries(facts)) print(`${bold(name.padEnd(width))}  ${value}`);
      print();
      for (const hint of hints) print(hint);
    },
  };
}
