export const shellNames = ["sh", "powershell"] as const;
export type ShellName = (typeof shellNames)[number];

/** Commands to copy into a shell. All but the first need the variables of `demo.env` in the shell. */
export interface ShellCommands {
  /** The program that sends requests, as it is called. */
  readonly client: string;
  /** Reads the variables of a file into the shell. */
  readCredentials(file: string): string;
  readonly requestToken: string;
  /** Needs `ACCESS_TOKEN` too. */
  readonly queryProducts: string;
  /** Where `ACCESS_TOKEN` comes from. */
  readonly accessToken: string;
  readonly advanceClock: string;
  /** Lets the requests to a host pass by the proxy of the shell. */
  excludeFromProxy(hostname: string): string;
}

const sh: ShellCommands = {
  client: "curl",
  readCredentials: (file) => `set -a; . ${file}; set +a`,
  requestToken: `curl -X POST "$LATCHKEY_URL/oauth2/token" -H 'Content-Type: application/json' -d '{
  "grant_type": "client_credentials", "client_id": "'$APP_ID'",
  "client_secret": "'$APP_SECRET'", "instance_id": "'$INSTANCE_ID'" }'`,
  queryProducts: `curl -X POST "$LATCHKEY_URL/stores/v1/products/query" --data-binary '{}' \\
  -H 'Content-Type: application/json' -H "Authorization: $ACCESS_TOKEN"`,
  accessToken: "ACCESS_TOKEN is in the response of the first one",
  advanceClock: `curl -X POST "$LATCHKEY_URL/admin/v1/dev/clock" -H "Authorization: Bearer $LATCHKEY_ADMIN_KEY" \\
  -H 'Content-Type: application/json' -d '{"advance":"4h"}'`,
  excludeFromProxy: (hostname) => `export NO_PROXY="${hostname},$NO_PROXY"`,
};

/** Runs in Windows PowerShell 5.1, where `curl` is another program, and in PowerShell 7. */
const powershell: ShellCommands = {
  client: "PowerShell",
  readCredentials: (file) =>
    `Get-Content ${file} | ForEach-Object { $name, $value = $_ -split "=", 2; Set-Item "env:$name" $value }`,
  requestToken: `$env:ACCESS_TOKEN = (Invoke-RestMethod "$env:LATCHKEY_URL/oauth2/token" -Method Post \`
  -ContentType "application/json" -Body (@{
    grant_type = "client_credentials"; client_id = $env:APP_ID
    client_secret = $env:APP_SECRET; instance_id = $env:INSTANCE_ID } | ConvertTo-Json)).access_token`,
  queryProducts: `Invoke-RestMethod "$env:LATCHKEY_URL/stores/v1/products/query" -Method Post -Body '{}' \`
  -ContentType "application/json" -Headers @{ Authorization = $env:ACCESS_TOKEN }`,
  accessToken: "the first one sets ACCESS_TOKEN",
  advanceClock: `Invoke-RestMethod "$env:LATCHKEY_URL/admin/v1/dev/clock" -Method Post -Body '{"advance":"4h"}' \`
  -ContentType "application/json" -Headers @{ Authorization = "Bearer $env:LATCHKEY_ADMIN_KEY" }`,
  excludeFromProxy: (hostname) => `$env:NO_PROXY = "${hostname},$env:NO_PROXY"`,
};

/** @param name default: PowerShell on Windows, else `sh` */
export function shellCommands(
  name: ShellName = process.platform === "win32" ? "powershell" : "sh",
): ShellCommands {
  return { sh, powershell }[name];
}
