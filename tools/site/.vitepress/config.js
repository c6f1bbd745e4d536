import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const pages = new URL("../../../.latchkey/site/", import.meta.url);
const navigation = JSON.parse(readFileSync(new URL("navigation.json", pages), "utf8"));

/** The name of a page in the site, without its suffix. */
const nameOf = (path) => path.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "");

/** The anchors that Git hosts create for headings: the documents use them. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

/** Guides come first in the results of the search, generated pages and decisions last. */
const boostDocument = (id) =>
  /^\/(guides\/|start)/.test(id) ? 3 : /^\/(api|decisions)\//.test(id) ? 0.5 : 1;

export default defineConfig({
  title: "Latchkey",
  description: "Every app has its own key to every site.",
  lang: "en",
  srcDir: fileURLToPath(pages),
  outDir: fileURLToPath(new URL("../dist/", import.meta.url)),
  cacheDir: fileURLToPath(new URL("../../../.latchkey/site-cache/", import.meta.url)),
  head: [["link", { rel: "icon", href: "data:," }]],
  // The index of the search and the API of the SDK are larger than the 500 kB at which Vite warns.
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  markdown: { anchor: { slugify }, toc: { slugify } },
  transformHead: ({ pageData: { isNotFound, relativePath } }) =>
    isNotFound ? [] : [["link", { rel: "alternate", type: "text/markdown", href: `/${relativePath}` }]],
  themeConfig: {
    search: {
      provider: "local",
      options: { miniSearch: { searchOptions: { boostDocument } } },
    },
    outline: { level: [2, 3] },
    nav: [
      { text: "Guides", link: "/guides/get-a-token", activeMatch: "^/guides/" },
      { text: "Reference", link: "/reference/sdk", activeMatch: "^/(reference|api)/" },
      { text: "Security", link: "/concepts/security" },
    ],
    sidebar: Array.from(
      Map.groupBy(navigation, ({ group }) => group),
      ([text, members]) => ({
        text,
        collapsed: text === "Decisions",
        items: members.map(({ path, title }) => ({ text: title, link: `/${nameOf(path)}` })),
      }),
    ),
  },
});
