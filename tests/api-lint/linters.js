import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectralCore from "@stoplight/spectral-core";
import parsers from "@stoplight/spectral-parsers";
import rulesets from "@stoplight/spectral-rulesets";
import openapiTS, { astToString } from "openapi-typescript";

/** Problems that Redocly's recommended rules find; warnings too. */
export async function redocly(text) {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source: text, config });
  return problems.map(({ location, message, ruleId, severity }) => ({
    ...{ linter: "redocly", severity, rule: ruleId, message },
    place: location[0]?.pointer ?? "",
  }));
}

/** Problems that Spectral's rules for OpenAPI find. */
export async function spectral(text) {
  const linter = new spectralCore.Spectral();
  linter.setRuleset({ extends: [[rulesets.oas, "recommended"]] });
  const problems = await linter.run(new spectralCore.Document(text, parsers.Json, "openapi.json"));
  return problems.map(({ code, message, path, severity }) => ({
    ...{ linter: "spectral", severity: severity === 0 ? "error" : "warn", rule: String(code), message },
    place: path.join("/"),
  }));
}

/** TypeScript types of a document. */
export async function generateTypes(document) {
  return astToString(await openapiTS(document));
}
