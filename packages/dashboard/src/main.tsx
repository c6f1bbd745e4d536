import "@mantine/core/styles.css";
import "./style.css";
import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query-client.ts";
import { router } from "./router.ts";

// The server writes a new nonce into each page, and its policy allows styles with it.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");

const theme = createTheme({
  cursorType: "pointer",
  primaryShade: 8,
  components: {
    ModalCloseButton: { defaultProps: { "aria-label": "Close" } },
    // A page has one banner.
    ModalHeader: { defaultProps: { component: "div" } },
  },
});

createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" getStyleNonce={() => nonce} theme={theme}>
      <QueryClientProvider client={createQueryClient()}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
