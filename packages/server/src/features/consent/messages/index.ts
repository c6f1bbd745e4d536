import type { Catalogue, ErrorTexts } from "../../../infrastructure/pages/index.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Texts } from "./texts.ts";

export const messages: Catalogue<Texts> = { en, de };

export const errorTexts: Catalogue<ErrorTexts> = { en: en.errors, de: de.errors };
