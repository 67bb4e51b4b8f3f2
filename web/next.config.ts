import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  // `npm run types` checks this folder with the rest.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
};

export default config;
