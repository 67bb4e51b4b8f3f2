/** The words of the page that mails with a link to confirm an address lead to. */
export const enVerify = {
  title: "Confirm your address",
  ready: {
    title: "Is this your address?",
    text: "Confirm it, and you can log in with it. If you didn't make an account, close this page: nothing happens.",
  },
  confirm: "Yes, confirm it",
  confirming: "Confirming…",
  done: { title: "Your address is confirmed", text: "From now on you can log in with it. You can close this page." },
  missing: {
    title: "Open the link in your mail",
    text: "The address of this page lacks what was in the link. Open it from the mail once more.",
  },
  failed: "Your address isn't confirmed",
  invalid:
    "This link has run out, or somebody else has confirmed the address. Log in by your username, and ask for another mail.",
  unavailable: "Duet can't be reached right now. Try again shortly.",
  unreachable: "No answer came. Check your connection and try again.",
  again: "Try again",
};
