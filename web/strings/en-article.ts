/** The words of the article "How it works". */
export const enArticle = {
  title: "How a message travels",
  description: "What Duet is, and what happens between one person's Send and the other's screen.",
  lead:
    "Duet gives two people one private place to talk: a link. There is no account to make and nothing to install. " +
    "Here is what happens behind it.",

  diagram: {
    caption: "From Abhi's phone to Anny's, and only then to the archive",
    worker: "Worker",
    workerNote: "at the edge, near you",
    conversation: "Conversation",
    conversationNote: "one per chat, keeps the order",
    archive: "Postgres",
    archiveNote: "history",
    mirror: "Redis",
    mirrorNote: "who is there",
    people: ["Abhi", "Anny"] as const,
    later: "later, in batches",
  },

  stepsTitle: "Six steps, a few thousandths of a second",
  steps: [
    {
      title: "Kept before it is sent",
      text: "Press Send, and the message is first written to an outbox on your own device, with an id of its own. If the train enters a tunnel now, nothing is lost: it goes out when you are back.",
    },
    {
      title: "Through the nearest door",
      text: "It travels over a WebSocket that is already open, to a Worker in a data centre close to you. The Worker checks that the session cookie belongs to this very chat, and passes the message on.",
    },
    {
      title: "One place decides the order",
      text: "Each chat is one object, and all that happens in the chat goes through it. It gives the message the next number, 1, 2, 3 and so on without gaps, and writes it to its own disk. A message that comes twice gets the same number twice, and is kept once.",
    },
    {
      title: "Delivered",
      text: "Only once it is on disk do two things leave the object: the message, to every device of the other person, and the receipt, to you. That is the first tick. The second tick says that it arrived; the plate behind the ticks, that it was read.",
    },
    {
      title: "Archived",
      text: "Within seconds the object copies what is new to Postgres, many messages at a time. Nobody waits for that. If Postgres sleeps or fails, chatting goes on, and the copying catches up later.",
    },
    {
      title: "Noted",
      text: "Redis is told who is there and how many messages wait for whom. It is a mirror only: were it lost, nothing you wrote would be.",
    },
  ],

  failuresTitle: "When things go wrong",
  failures: [
    {
      title: "The connection drops",
      text: "Your device connects again by itself, says which number it saw last, and gets exactly what followed. If that can't be told any more, it loads the newest page instead. It never shows a conversation with a hole in it.",
    },
    {
      title: "The server restarts",
      text: "What was acknowledged is on disk, so it is there again. What was not is still in your outbox and is sent once more, under the same id.",
    },
    {
      title: "Somebody guesses links",
      text: "A link holds 22 random characters: more possibilities than there are grains of sand on a billion billion Earths. Tries are counted and stopped all the same.",
    },
  ],

  privacyTitle: "What is kept, and for how long",
  privacy: [
    "The link is the key. Whoever has it can say that they are either of the two, so give it to one person only.",
    "The connection is encrypted. The server can read the messages it stores: Duet is private, but it isn't end-to-end encrypted.",
    "Links, names and texts appear in no log.",
    "Either of you can end the chat. Its messages are then deleted from the object, from Postgres and from Redis, and the link says that the chat is over.",
  ],

  partsTitle: "Who does what",
  parts: [
    { name: "Next.js", text: "These pages: files that are the same for everybody and know no secrets." },
    { name: "Worker", text: "Registration, login, limits, and the way to the right object." },
    { name: "Conversation", text: "A Durable Object per chat: order, storage, both people's connections." },
    { name: "Redis", text: "Sessions, who is online, how much is unread, rate limits." },
    { name: "Postgres", text: "The archive: older pages of the chat come from here." },
  ],

  startTitle: "Try it with somebody",
};
