/** Lets one loop sleep until somebody wakes it. A wake-up that comes while it is busy ends its next sleep at once. */
export class WakeUp {
  #pending = false;
  #end: (() => void) | undefined;

  wake(): void {
    this.#pending = true;
    this.#end?.();
  }

  /** Resolves after `delayMs`, or at once when woken or when `signal` aborts. */
  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delayMs);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', this.#end, { once: true });
      });
      if (this.#end !== undefined) signal.removeEventListener('abort', this.#end);
      this.#end = undefined;
    }
    this.#pending = false;
  }
}
