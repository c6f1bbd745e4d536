import { z } from "zod";
import { ApiError, type ApiErrorCode, ValidationError } from "../errors/index.ts";
import { type Route, type RouteCall, readForm, readQuery } from "../routes/index.ts";
import { html } from "./html.ts";
import { type Catalogue, chooseLanguage, type Language } from "./languages.ts";
import { type ErrorTexts, messages } from "./messages/index.ts";
import { isFromOwnOrigin } from "./own-origin.ts";
import type { RenderPage } from "./page.ts";

export interface PageDependencies {
  readonly page: RenderPage;
  /** The origin of the pages. */
  readonly publicUrl: string;
}

type NoFields = z.ZodObject<Record<never, never>>;
const noFields: NoFields = z.object({});

export interface PageCall<Query extends z.ZodObject, Form extends z.ZodObject> extends RouteCall {
  /** The one that the browser prefers; a page about a site uses `chooseLanguage` with the locale of the site. */
  readonly language: Language;
  readonly query: z.output<Query>;
  readonly form: z.output<Form>;
}

interface PageRouteInfo<Query extends z.ZodObject, Form extends z.ZodObject>
  extends Pick<Route, "path" | "aliases" | "operationId" | "summary" | "parameters" | "description"> {
  readonly method: "GET" | "POST";
  /** Default: no parameters count. */
  readonly query?: Query;
  /** Fields of the form, for POST. A list takes any number of fields with its name. Default: none. */
  readonly form?: Form;
  readonly errors?: readonly ApiErrorCode[];
  /** Texts of errors in the languages of pages. Default: the message of the error. */
  readonly errorTexts?: Catalogue<ErrorTexts>;
  /** Whether pages of any site may show the error in a frame. Default false. */
  readonly inFrames?: boolean;
  respond(call: PageCall<Query, Form>): Promise<Response>;
}

/**
 * Declares a page for people, or the target of its form. Errors are pages too. A POST throws `FORM_FROM_ANOTHER_SITE`
 * unless a page of this origin sent it, outside of a frame.
 */
export function pageRoute<Query extends z.ZodObject = NoFields, Form extends z.ZodObject = NoFields>(
  deps: PageDependencies,
  route: PageRouteInfo<Query, Form>,
): Route {
  const { errors = [], errorTexts, form, inFrames = false, method, query, respond, ...info } = route;
  const isForm = method === "POST";
  return {
    ...info,
    method,
    access: { kind: "anyone" },
    tag: "Pages",
    query,
    ...(isForm && { body: { schema: form ?? noFields, contentTypes: [formType] } }),
    responses: {
      200: { description: "The page", schema: z.string(), contentType: "text/html" },
      303: { description: "Another page", headers: { location: "Its address" } },
    },
    errors: [...errors, ...(isForm ? (["FORM_FROM_ANOTHER_SITE"] as const) : [])],
    errorPages: true,
    async respond(call) {
      const language = chooseLanguage(call.request);
      try {
        if (isForm) requireOwnForm(call.request.headers, deps.publicUrl);
        const given = {
          query: readQuery(query ?? noFields, call.request.url) as z.output<Query>,
          form: (isForm ? await readForm(form ?? noFields, call.request) : {}) as z.output<Form>,
        };
        return await respond({ ...call, ...given, language });
      } catch (error) {
        call.exchange.error = error;
        return errorPage(deps.page, { error, inFrames, language, texts: errorTexts?.[language], call });
      }
    },
  };
}

function requireOwnForm(headers: Headers, publicUrl: string): void {
  const isTop = (headers.get("sec-fetch-dest") ?? "document") === "document";
  if (!isTop || !isFromOwnOrigin(headers, publicUrl)) throw new ApiError("FORM_FROM_ANOTHER_SITE");
}

const formType = "application/x-www-form-urlencoded";

function errorPage(
  page: RenderPage,
  {
    call,
    error,
    texts,
    ...shown
  }: {
    error: unknown;
    inFrames: boolean;
    language: Language;
    texts: ErrorTexts | undefined;
    call: RouteCall;
  },
): Response {
  const { errors, errorTitle, requestId } = messages[shown.language];
  const { code, details, headers, message, status } = describe(error);
  const text = texts?.[code as ApiErrorCode] ?? errors[code as ApiErrorCode] ?? message;
  const response = page({
    ...shown,
    title: errorTitle,
    status,
    body: html`<p>${text}</p><p class="small"><code>${code}</code>${details}</p>${
      status >= 500 && html`<p class="small">${requestId}: <code>${call.exchange.requestId}</code></p>`
    }`,
  });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** @returns the error to show; `details` are for developers */
function describe(error: unknown): ApiError & { readonly details?: string } {
  if (error instanceof ApiError) return error;
  if (!(error instanceof ValidationError)) return new ApiError("INTERNAL");
  const details = error.violations.map(({ description, field }) => ` ${field} ${description}.`).join("");
  return Object.assign(new ApiError("INVALID_FORM"), { details });
}
