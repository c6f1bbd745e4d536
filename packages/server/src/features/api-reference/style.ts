/** The page's style sheet. */
export const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
* { box-sizing: border-box; }
body { background: Canvas; color: CanvasText; margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
code, pre { font: 0.9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
p, li { overflow-wrap: anywhere; }
pre { padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.25rem; overflow-x: auto; }
.reference { max-width: none; padding: 0; }
.reference main { max-width: 60rem; padding: 1rem 2rem; min-width: 0; }
nav { padding: 1rem; font-size: 0.85rem; border-bottom: 1px solid var(--line); }
nav ul { list-style: none; padding: 0; margin: 0 0 1rem; }
nav a { display: flex; padding: 0.125rem 0; text-decoration: none; color: inherit; }
nav a:hover { text-decoration: underline; }
nav .method { flex: none; width: 3.5rem; min-width: 0; font-size: 0.75rem; line-height: 1.7; }
#search { width: 100%; padding: 0.5rem; font: inherit; margin-top: 0.5rem; }
@media (min-width: 60.01rem) {
  .reference { display: grid; grid-template-columns: 24rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-bottom: 0; border-right: 1px solid var(--line); }
}
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
a { color: light-dark(#1a5fb4, #8ec5ff); }
article { padding: 0.5rem 0 1.5rem; border-bottom: 1px solid var(--line); }
article h3 { margin-bottom: 0.25rem; }
.call { font-size: 1.05rem; margin-top: 0; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
.kind { opacity: 0.75; font-style: italic; }
ul { padding-left: 1.25rem; }
summary { cursor: pointer; font-weight: 600; }
:focus-visible { outline: 2px solid; outline-offset: 2px; }
`;
