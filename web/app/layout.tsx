import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import type { ReactNode } from "react";
import { THEME_SCRIPT } from "../device/theme.ts";
import { t } from "../strings/index.ts";
import "./globals.css";

const bricolage = localFont({
  src: "./fonts/bricolage-grotesque-latin-800-normal.woff2",
  weight: "800",
  display: "swap",
  variable: "--font-bricolage",
});

const title = `${t.site.name}: ${t.site.tagline.toLowerCase()}`;

// What a link preview may show is the same for every chat: no names, no hash.
export const metadata: Metadata = {
  title: { default: title, template: `%s · ${t.site.name}` },
  description: t.site.description,
  applicationName: t.site.name,
  openGraph: { type: "website", siteName: t.site.name, title, description: t.site.description },
  twitter: { card: "summary", title, description: t.site.description },
  formatDetection: { telephone: false, date: false, email: false, address: false },
  referrer: "no-referrer",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  interactiveWidget: "resizes-content",
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f7f6fb" },
    { media: "(prefers-color-scheme: dark)", color: "#11101f" },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // The script sets data-theme before React looks.
    <html lang={t.locale} className={bricolage.variable} suppressHydrationWarning>
      <head>
        <script>{THEME_SCRIPT}</script>
      </head>
      <body>{children}</body>
    </html>
  );
}
