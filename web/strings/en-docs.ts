/** The words of the API page. */
export const enDocs = {
  title: "API",
  description: "Every request that Duet answers, to read and to try.",
  lead: "Plain JSON over HTTPS. Everything these pages do, your own program can do too.",
  document: "OpenAPI 3.1 document",
  loading: "Loading the API…",
  failed: "The description of the API didn't load.",
  again: "Try again",
  contents: "Endpoints",

  visibility: {
    public: { label: "public", title: "Public", text: "Anyone may build on these." },
    internal: {
      label: "internal",
      title: "Internal",
      text: "Made for Duet's own pages. They are stable all the same, and need a session where it says so.",
    },
  },
  signedIn: { session: "needs a session", account: "needs an access token" },
  alsoAt: "Also at",
  body: "Body",
  answer: "Answer",
  errors: "Errors",
  optional: "optional",
  where: { path: "in the path", query: "in the query" },

  tryIt: "Try it",
  send: "Send",
  sending: "Sending…",
  requestBody: "Request body (JSON)",
  answered: (status: number, milliseconds: number) => `Answered ${status} in ${milliseconds} ms`,
  unreachable: "No answer came. Check the connection.",
  careful: { session: "This acts on this browser's real chats.", account: "This acts on a real account." },
  token: "Access token",
  tokenHint: "From the answer to a login, for all requests here. Only this page has it, until it is closed.",
  socket: "This is a WebSocket: see the specification for its frames.",
};
