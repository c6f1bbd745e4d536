// The example with Vitest: its tests run in this file.
import "../../examples/test-your-app/app.test.ts";
