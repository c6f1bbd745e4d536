/** The page's style sheet. */
export const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
code, pre { font: 0.9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.25rem; overflow-x: auto; }
nav ul { columns: 20rem; padding-left: 1rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
article { padding: 0.5rem 0 1.5rem; border-bottom: 1px solid var(--line); }
article h3 { margin-bottom: 0.25rem; }
.call { font-size: 1.05rem; margin-top: 0; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
.kind { opacity: 0.75; font-style: italic; }
ul { padding-left: 1.25rem; }
summary { cursor: pointer; font-weight: 600; }
:focus-visible { outline: 2px solid; outline-offset: 2px; }
`;
