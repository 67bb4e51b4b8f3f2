import path from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  // The SDK and the protocol live beside web/, not below it.
  turbopack: { root: path.join(import.meta.dirname, "..") },
  // `npm run types` checks this folder with the rest.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
};

export default config;
