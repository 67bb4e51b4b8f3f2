import type { MetadataRoute } from "next";
import { ROUTES } from "../device/routes.ts";
import { t } from "../strings/index.ts";

export const dynamic = "force-static";

export default function manifest(): MetadataRoute.Manifest {
  return {
    name: t.site.name,
    short_name: t.site.name,
    description: t.site.description,
    start_url: ROUTES.newChat,
    display: "standalone",
    background_color: "#f7f6fb",
    theme_color: "#f7f6fb",
    icons: [
      { src: "/icon.svg", type: "image/svg+xml", sizes: "any" },
      { src: "/icon-512.png", type: "image/png", sizes: "512x512", purpose: "maskable" },
    ],
  };
}
