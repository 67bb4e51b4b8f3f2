/** The reactions one press away, and those behind "more". Each is one emoji as protocol/fields.ts defines it. */
export const QUICK_EMOJI = ["❤️", "👍", "😂", "😮", "😢", "🙏"] as const;
export const MORE_EMOJI = Array.from(
  new Intl.Segmenter().segment("🎉🔥👏😍🥰😅😭🤔🙌💯👀✅🤝🤗😴🤯💔👋"),
  ({ segment }) => segment,
);

const FEW_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Whether a message is nothing but one to three emoji, which are shown large. */
export function isFewEmoji(body: string): boolean {
  return body.length < 64 && FEW_EMOJI.test(body);
}
