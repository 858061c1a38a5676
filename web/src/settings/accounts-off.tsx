import { CopyButton } from "@/ui/copy-button";
import { Panel } from "@/ui/card";

const commands = `export OPNAS_AUTH=accounts OPNAS_AUTH_SECRET=$(openssl rand -hex 32)
npm start
npx opnas user create --admin --email you@example.org`;

/** Says that this platform has no accounts, what that means for a page, and how to set them up. */
export function AccountsOff(props: { title: string; children: string }) {
  return (
    <Panel title={props.title} note={props.children} data-testid="accounts-off">
      <p className="text-sm text-pretty">
        Accounts are off: the platform belongs to whoever owns this machine, who may do everything.
        To let others in, each with a role, start it with accounts:
      </p>
      <pre className="mt-3 rounded-lg border border-line bg-sunken p-3 font-mono text-xs break-all whitespace-pre-wrap">
        {commands}
      </pre>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <CopyButton text={commands}>Copy</CopyButton>
        <p className="text-[13px] text-muted">
          Keep the secret. More in <code className="font-mono">docs/accounts.md</code>: single
          sign-on, invitations, a proxy with TLS.
        </p>
      </div>
    </Panel>
  );
}
