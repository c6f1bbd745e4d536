/** Tells what happens while it happens: in colour on a terminal, as lines of JSON for programs. */
export interface Narrator {
  title(text: string): void;
  /** A step of the story: what is done, and what came of it. */
  step(step: Step): void;
  /** The last words: where things are. */
  end(facts: Readonly<Record<string, string>>, hints: readonly string[]): void;
}

export interface Step {
  readonly title: string;
  /** What was run, without any secret in it. */
  readonly command?: string;
  readonly result: readonly string[];
}

export function createNarrator(json: boolean): Narrator {
  return json ? programNarrator() : terminalNarrator(process.stdout.isTTY === true);
}

function programNarrator(): Narrator {
  const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    title: (text) => print({ title: text }),
    step: (step) => print({ step }),
    end: (facts) => print({ ready: facts }),
  };
}

function terminalNarrator(colour: boolean): Narrator {
  const paint =
    (code: string) =>
    (text: string): string =>
      colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  const bold = paint("1");
  const dim = paint("2");
  const green = paint("32");
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
