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

const canceled: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

/** A choice as it is offered. */
interface Choice {
  readonly label: string;
  readonly option: PermissionOption;
  /** Answers for every later call of this kind too. */
  readonly remembered?: boolean;
}

/** Answers the questions that an agent asks before it does something. One for each conversation. */
export class Permissions {
  readonly #allowedKinds = new Set<string>();
  readonly #policy: TaskPermissions;
  #questions = 0;
  #refusals = 0;

  /** @param policy `allow` answers every question with yes: something else contains the agent */
  constructor(policy: TaskPermissions = 'ask') {
    this.#policy = policy;
  }

  /**
   * @param cancel is called when the person would rather end the message than answer
   * @throws PREFISH_AGENT_PERMISSION for an agent that goes on asking where nobody is
   */
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
    const once = options.find((option) => option.kind === 'allow_once');
    const yes = once ?? options.find((option) => option.kind === 'allow_always');
    if (this.#policy === 'allow' && yes !== undefined) return selected(yes);
    if (kind !== undefined && this.#allowedKinds.has(kind) && once !== undefined) return selected(once);
    const choices = choicesOf(options, kind);
    const question = `${turn.agent} asks: ${sanitizeLabel(tool?.title ?? 'may it go on?')}`;
    const labels = choices.map(({ label }) => label);
    let answer: string | undefined;
    try {
      answer = await this.#ask(question, labels, turn.context, turn.incoming);
    } catch (error) {
      if (!isPrefishError(error) || error.code !== 'PREFISH_INTERRUPTED') throw error;
      turn.cancel(error);
      return canceled;
    }
    if (turn.context.signal.aborted) return canceled;
    const choice = choices.find(({ label }) => label === answer);
    if (choice === undefined) {
      const why = answer === undefined ? 'Nobody is there to answer' : 'The answer was none of its choices';
      return this.#refuse(question, why, options, turn);
    }
    if (choice.remembered) this.#allowedKinds.add(kind!);
    return selected(choice.option);
  }

  async #ask(
    question: string,
    labels: readonly string[],
    { ask, out, signal }: RunContext,
    incoming: IncomingLines,
  ): Promise<string | undefined> {
    try {
      return await ask.select(question, labels);
    } catch (error) {
      if (!isPrefishError(error) || error.code !== 'PREFISH_NO_TTY') throw error;
    }
    if (!incoming.isOpen) return undefined;
    const id = `permission-${++this.#questions}`;
    out.event({ type: 'question', id, text: question, choices: labels });
    const choice = await incoming.answer(id, signal);
    if (choice !== undefined) out.event({ type: 'answer', id, choice, by: 'input' });
    return choice;
  }

  /** Nobody could be asked, or the answer was none of the choices: then the answer is no. */
  #refuse(
    question: string,
    why: string,
    options: readonly PermissionOption[],
    { agent, context, cancel }: Parameters<Permissions['answer']>[2],
  ): RequestPermissionResponse {
    this.#refusals += 1;
    if (this.#refusals > mostRefusals) {
      cancel(
        new PrefishError(
          'PREFISH_AGENT_PERMISSION',
          `${agent} goes on asking for permission, and nobody is there to give it`,
        ),
      );
      return canceled;
    }
    context.out.warn(
      'PREFISH_AGENT_PERMISSION',
      `${question}. ${why}, so the answer is no.`,
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

function isRejection({ kind }: PermissionOption): boolean {
  return kind === 'reject_once' || kind === 'reject_always';
}

function selected({ optionId }: PermissionOption): RequestPermissionResponse {
  return { outcome: { outcome: 'selected', optionId } };
}
