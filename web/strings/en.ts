/** Every word of the pages people chat on. A translation is a second object of the same type. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { MessageState } from "../../client/types.ts";

const one = new Intl.PluralRules("en");

function plural(count: number, singular: string, more: string): string {
  return `${count} ${one.select(count) === "one" ? singular : more}`;
}

const errors: Partial<Record<ErrorCode | "UNREACHABLE", string>> = {
  NAME_EMPTY: "Write a name here.",
  NAME_TOO_LONG: "At most 32 characters, please.",
  NAME_CHARACTERS: "This name has characters nobody can see. Remove them.",
  NAMES_EQUAL: "Give the second person a different name.",
  TOO_MANY_REQUESTS: "That was a lot of tries. Wait a minute, then go on.",
  TOO_FAST: "You are sending too fast. Wait a moment and try again.",
  MESSAGE_TOO_LONG: "This message is too long. Split it in two.",
  MESSAGE_CHARACTERS: "This message has characters that can't be sent.",
  MESSAGE_DELETED: "This message was deleted.",
  OUTBOX_FULL: "The server is catching up. Try again in a minute.",
  UNAVAILABLE: "Duet can't be reached right now. Try again shortly.",
  UNREACHABLE: "You seem to be offline. Check your connection and try again.",
};

export const en = {
  locale: "en",
  errors,
  somethingBroke: "Something went wrong on our side. Try again.",

  site: {
    name: "Duet",
    tagline: "A private chat for exactly two",
    description: "Two names make a link. Whoever has it can talk: no account, no app, nothing to install.",
    home: "Duet, start page",
    how: "How it works",
    docs: "API",
    newChat: "New chat",
    skip: "Skip to content",
    theme: "Appearance",
    themes: { system: "Auto", light: "Light", dark: "Dark" },
    footer: "Open source. Messages are deleted for good when either of you ends the chat.",
  },

  make: {
    title: "A chat for exactly two.",
    lead: "Two names make a private link. No account, no app.",
    titleShort: "New chat",
    first: "Your name",
    second: "Their name",
    firstExample: "Abhi",
    secondExample: "Anny",
    submit: "Make the link",
    submitting: "Making the link…",
    promises: [
      { title: "The link is the key", text: "It can't be guessed. Only the two of you have it." },
      {
        title: "Nothing gets lost",
        text: "Write offline, change phones, reload: every message arrives once, in order.",
      },
      { title: "Gone when you say so", text: "Either of you can end the chat. Every message is deleted, everywhere." },
    ],
  },

  ready: {
    title: "Your chat is ready.",
    lead: (name: string) => `Send this link to ${name}, then step in.`,
    openAs: (name: string) => `Open as ${name}`,
    another: "Make another chat",
  },

  share: {
    title: "Invite with the link",
    link: "Link to the chat",
    copy: "Copy link",
    copied: "Copied",
    copyFailed: "Press and hold the link to copy it.",
    native: "Share",
    showCode: "QR code",
    code: "QR code of the link",
    warning: "Whoever has this link can read and write here. Share it with one person only.",
  },

  recent: {
    title: "On this device",
    open: (a: string, b: string) => `Open the chat of ${a} and ${b}`,
    and: "and",
    remove: (a: string, b: string) => `Remove the chat of ${a} and ${b} from this list`,
    clear: "Forget all",
    note: "The list stays in this browser. Removing a chat from it doesn't end the chat.",
  },

  pick: {
    title: "Who are you?",
    lead: "This link belongs to two people. Choose your name to step in.",
    as: (name: string) => `I'm ${name}`,
    signingIn: "Stepping in…",
    trust: "Duet takes your word for it, so keep the link between the two of you.",
  },

  states: {
    loading: "Opening the chat…",
    unknown: {
      title: "No chat behind this link",
      text: "Perhaps a part of it got lost on the way. Ask for the link again, or make a new chat.",
    },
    ended: {
      title: "This chat is over",
      text: "It was ended, and its messages are deleted everywhere. Nothing is left to read here.",
      by: (name: string) => `${name} ended it. Its messages are deleted everywhere, so nothing is left to read here.`,
      byYou: "You ended it. Its messages are deleted everywhere, so nothing is left to read here.",
    },
    signedOut: {
      title: "You're signed out",
      text: "Your messages are safe in the chat. Step in again whenever you like.",
      action: "Step in again",
    },
    unreachable: {
      title: "Can't reach Duet",
      text: "You may be offline, or our server is. Nothing is lost: we try again by ourselves.",
      action: "Try again",
    },
    tooMany: {
      title: "Too many tries",
      text: "To keep guessers out, this address has to rest for a moment.",
      wait: (seconds: number) => `Try again in ${plural(seconds, "second", "seconds")}`,
      action: "Try again",
    },
    outdated: {
      title: "Let's start this page afresh",
      text: "The connection was refused, most likely because Duet was updated. Reloading helps.",
      action: "Reload",
    },
    notFound: {
      title: "Nothing here",
      text: "This page doesn't exist. A chat, though, is two names away.",
    },
    crash: {
      title: "This page stumbled",
      text: "Something unexpected happened. Your messages are safe; reloading helps.",
    },
    makeNew: "Make a new chat",
  },

  chat: {
    pageTitle: "Chat",
    badge: (count: number, title: string) => (count > 0 ? `(${count > 99 ? "99+" : count}) ${title}` : title),
    withPeer: (name: string) => `${name} — Duet`,
    back: "Your chats",
    log: (name: string) => `Messages with ${name}`,
    online: "Online",
    unknownPresence: "Connecting…",
    notYet: "Hasn't been here yet",
    lastSeen: (when: string) => `Last seen ${when}`,
    justNow: "just now",
    typing: (name: string) => `${name} is typing`,
    typingShort: "typing…",
    beginning: (name: string) => `This is the beginning of your chat with ${name}.`,
    beginningHint: "Nobody else has the link. Say hello!",
    loadingOlder: "Loading older messages",
    olderFailed: "Older messages didn't load.",
    again: "Try again",
    unread: (count: number) => plural(count, "new message", "new messages"),
    jump: "Jump to the newest message",
    jumpUnread: (count: number) => `Jump to the newest message, ${plural(count, "new message", "new messages")}`,
    reconnecting: "Reconnecting… You can keep writing.",
    degraded: "Saving older messages is slow right now. Chatting works as usual.",
    announced: (name: string, text: string) => `${name}: ${text}`,
  },

  message: {
    you: "You",
    label: (sender: string, time: string) => `${sender}, ${time}`,
    states: {
      sending: "Sending",
      sent: "Sent",
      delivered: "Delivered",
      read: "Read",
      failed: "Not sent",
      received: "",
    } satisfies Record<MessageState, string>,
    waiting: "Waiting to be sent",
    edited: "edited",
    deleted: "Message deleted",
    failed: (why: string) => `Not sent. ${why}`,
    retry: "Send again",
    discard: "Discard",
    actions: (sender: string) => `Actions for the message of ${sender}`,
    menu: "Message actions",
    reply: "Reply",
    copy: "Copy text",
    copied: "Text copied",
    copyFailed: "The browser didn't allow copying.",
    edit: "Edit",
    remove: "Delete",
    react: "React",
    reactWith: (emoji: string) => `React with ${emoji}`,
    unreact: (emoji: string) => `Take back ${emoji}`,
    reacted: (emoji: string, names: string) => `${emoji} from ${names}`,
    moreEmoji: "More reactions",
    replyTo: (name: string) => `Reply to ${name}`,
    quoteGone: "An earlier message",
    jumpToQuote: "Go to the message this one answers:",
  },

  composer: {
    label: (name: string) => `Message to ${name}`,
    placeholder: "Message",
    send: "Send",
    save: "Save the change",
    replyingTo: (name: string) => `Replying to ${name}`,
    editing: "Editing your message",
    cancelReply: "Cancel the reply",
    cancelEdit: "Cancel editing",
    left: (count: number) => (count < 0 ? `${plural(-count, "character", "characters")} too many` : `${count} left`),
    keys: "Enter sends. Shift and Enter starts a new line.",
  },

  menu: {
    open: "Chat menu",
    share: "Invite with the link",
    notify: "Notify me when hidden",
    notifyBlocked: "Notifications are blocked in the browser",
    signOut: "Sign out",
    end: "End chat for both",
  },

  dialogs: {
    close: "Close",
    cancel: "Cancel",
    endTitle: "End this chat for both of you?",
    endText: (name: string) =>
      `Every message is deleted here, on ${name}'s side and on the server. This can't be undone.`,
    endConfirm: "End and delete",
    removeTitle: "Delete this message?",
    removeText: (name: string) => `It disappears for you and for ${name}.`,
    removeConfirm: "Delete",
  },

  notification: {
    title: (name: string) => name,
  },
};

export type Strings = typeof en;
