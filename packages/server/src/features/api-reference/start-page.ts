import { Html, html } from "../../infrastructure/pages/index.ts";
import { style } from "./style.ts";

/** The page at `/`: where to find the reference, and how to get a token. */
export const startPage: string = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Latchkey</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<h1>Latchkey</h1>
<p>This is an authorization server for app instances. It runs without the dashboard.</p>
<ul>
<li><a href="/sign-in">Sign in or sign out</a></li>
<li><a href="/docs">API reference</a></li>
<li><a href="/openapi.json">OpenAPI document</a></li>
</ul>
<p>This command gets an access token. <code>npm start</code> writes its variables to <code>.latchkey/demo.env</code>.</p>
<pre>curl "$LATCHKEY_URL/oauth2/token" -d grant_type=client_credentials \\
  -d "client_id=$APP_ID" -d "client_secret=$APP_SECRET" -d "instance_id=$INSTANCE_ID"</pre>
</main>
</body>
</html>
`.text;
