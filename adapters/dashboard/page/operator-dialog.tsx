import { useEffect, useRef, useState } from "preact/hooks";
import { PHOTO_BYTES_MAX, PHOTOS_MAX } from "../../../src/domain/photo.ts";
import { type OperatorWish, sendCommand, sendPhoto } from "./requests.ts";
import { NEEDS_KEY, operatorKey, operatorName, rememberOperator } from "./settings.ts";
import { toast } from "./store.ts";

/** What a control asks before it acts. */
export interface Question {
  readonly title: string;
  /** What will happen, in one sentence. */
  readonly explanation: string;
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly needsReason?: boolean;
  readonly reason?: string;
  /** Photographs may go with it. */
  readonly takesPhotos?: boolean;
  /** What else is asked. */
  readonly fields?: readonly Field[];
  /** Makes the command from who asks, why, and what was written; throws with words where that cannot be read. */
  readonly wish: (
    by: string,
    reason: string,
    values?: Readonly<Record<string, string>>,
  ) => OperatorWish;
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** The only answers. */
  readonly choices?: readonly string[];
}

/** Asks once, with the operator's name; then shows the agent's reply. */
export function OperatorDialog(props: { readonly question: Question; readonly close: () => void }) {
  const { question, close } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState(operatorName());
  const [key, setKey] = useState(operatorKey());
  const [reason, setReason] = useState(question.reason ?? "");
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries((question.fields ?? []).map(({ name, value }) => [name, value])),
  );
  const [photos, setPhotos] = useState<readonly File[]>([]);
  const [problem, setProblem] = useState("");
  const [isSending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSending(true);
    setProblem("");
    try {
      const wish = question.wish(name.trim(), reason.trim(), values);
      if (photos.length > PHOTOS_MAX)
        throw new Error(`${photos.length} photographs: ${PHOTOS_MAX} at most go with one word.`);
      // One after the other: the daemon takes a few at once, from everybody together.
      const sent: string[] = [];
      for (const photo of photos)
        sent.push(await sendPhoto(photo, name.trim(), NEEDS_KEY ? key : ""));
      const reply = await sendCommand({
        ...wish,
        ...(sent.length === 0 ? {} : { photos: sent }),
        ...(NEEDS_KEY ? { key } : {}),
      });
      if (!reply.accepted) {
        setProblem(`The agent refused: ${reply.reason ?? "no reason given"}.`);
        return;
      }
      rememberOperator(name.trim(), key);
      const more = reply.reason === undefined ? "" : ` ${reply.reason}`;
      toast("good", `${question.confirm}: accepted by the agent, on ${name.trim()}'s word.${more}`);
      close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  };

  return (
    <dialog
      ref={dialog}
      class={question.isDangerous ? "dangerous" : ""}
      onClose={close}
      aria-labelledby="question"
    >
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="question">{question.title}</h2>
        <p>{question.explanation}</p>
        {question.fields?.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ""}
            set={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {question.takesPhotos ? (
          <label>
            Photographs (optional; up to {PHOTOS_MAX}, each up to {PHOTO_BYTES_MAX >> 20} MB)
            <input
              name="photos"
              type="file"
              accept="image/jpeg,image/png,image/webp"
              multiple
              onChange={(event) => setPhotos([...(event.currentTarget.files ?? [])])}
            />
          </label>
        ) : null}
        <label>
          Your name
          <input
            name="by"
            required
            pattern="[A-Za-z0-9._\-]{1,64}"
            title="Letters, digits, dot, hyphen, underscore"
            autocomplete="username"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {NEEDS_KEY ? (
          <label>
            Your key
            <input
              name="key"
              type="password"
              required
              autocomplete="current-password"
              value={key}
              onInput={(event) => setKey(event.currentTarget.value)}
            />
          </label>
        ) : null}
        <label>
          {question.needsReason ? "Reason" : "Reason (optional)"}
          <input
            name="reason"
            maxLength={500}
            required={question.needsReason === true}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <p class="problem" role="alert">
          {problem}
        </p>
        <div class="buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button
            type="submit"
            class={question.isDangerous ? "danger" : "primary"}
            disabled={isSending}
          >
            {isSending ? "Sending …" : question.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function FieldInput(props: {
  readonly field: Field;
  readonly value: string;
  readonly set: (value: string) => void;
}) {
  const { field, value, set } = props;
  const { name, label, choices } = field;
  const id = `field-${name}`;
  return (
    <>
      <label for={id}>{label}</label>
      {choices === undefined ? (
        <input
          id={id}
          name={name}
          maxLength={500}
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
      ) : (
        <select
          id={id}
          name={name}
          value={value}
          onChange={(event) => set(event.currentTarget.value)}
        >
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
    </>
  );
}
