import type { ServicePluginData } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";
import { errorResponseFor } from "../webhooks/webhook-response.ts";
import {
  pluginErrorResponse,
  type ServicePluginCall,
  type ServicePluginOptions,
  type ServicePluginReceiver,
  type VerifiedCall,
} from "./service-plugins.ts";

/** Runs a service plugin call and returns its response. */
export async function respondToServicePlugin(
  plugins: ServicePluginReceiver,
  options: ServicePluginOptions,
  { body, url }: ServicePluginCall,
): Promise<Response> {
  let call: VerifiedCall | undefined;
  try {
    call = await plugins.verify(body);
    return Response.json((await plugins.run(call, url)) ?? {});
  } catch (error) {
    const errorResponse = pluginErrorResponse(error);
    if (errorResponse !== undefined) return errorResponse;
    if (LatchkeyError.is(error, "not_implemented")) {
      return Response.json({ error: error.code, error_description: error.message }, { status: 404 });
    }
    if (LatchkeyError.is(error, "invalid_delivery") || LatchkeyError.is(error, "body_already_read")) {
      return errorResponseFor(error);
    }
    await report(options, error, call?.data);
    // The response does not contain the error.
    return Response.json({}, { status: LatchkeyError.is(error) && error.retryable ? 503 : 500 });
  }
}

async function report(
  { onError }: ServicePluginOptions,
  error: unknown,
  call: ServicePluginData | undefined,
): Promise<void> {
  try {
    if (onError !== undefined && call !== undefined) await onError(error, call);
    else
      console.error(
        `A service plugin failed: ${call?.metadata.appExtensionType ?? "before its method ran"}.`,
        error,
      );
  } catch (second) {
    console.error(second);
  }
}
