import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { connection } from "next/server";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { ApiProvider } from "@/api/provider";
import { readSettings } from "@/api/settings";
import { nonceHeader } from "@/security/policy";
import { ConnectionBanner } from "@/shell/connection-banner";
import { Header } from "@/shell/header";
import { PageFocus } from "@/shell/page-focus";
import { Skeleton } from "@/ui/states";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "OP-NAS", template: "%s · OP-NAS" },
  description: "Neural architecture search for language-model backbones, live.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f8f8fb" },
    { media: "(prefers-color-scheme: dark)", color: "#101218" },
  ],
};

/**
 * The frame of every page. It is rendered at request time, so that the API's address is the one
 * that this server was started with.
 */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const settings = readSettings(process.env);
  const nonce = (await headers()).get(nonceHeader) ?? "";
  return (
    <html lang="en" suppressHydrationWarning>
      <body className="min-h-dvh antialiased">
        <noscript>
          <p className="px-4 py-3 text-center text-sm font-medium">
            This portal is drawn by JavaScript, which this browser does not run. Allow it for this
            address, or use the command line: npx opnas --help.
          </p>
        </noscript>
        <ThemeProvider attribute="class" disableTransitionOnChange nonce={nonce}>
          <a
            href="#content"
            className="sr-only rounded-lg bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
          >
            Skip to content
          </a>
          <ApiProvider settings={settings} fallback={<PageSkeleton />}>
            <Header />
            <ConnectionBanner />
            <PageFocus />
            <main id="content" className="mx-auto w-full max-w-7xl px-4 pt-6 pb-16 sm:px-6">
              {children}
            </main>
          </ApiProvider>
        </ThemeProvider>
      </body>
    </html>
  );
}

/** The server's HTML, shown until the browser can query the page's data. */
function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className="h-14 border-b border-line bg-surface" />
      <div className="mx-auto w-full max-w-7xl space-y-6 px-4 pt-6 sm:px-6">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-40" />
        <Skeleton className="h-64" />
      </div>
    </div>
  );
}
