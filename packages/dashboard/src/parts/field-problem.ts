import type { UseFormReturnType } from "@mantine/form";
import { Problem } from "../api/problem.ts";

/** Shows an error of the API at the fields that it names; `ProblemAlert` shows all other errors. */
export function showAtFields<Values extends object>(form: UseFormReturnType<Values>, error: unknown): void {
  if (!(error instanceof Problem)) return;
  form.setErrors(error.fields);
}
