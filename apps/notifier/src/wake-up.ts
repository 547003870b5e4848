/** Lets one loop sleep until somebody wakes it. A wake-up that comes while the loop is busy ends its next sleep at once. */
export class WakeUp {
  #pending = false;
  #end: (() => void) | undefined;

  wake(): void {
    this.#pending = true;
    this.#end?.();
  }

  /** Resolves after `delayMs`, or at once when woken or when `signal` aborts. */
  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) await this.#wait(delayMs, signal);
    this.#pending = false;
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#end = undefined;
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      signal.addEventListener('abort', end, { once: true });
      this.#end = end;
    });
  }
}
