import type { Catalogue, ErrorTexts } from "../../../infrastructure/pages/index.ts";
import type { AccountTexts } from "./account-texts.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";

export const texts: Catalogue<AccountTexts> = { en, de };

export const errorTexts: Catalogue<ErrorTexts> = { en: en.errors, de: de.errors };
