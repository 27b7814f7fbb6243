import { describe } from 'vitest';
import { describeAttempts } from './conformance/attempts.ts';
import { describeEndings } from './conformance/endings.ts';
import { describeOwners } from './conformance/owners.ts';
import { storeUnderTest, type OpenStore } from './conformance/store-under-test.ts';
import { describeSubmissions } from './conformance/submissions.ts';
import { describeTranscripts } from './conformance/transcripts.ts';

/** What every `Store` does, whatever it is made of. `open` gives an empty one; `crowd` tasks of one owner are many. */
export function describeStore(name: string, open: OpenStore, crowd = 1000): void {
  describe(name, () => {
    const under = storeUnderTest(open, crowd);
    describeSubmissions(under);
    describeOwners(under);
    describeAttempts(under);
    describeTranscripts(under);
    describeEndings(under);
  });
}
