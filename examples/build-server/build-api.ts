import { errorMessage, PrefishError } from '@prefish/core';

/** A run, as the build server tells of it. */
export interface Run {
  readonly id: number;
  readonly title: string;
  readonly branch: string;
  readonly status: 'queued' | 'running' | 'passed' | 'failed';
  readonly created: string;
  readonly finished?: string;
}

/** The part of the build server's HTTP API that the list needs. */
export class BuildApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Newest first. */
  runs(limit: number, signal: AbortSignal): Promise<readonly Run[]> {
    return this.#json(`runs?limit=${limit}`, { signal });
  }

  /** The lines of a run's log after the first `after` ones. */
  log(id: number, after: number, signal: AbortSignal): Promise<readonly string[]> {
    return this.#json(`runs/${id}/log?after=${after}`, { signal });
  }

  /** Starts the same run again, as a new one. */
  retry(id: number, signal: AbortSignal): Promise<Run> {
    return this.#json(`runs/${id}/retry`, { method: 'POST', signal });
  }

  async #json<T>(path: string, request: RequestInit): Promise<T> {
    const url = new URL(path, this.#url);
    let answer: Response;
    try {
      answer = await fetch(url, request);
    } catch (cause) {
      if (request.signal?.aborted) throw cause;
      throw new PrefishError('PLUGIN_BUILDS_AWAY', `${url.host} does not answer: ${errorMessage(cause)}`, {
        cause,
        hint: `Is ${this.#url} right?`,
        exit: 3,
      });
    }
    if (!answer.ok) {
      throw new PrefishError('PLUGIN_BUILDS_REFUSED', `${url.host} answered ${answer.status} to ${path}`, {
        exit: 3,
      });
    }
    return (await answer.json()) as T;
  }
}
