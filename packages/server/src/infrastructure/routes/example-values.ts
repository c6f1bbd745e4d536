/** Values in the OpenAPI document for variables in examples of routes. */
const exampleValues: Readonly<Record<string, string>> = {
  $APP_ID: "3f1c2a6e-5b0d-4c8e-9a47-1d2e6b7f8c90",
  $INSTANCE_ID: "8d0b7e54-2c9f-4f3a-b1d6-7e5a4c3b2f10",
  $SITE_ID: "c5e9f1a2-6d4b-4b7c-8f20-3a9d8e7c6b51",
  $ACCOUNT_ID: "demo-owner",
  $REFRESH_TOKEN: "lkr_…",
  $SCOPE_ID: "SCOPE.CRM.READ-CONTACTS",
};

/** Replaces variables such as `$APP_ID` in an example by values that match the schema. */
export function withValues(example: unknown): unknown {
  return JSON.parse(JSON.stringify(example), (_, value) => exampleValues[String(value)] ?? value);
}

/** The reverse of {@link withValues}. */
export function withVariables(example: unknown): unknown {
  const variables = Object.fromEntries(Object.entries(exampleValues).map(([name, value]) => [value, name]));
  return JSON.parse(JSON.stringify(example), (_, value) => variables[String(value)] ?? value);
}
