/** The requests of one connection that wait for their answers, by CSeq. */
import type { HeaderList } from './wire/header-list.ts';
import type { RtspResponse } from './wire/message.ts';

/** An answer, copied out of the read buffer. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  readonly body: string;
}

interface PendingRequest {
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class PendingRequests {
  readonly #byCseq = new Map<string, PendingRequest>();

  /** Resolves with the answer, or with undefined after the time-out, of which `onLate` is told first. */
  add(cseq: string, timeoutMs: number, onLate: () => void): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        onLate();
        this.#byCseq.delete(cseq);
        resolve(undefined);
      }, timeoutMs);
      this.#byCseq.set(cseq, { resolve, reject, timer });
    });
  }

  /** Answers that nobody waits for, and those before the last one (100 Continue), are ignored. */
  settle(response: RtspResponse): void {
    if (response.status < 200) return;
    // A server that leaves out CSeq answers in order.
    const cseq = response.headers.get('CSeq') ?? this.#byCseq.keys().next().value ?? '';
    const pending = this.#byCseq.get(cseq);
    if (!pending) return;
    this.#byCseq.delete(cseq);
    clearTimeout(pending.timer);
    const { status, reason, headers } = response;
    pending.resolve({ status, reason, headers, body: response.body.toString('utf8') });
  }

  rejectAll(error: Error): void {
    for (const pending of this.#byCseq.values()) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    this.#byCseq.clear();
  }
}
