/** What the SDK looks for and does without outside a browser, for the tests that run it in the Worker's isolate. */
declare var indexedDB: undefined;
declare var document: { visibilityState: string } | undefined;
declare var location: { origin: string } | undefined;
declare function addEventListener(type: string, listener: () => void): void;
declare function removeEventListener(type: string, listener: () => void): void;
interface RequestInit {
  credentials?: "include";
}
