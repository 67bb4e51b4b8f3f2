import type { Metadata } from "next";
import { VerifyEmailPage } from "../../components/verify/verify-email-page.tsx";
import { enVerify } from "../../strings/en-verify.ts";

export const metadata: Metadata = { title: enVerify.title };

/** Mails link here, with a token behind the #. */
export default function VerifyEmailRoute() {
  return <VerifyEmailPage />;
}
