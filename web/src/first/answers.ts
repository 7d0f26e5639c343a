// What the server asked for and drew with: the same answers in its engine and in the browser that goes on from there. Once
// the page stands in the browser they are used up, and whatever comes asks for itself.
import { ref, type Ref } from 'vue';
import { Refusal } from '@/api/refusal';

export interface Answered {
  status: number;
  body: unknown;
}
/** Answers by the path of their call. */
export type Answers = Readonly<Record<string, Answered>>;

/** What is known of the visit beside the answers. */
export interface Visit {
  /** The moment of the request, in milliseconds. */
  now: number;
  /** Whether the visitor's browser takes this site for safe. */
  secure: boolean;
  /** A form that was sent without scripts, and why it was refused. */
  refused?: { email: string; problem: string };
}
export interface FirstState {
  answers: Answers;
  visit: Visit;
}
/** What was typed into the page before it came to life, by the names of the fields. */
export type Typed = Readonly<Record<string, string>>;

const NONE: FirstState = { answers: {}, visit: { now: 0, secure: false } };

export function createFirst(state?: FirstState, typed: Typed = {}) {
  let { answers, visit } = state ?? NONE;
  let title: Ref<string> | undefined;
  /** True until the page stands in the browser: what is drawn now must be what the server drew. */
  const going = ref(state !== undefined);
  return {
    going,
    now: () => visit.now,
    visit: (): Visit => visit,
    answers: (): Answers => answers,
    /** What a call answered, if it was asked and answered well. */
    answer<T>(path: string): T | undefined {
      const found = answers[path];
      return found && found.status < 300 ? (found.body as T) : undefined;
    },
    /** How a call was refused, if it was. */
    refusal(path: string): Refusal | undefined {
      const found = answers[path];
      return found && found.status >= 300 ? Refusal.from(found.status, found.body) : undefined;
    },
    typed: (name: string): string | undefined => (going.value ? typed[name] : undefined),
    /** The page says what it is called: the server writes it into the page's head. */
    call(page: Ref<string>) {
      title = page;
    },
    title: (): string | undefined => title?.value,
    end() {
      ({ answers, visit } = NONE);
      going.value = false;
    },
  };
}

export type First = ReturnType<typeof createFirst>;
