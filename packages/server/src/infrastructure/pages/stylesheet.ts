/** The stylesheet of every page: light and dark, from 320 pixels on, with the fonts of the system. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #fff; --ink: #1b1f27; --soft: #555d6b; --line: #d9dde4;
  --accent: #2f55d4; --on-accent: #fff; --accent-wash: #eef2fd;
  --good: #1f6f43; --bad: #b3261e; --bad-wash: #fdf0ef; --note-wash: #fdf6e3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101318; --card: #191d24; --ink: #eceef2; --soft: #a5adba; --line: #323843;
    --accent: #8ea8ff; --on-accent: #10162b; --accent-wash: #20283d;
    --good: #7fd1a3; --bad: #ffb4ab; --bad-wash: #3a1f1d; --note-wash: #332b17;
  }
}
*, ::before, ::after { box-sizing: border-box; }
body {
  margin: 0; padding: 2rem 1rem 3rem; min-height: 100dvh; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100%;
}
body > header {
  display: flex; align-items: center; justify-content: center; gap: 0.625rem; margin-bottom: 1.5rem;
  color: var(--soft); font-weight: 600;
}
body > header img { height: 1.75rem; max-width: 8rem; object-fit: contain; }
main {
  max-width: 34rem; margin: 0 auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 0.875rem; box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 12px 32px -16px rgb(0 0 0 / 18%);
  overflow-wrap: break-word;
}
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 1.75rem 0 0.5rem; font-size: 1rem; font-weight: 650; }
p { margin: 0.5rem 0; text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: 0.2em; }
code { font: 0.875em/1.5 ui-monospace, "SFMono-Regular", Menlo, monospace; overflow-wrap: anywhere; }
.lead { color: var(--soft); }
.small { color: var(--soft); font-size: 0.875rem; }
.note, .error { margin: 1rem 0; padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--note-wash); }
.error { background: var(--bad-wash); color: var(--bad); }
.facts { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1rem; margin: 1rem 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; font-weight: 600; }
.list { margin: 0.5rem 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 0.625rem; }
.list > li { padding: 0.875rem 1rem; }
.list > li + li { border-top: 1px solid var(--line); }
.list p { margin-block: 0.125rem 0; }
.choice { display: flex; gap: 0.75rem; align-items: flex-start; font-weight: 600; cursor: pointer; }
.choice input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--accent); }
.list .choice ~ * { margin-left: 2rem; }
.tag {
  display: inline-block; padding: 0 0.5rem; border-radius: 1rem; background: var(--accent-wash); color: var(--accent);
  font-size: 0.8125rem; font-weight: 600; line-height: 1.5rem;
}
.tag.good { color: var(--good); }
.tag.bad { background: var(--bad-wash); color: var(--bad); }
details { margin-top: 0.375rem; color: var(--soft); font-size: 0.875rem; }
summary { width: fit-content; cursor: pointer; color: var(--accent); }
details ul { margin: 0.25rem 0 0; padding-left: 1.25rem; }
details code { display: block; font-size: 0.75rem; }
form { margin: 0; }
fieldset { margin: 0; padding: 0; border: 0; }
legend { padding: 0; }
main > :last-child { margin-bottom: 0; }
form + .small { margin-top: 1rem; }
label.field { display: block; margin: 1rem 0 0; font-weight: 600; }
label.field input, label.field select, label.field textarea {
  display: block; width: 100%; margin-top: 0.375rem; padding: 0.625rem 0.75rem; color: inherit; background: var(--card);
  border: 1px solid color-mix(in srgb, var(--ink) 45%, var(--card)); border-radius: 0.5rem; font: inherit; font-weight: 400;
}
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.75rem; }
button, .button {
  flex: 1 1 9rem; min-height: 2.875rem; padding: 0.5rem 1.25rem; border: 1px solid transparent; border-radius: 0.5rem;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { filter: brightness(1.08); }
button.second, .button.second {
  background: transparent; color: var(--ink); border-color: color-mix(in srgb, var(--ink) 30%, var(--card));
}
button.second:hover, .button.second:hover { background: var(--ground); filter: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) {
  body { padding: 1rem 0.75rem 2rem; }
  body > header { margin-bottom: 1rem; }
  main { padding: 1.25rem; }
  h1 { font-size: 1.3125rem; }
  button, .button { flex-basis: 100%; }
}
`;
