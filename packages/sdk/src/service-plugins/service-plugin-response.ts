import type { ServicePluginData } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";
import { callBack } from "../reports/call-back.ts";
import { errorResponseFor } from "../webhooks/webhook-response.ts";
import {
  type AcceptedCall,
  pluginErrorResponse,
  type ServicePluginCall,
  type ServicePluginOptions,
  type ServicePluginReceiver,
} from "./service-plugins.ts";

/** Runs a service plugin call and returns its response. */
export async function respondToServicePlugin(
  plugins: ServicePluginReceiver,
  options: ServicePluginOptions,
  given: ServicePluginCall,
): Promise<Response> {
  let call: AcceptedCall;
  try {
    call = await plugins.accept(given);
  } catch (error) {
    return errorResponseFor(error);
  }
  try {
    return Response.json(await call.run());
  } catch (error) {
    const errorResponse = pluginErrorResponse(error);
    if (errorResponse !== undefined) return errorResponse;
    await report(options, error, call.data);
    // The response does not contain the error.
    return Response.json({}, { status: LatchkeyError.is(error) && error.retryable ? 503 : 500 });
  }
}

function report({ onError }: ServicePluginOptions, error: unknown, call: ServicePluginData): Promise<void> {
  return callBack(() => {
    if (onError !== undefined) return onError(error, call);
    console.error(`A service plugin failed: ${call.metadata.appExtensionType}.`, error);
  });
}
