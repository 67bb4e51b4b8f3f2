"use client";
import { useState, type SubmitEvent } from "react";
import { RegisterBody, type RegisterData } from "../../../protocol/http.ts";
import { unwrap } from "../../../protocol/errors.ts";
import { rememberChat } from "../../device/recent-chats.ts";
import { duet } from "../../sdk.ts";
import { t } from "../../strings/index.ts";
import { explain, type Explanation } from "../../text/explain.ts";
import { initialOf, Overprint } from "../site/overprint.tsx";
import { Button } from "../ui/button.tsx";
import { NameField } from "./name-field.tsx";

interface MakeChatFormProps {
  headline: string;
  onMade: (chat: RegisterData) => void;
}

export function MakeChatForm({ headline, onMade }: MakeChatFormProps) {
  const [userOne, setUserOne] = useState("");
  const [userTwo, setUserTwo] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  async function make() {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const names = { userOne, userTwo };
      const made = await duet().register(unwrap(RegisterBody.safeParse(names)));
      rememberChat({ hash: made.hash, users: [made.userOne, made.userTwo], openedAt: Date.now() });
      onMade(made);
    } catch (error) {
      const { code, text } = explain(error);
      setProblem({ field: fieldOf(code, userOne), text });
    } finally {
      setBusy(false);
    }
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    void make();
  }

  const bothNamed = userOne.trim() !== "" && userTwo.trim() !== "";
  return (
    <div className="mx-auto max-w-md">
      <Overprint
        closeness={bothNamed ? "near" : "apart"}
        initials={[initialOf(userOne), initialOf(userTwo)]}
        className="mt-2 h-32 sm:h-40 [@media(max-height:700px)]:h-20"
      />
      <h1 className="display mt-6 text-center text-4xl leading-[1.05] sm:text-5xl">{headline}</h1>
      <p className="mt-3 text-center text-lg text-balance text-muted">{t.make.lead}</p>
      <form onSubmit={submit} noValidate className="mt-7 grid gap-3">
        <NameField
          label={t.make.first}
          example={t.make.firstExample}
          ink="rose"
          value={userOne}
          onChange={setUserOne}
          problem={problem?.field === "userOne" ? problem.text : undefined}
        />
        <NameField
          label={t.make.second}
          example={t.make.secondExample}
          ink="teal"
          value={userTwo}
          onChange={setUserTwo}
          problem={problem?.field === "userTwo" ? problem.text : undefined}
        />
        <Button type="submit" className="mt-2 w-full" aria-disabled={busy}>
          {busy ? t.make.submitting : t.make.submit}
        </Button>
        <p role="alert" className="min-h-6 text-center text-sm text-danger">
          {problem?.field === "form" && problem.text}
        </p>
      </form>
    </div>
  );
}

interface Problem {
  field: "userOne" | "userTwo" | "form";
  text: string;
}

/** Which field a refused registration is about: the first whose name has that fault, or the whole form. */
function fieldOf(code: Explanation["code"], userOne: string): Problem["field"] {
  if (code === "NAMES_EQUAL") return "userTwo";
  if (!code.startsWith("NAME_")) return "form";
  return RegisterBody.safeParse({ userOne, userTwo: "?" }).success ? "userTwo" : "userOne";
}
