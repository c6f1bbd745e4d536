import { apiKeyPrefix, hasLatchkeyPrefix } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";

const guidWithCapitals = /^(?=.*[A-F])[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/;

/**
 * Checks an App ID and a secret for what people copy by mistake.
 *
 * @throws {LatchkeyError} `missing_credentials`
 */
export function checkApp(appId: unknown, appSecret: unknown, needsSecret: boolean): void {
  checkText("appId", appId);
  if (needsSecret) checkText("appSecret", appSecret);
  if (hasLatchkeyPrefix(String(appId))) {
    throw invalid("appId contains a secret. Check whether appId and appSecret are swapped.");
  }
  checkCapitals("appId", appId);
  if (String(appSecret).startsWith(apiKeyPrefix)) {
    throw invalid("appSecret is a key of the management API. Pass a secret of the app.");
  }
  if (appSecret === appId) throw invalid("appSecret is the App ID. Pass a secret of the app.");
}

/**
 * Checks the ID of an instance for what people copy by mistake.
 *
 * @throws {LatchkeyError} `missing_credentials`
 */
export function checkInstanceId(instanceId: unknown, appId: string): void {
  checkText("instanceId", instanceId);
  if (hasLatchkeyPrefix(String(instanceId))) {
    throw invalid("instanceId contains a secret. Pass the ID of an instance.");
  }
  checkCapitals("instanceId", instanceId);
  if (instanceId === appId) {
    throw invalid(
      "instanceId is the App ID. Pass the instanceId that the app received in the webhook AppInstalled.",
    );
  }
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== "string" || /^(?:undefined|null)?$/.test(value)) {
    throw invalid(
      `${name} is missing. ${
        name === "instanceId"
          ? "Pass the ID of the instance to act as."
          : "With npm start, it is in .latchkey/demo.env; otherwise use the value that POST /admin/v1/apps returned."
      }`,
    );
  }
  if (/^["'“”‘’]|["'“”‘’]$/.test(value)) {
    throw invalid(`${name} starts or ends with a quotation mark. Remove the quotation marks.`);
  }
  if (/\s/.test(value)) throw invalid(`${name} contains white space. Remove the white space.`);
}

function checkCapitals(name: string, value: unknown): void {
  if (guidWithCapitals.test(String(value))) {
    throw invalid(`${name} has capital letters. Write it in lower case.`);
  }
}

function invalid(message: string): LatchkeyError {
  return new LatchkeyError("missing_credentials", message);
}
