import type {
  PermissionOption,
  PermissionOptionKind,
  RequestPermissionRequest,
  RequestPermissionResponse,
} from '@agentclientprotocol/sdk';
import { isPrefishError, PrefishError, type RunContext } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import type { TaskPermissions } from '../options.ts';
import type { IncomingLines } from './incoming-lines.ts';
import type { ToolEvent } from './tool-calls.ts';

/** The order in which choices are offered: what Enter takes is one step, never all. */
const order: readonly PermissionOptionKind[] = ['allow_once', 'allow_always', 'reject_once', 'reject_always'];
/** An agent that is refused so often, with nobody there to ask, does not listen. */
const mostRefusals = 20;
/** So often it may ask the same within a message; an agent that works asks for one thing after the other. */
const mostAlike = 1000;
/** And so often at all: each request is an event, and nobody reads more. */
const mostRequests = 10_000;

const canceled: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

/** A choice as it is offered. */
interface Choice {
  readonly label: string;
  readonly option: PermissionOption;
  /** Answers for every later call of this kind too. */
  readonly remembered?: boolean;
}

/** A question, for whom it is asked, and what may be answered. */
interface Asked {
  readonly agent: string;
  readonly request: string;
  readonly labels: readonly string[];
}

/** Answers the questions that an agent asks before it does something. One for each conversation. */
export class Permissions {
  readonly #allowedKinds = new Set<string>();
  readonly #policy: TaskPermissions;
  #questions = 0;
  #refusals = 0;
  #requests = new Map<string, number>();
  #counted = 0;

  /** @param policy `allow` answers every question with yes: something else contains the agent */
  constructor(policy: TaskPermissions = 'ask') {
    this.#policy = policy;
  }

  /** A message begins: what was asked in those before it is not counted. */
  begin(): void {
    this.#requests = new Map();
    this.#counted = 0;
  }

  /** @param cancel is called to end the message: by the person, or because the agent does nothing but ask */
  async answer(
    { options }: RequestPermissionRequest,
    tool: ToolEvent | undefined,
    turn: {
      readonly agent: string;
      readonly context: RunContext;
      readonly incoming: IncomingLines;
      readonly cancel: (reason: PrefishError) => void;
    },
  ): Promise<RequestPermissionResponse> {
    const kind = tool?.detail.kind;
    if (this.#isTooMany(`${kind} ${tool?.title}`)) {
      turn.cancel(endless(`${turn.agent} asked for permission ${this.#counted} times in one message`));
      return canceled;
    }
    const once = options.find((option) => option.kind === 'allow_once');
    const yes = once ?? options.find((option) => option.kind === 'allow_always');
    if (this.#policy === 'allow' && yes !== undefined) return selected(yes);
    if (kind !== undefined && this.#allowedKinds.has(kind) && once !== undefined) return selected(once);
    const choices = choicesOf(options, kind);
    const request = sanitizeLabel(tool?.title ?? 'may it go on?');
    const labels = choices.map(({ label }) => label);
    let answer: string | undefined;
    try {
      answer = await this.#ask({ agent: turn.agent, request, labels }, turn.context, turn.incoming);
    } catch (error) {
      if (!isPrefishError(error) || error.code !== 'PREFISH_INTERRUPTED') throw error;
      turn.cancel(error);
      return canceled;
    }
    if (turn.context.signal.aborted) return canceled;
    const choice = choices.find(({ label }) => label === answer);
    if (choice === undefined) {
      const why = answer === undefined ? 'Nobody is there to answer' : 'The answer was none of its choices';
      return this.#refuse(request, why, options, turn);
    }
    if (choice.remembered) this.#allowedKinds.add(kind!);
    return selected(choice.option);
  }

  #isTooMany(request: string): boolean {
    const alike = (this.#requests.get(request) ?? 0) + 1;
    this.#requests.set(request, alike);
    this.#counted += 1;
    return alike > mostAlike || this.#counted > mostRequests;
  }

  async #ask(
    { agent, request, labels }: Asked,
    { ask, out, signal }: RunContext,
    incoming: IncomingLines,
  ): Promise<string | undefined> {
    try {
      return await ask.select(`${agent} asks: ${request}`, labels);
    } catch (error) {
      if (!isPrefishError(error) || error.code !== 'PREFISH_NO_TTY') throw error;
    }
    if (!incoming.isOpen) return undefined;
    const id = `permission-${++this.#questions}`;
    out.event({ type: 'question', id, text: request, choices: labels });
    const choice = await incoming.answer(id, signal);
    if (choice !== undefined) out.event({ type: 'answer', id, choice, by: 'input' });
    return choice;
  }

  /** Nobody could be asked, or the answer was none of the choices: then the answer is no. */
  #refuse(
    request: string,
    why: string,
    options: readonly PermissionOption[],
    { agent, context, cancel }: Parameters<Permissions['answer']>[2],
  ): RequestPermissionResponse {
    this.#refusals += 1;
    if (this.#refusals > mostRefusals) {
      cancel(endless(`${agent} goes on asking for permission, and nobody is there to give it`));
      return canceled;
    }
    context.out.warn(
      'PREFISH_AGENT_PERMISSION',
      `${sentence(`${agent} asks: ${request}`)} ${why}, so the answer is no.`,
      'At a terminal you are asked; --yes answers yes, --input-json takes answers.',
    );
    const no = options.find(({ kind }) => kind === 'reject_once') ?? options.find(isRejection);
    return no === undefined ? canceled : selected(no);
  }
}

/**
 * What is offered: the agent's own options, by their names. Where it has none for "always", there is
 * one of ours for all calls of this kind; where it has one, that is left to the agent, which knows
 * what exactly it covers.
 */
function choicesOf(options: readonly PermissionOption[], kind: string | undefined): readonly Choice[] {
  const sorted = [...options].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const own: Choice[] = sorted.map((option, index) => {
    const name = sanitizeLabel(option.name);
    const isTwice = sorted.some((other, place) => place < index && other.name === option.name);
    return { label: isTwice ? `${name} (${index + 1})` : name, option };
  });
  const once = sorted.find((option) => option.kind === 'allow_once');
  const hasAlways = sorted.some((option) => option.kind === 'allow_always');
  if (once === undefined || hasAlways || kind === undefined || kind === 'other') return own;
  const always: Choice = {
    label: `Always for “${sanitizeLabel(kind)}” in this conversation`,
    option: once,
    remembered: true,
  };
  return [own[0]!, always, ...own.slice(1)];
}

function endless(message: string): PrefishError {
  return new PrefishError('PREFISH_AGENT_PERMISSION', message);
}

/** With one mark at its end. */
function sentence(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}

function isRejection({ kind }: PermissionOption): boolean {
  return kind === 'reject_once' || kind === 'reject_always';
}

function selected({ optionId }: PermissionOption): RequestPermissionResponse {
  return { outcome: { outcome: 'selected', optionId } };
}
