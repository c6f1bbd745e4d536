import type { Catalogue } from "../languages.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Texts } from "./texts.ts";

export type { ErrorTexts } from "./texts.ts";

export const messages: Catalogue<Texts> = { en, de };
