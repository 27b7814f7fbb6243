import type { Reporter, TestCase } from 'vitest/node';

/** Names the tests that failed at first and passed when they ran again: each of them is a fault to be found. */
export default class FlakyTests implements Reporter {
  readonly #names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const errors = test.result().errors ?? [];
    this.#names.push(
      [`${test.module.relativeModuleId}: ${test.fullName}`, ...errors.map((error) => error.message)].join(
        '\n    ',
      ),
    );
  }

  onTestRunEnd(): void {
    if (this.#names.length === 0) return;
    console.log(`\nPassed at the second attempt only:\n  ${this.#names.join('\n  ')}`);
  }
}
