import { Html, html } from "../../infrastructure/pages/index.ts";
import type { OpenApiDocument } from "../../infrastructure/routes/index.ts";
import { curlExample } from "./curl-example.ts";
import { type Operation, operationsByTag, type Parameter } from "./document.ts";
import { kindOf, schemaList } from "./schema-list.ts";
import { searchScript } from "./search-script.ts";
import { style } from "./style.ts";

/** Renders an OpenAPI document as one page without external files. */
export function referencePage(document: OpenApiDocument): string {
  const groups = [...operationsByTag(document)];
  const { description, title } = document.info;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} API reference</title>
<style>${new Html(style)}</style>
</head>
<body class="reference">
<nav aria-label="Operations">
<details open>
<summary>Operations</summary>
<input type="search" id="search" aria-label="Search operations" placeholder="Search (/)" hidden>
<p id="none" role="status" hidden>No operation has this text.</p>
${groups.map(contents)}
</details>
</nav>
<main>
<header>
<h1>${title} API reference</h1>
<p>${description}</p>
<p>Calls to the management API carry <code>Authorization: Bearer &lt;API key&gt;</code>. The OpenAPI document
of this page: <a href="/openapi.json">/openapi.json</a>.</p>
<p>The examples use the variables of <code>.latchkey/demo.env</code>, which <code>npm start</code> writes. Others, such as
<code>$WEBHOOK_ID</code>, stand for the ids in responses; <code>$ACCESS_TOKEN</code> is a token of
<a href="#createToken">POST /oauth2/token</a>.</p>
</header>
${groups.map(([tag, operations]) => section(document, tag, operations))}</main>
<script>${new Html(searchScript)}</script>
</body>
</html>
`;
  return page.text;
}

function contents([tag, operations]: [string, Operation[]]): Html {
  const links = operations.map(
    (operation) =>
      html`<li><a href="#${anchor(operation)}" title="${operation.summary}">${call(operation)}</a></li>`,
  );
  return html`<section><p><a href="#${slug(tag)}"><strong>${tag}</strong></a></p><ul>${links}</ul></section>`;
}

function call({ method, path }: Operation): Html {
  return html`<span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code>`;
}

function section(document: OpenApiDocument, tag: string, operations: readonly Operation[]): Html {
  return html`<section aria-labelledby="${slug(tag)}"><h2 id="${slug(tag)}">${tag}</h2>${operations.map(
    (operation) => article(document, operation),
  )}</section>`;
}

function article(document: OpenApiDocument, operation: Operation): Html {
  const example = curlExample(document, operation);
  const parameters = operation.parameters ?? [];
  const { responses = {}, requestBody } = operation;
  const errors = Object.entries(responses).filter(([status]) => !status.startsWith("2"));
  const paragraphs = (operation.description ?? "").split("\n").filter((line) => line !== "");
  if (sameAs.test(operation.summary ?? "")) return alias(operation);
  return html`
<article aria-labelledby="${anchor(operation)}">
<h3 id="${anchor(operation)}">${operation.summary ?? operation.path}</h3>
<p class="call">${call(operation)}</p>
${paragraphs.map((line) => html`<p>${withCode(line)}</p>`)}
${when(parameters.length > 0, () => html`<h4>Parameters</h4><ul>${parameters.map(parameterItem)}</ul>`)}
${bodies(document, "Body", requestBody?.content)}
${bodies(document, "Response", responses["200"]?.content)}
${when(
  errors.length > 0,
  () =>
    html`<details><summary>Errors</summary><ul>${errors.map(
      ([status, { description = "" }]) => html`<li><strong>${status}</strong> ${lines(description)}</li>`,
    )}</ul></details>`,
)}
<h4>Example</h4>
${example === undefined ? html`<p>Pages in a browser call it, with cookies.</p>` : html`<pre tabindex="0"><code>${example}</code></pre>`}
</article>`;
}

const sameAs = /^The same as /;

/** A second address of an operation. */
function alias(operation: Operation): Html {
  return html`
<article class="alias">
<p class="call" id="${anchor(operation)}">${call(operation)}</p>
<p>${operation.summary}</p>
</article>`;
}

function parameterItem(parameter: Parameter): Html {
  const optional = parameter.required ? "" : ", optional";
  const kind = `in ${parameter.in}, ${kindOf(parameter.schema ?? {})}${optional}`;
  return html`<li><code>${parameter.name}</code> <span class="kind">${kind}</span> ${parameter.description}</li>`;
}

/** Shows each schema once, with all its media types. */
function bodies(
  document: OpenApiDocument,
  heading: string,
  content: Readonly<Record<string, { schema?: object }>> = {},
): Html[] {
  const bySchema = Map.groupBy(Object.entries(content), ([, { schema = {} }]) => JSON.stringify(schema));
  return [...bySchema].map(([schema, media]) => {
    const types = media.map(([mediaType]) => mediaType).join(" or ");
    return html`<h4>${heading} <span class="kind">${types}</span></h4>${schemaList(document, JSON.parse(schema))}`;
  });
}

function when(condition: boolean, make: () => Html): Html | undefined {
  return condition ? make() : undefined;
}

/** Renders text between backticks as code. */
function withCode(text: string): Html[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function lines(text: string): Html[] {
  return text.split("\n").map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`));
}

function anchor(operation: Operation): string {
  return operation.operationId ?? slug(`${operation.method} ${operation.path}`);
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
