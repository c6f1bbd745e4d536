import { Alert, Anchor, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

/**
 * What a page of an app may do: run scripts, send forms and keep its own origin with its own cookies. It cannot navigate
 * this window, open others, or show dialogs. The dashboard exchanges no messages with it.
 */
const sandbox = "allow-scripts allow-forms allow-same-origin";

/** A page of an app. `url` has the signed instance parameter, so no other site learns it as referrer. */
export function AppFrame({ name, url }: { name: string; url: string }): ReactNode {
  const isBlocked = useBlockedFrame();
  // With the dashboard's own origin, a page could leave its sandbox.
  const isOwn = new URL(url).origin === globalThis.location.origin;
  if (isOwn || isBlocked) {
    return (
      <Alert color="yellow" role="alert" title="This page cannot be shown in a frame">
        <Text size="sm">
          {isOwn
            ? "Its address is on this server. The developer of the app has to register another one."
            : "Its address has changed, or it leads to another site."}{" "}
          {!isOwn && <Anchor href="">Open it again</Anchor>}
        </Text>
      </Alert>
    );
  }
  return <iframe title={name} src={url} sandbox={sandbox} referrerPolicy="no-referrer" className="frame" />;
}

/** Whether the policy of this document blocked the frame. */
function useBlockedFrame(): boolean {
  const [isBlocked, setBlocked] = useState(false);
  useEffect(() => {
    const note = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
      if (effectiveDirective === "frame-src") setBlocked(true);
    };
    document.addEventListener("securitypolicyviolation", note);
    return () => document.removeEventListener("securitypolicyviolation", note);
  }, []);
  return isBlocked;
}
