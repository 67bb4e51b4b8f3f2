import { t } from "../../strings/index.ts";
import { Pill } from "./pill.tsx";

interface OlderPagesProps {
  loading: boolean;
  failed: boolean;
  onRetry: () => void;
}

/** How loading older messages is going, over the upper edge of the list so that nothing moves. */
export function OlderPages({ loading, failed, onRetry }: OlderPagesProps) {
  if (!loading && !failed) return null;
  return (
    <Pill className="absolute inset-x-0 top-12 z-10" floating>
      {failed ? (
        <>
          {t.chat.olderFailed}{" "}
          <button type="button" onClick={onRetry} className="min-h-11 px-1 font-semibold text-ink underline">
            {t.chat.again}
          </button>
        </>
      ) : (
        <span className="animate-pulse">{t.chat.loadingOlder}</span>
      )}
    </Pill>
  );
}
