import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { useChangeAccount, useDeleteAccount } from "../changes.ts";
import type { Account } from "../queries.ts";

/** What can be done with an account. */
export function AccountActions({ account }: { account: Account }): ReactNode {
  const { accountId, disabled, isDeveloper, isOperator, name } = account;
  const change = useChangeAccount(accountId);
  return (
    <>
      <ConfirmButton
        label={isDeveloper ? "Remove developer" : "Make developer"}
        title={isDeveloper ? `May ${name} no longer create apps?` : `May ${name} create apps?`}
        text={
          isDeveloper
            ? "The account creates no more apps, and keeps those that it has."
            : "The account registers apps and gets their credentials. It sees only its own apps."
        }
        change={change}
        input={{ isDeveloper: !isDeveloper }}
      />
      <ConfirmButton
        label={isOperator ? "Remove operator" : "Make operator"}
        title={isOperator ? `Is ${name} no operator any more?` : `Make ${name} an operator?`}
        text={
          isOperator
            ? "The account keeps its own apps and sites, and sees nothing else from the next request on."
            : "An operator may do everything: read and change all apps, sites, keys and accounts."
        }
        change={change}
        input={{ isOperator: !isOperator }}
        danger
      />
      <ConfirmButton
        label={disabled ? "Allow sign-in" : "Suspend"}
        title={disabled ? `Allow ${name} to sign in?` : `Suspend ${name}?`}
        text={
          disabled
            ? "The account can sign in again. Its apps and sites are as before."
            : "The account cannot sign in, and its sessions end at once. Its apps keep working."
        }
        change={change}
        input={{ disabled: !disabled }}
        danger={!disabled}
      />
      <Deletion accountId={accountId} name={name} />
    </>
  );
}

function Deletion({ accountId, name }: { accountId: string; name: string }): ReactNode {
  const { run, ...change } = useDeleteAccount(accountId);
  const navigate = useNavigate();
  const removal = {
    ...change,
    run: async () => {
      await run(undefined);
      await navigate({ to: "/operator/accounts" });
    },
  };
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete the account of ${name}?`}
      text="Its sessions, its memberships of sites and the tokens of its pages end at once. This cannot be undone."
      change={removal}
      input={undefined}
      danger
    />
  );
}
