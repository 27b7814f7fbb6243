import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Away } from '../layout/away.tsx';
import { DownIcon } from '../layout/icon.tsx';
import { registerKeys } from '../layout/keys.ts';
import { useVirtual } from '../layout/use-virtual.ts';
import { online } from '../server/connection.ts';
import { BlockView } from './block-view.tsx';
import type { Block } from './blocks.ts';
import { FindBar } from './find-bar.tsx';
import { useFind } from './use-find.ts';
import type { Transcript } from './transcript.ts';

/** So near to the end, in pixels, the view follows it. */
const nearEnd = 40;
const lineHeight = 20;

/** What a task has said, to its end and on. `finding` is whether something is looked for in it. */
export function TranscriptView(props: {
  readonly transcript: Transcript;
  readonly task: string;
  readonly live: boolean;
  /** Whether it waits for an answer. */
  readonly asks: boolean;
  readonly finding: boolean;
  readonly onFound: () => void;
}): JSX.Element {
  const { transcript, task, live, asks, finding } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const seen = useRef({ top: 0, height: 0 });
  const [follows, setFollows] = useState(true);
  void transcript.version.value;
  const { blocks } = transcript;
  const virtual = useVirtual({
    count: blocks.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(blocks[index]!),
    getItemKey: (index) => blocks[index]!.key,
    overscan: 6,
  });
  const size = virtual.getTotalSize();

  useLayoutEffect(() => {
    const { current } = scroller;
    if (follows && current !== null) current.scrollTop = current.scrollHeight;
  });
  const find = useFind({
    transcript,
    finding,
    scroller,
    firstSeen: () => (follows ? 0 : (virtual.range?.startIndex ?? 0)),
    scrollTo: (block) => {
      setFollows(false);
      virtual.scrollToIndex(block, { align: 'center' });
    },
  });
  // A browser glides to the ends, and stops where what it passes turns out to be higher than it was thought.
  useLayoutEffect(
    () =>
      registerKeys({
        Home: () => {
          setFollows(false);
          scroller.current?.scrollTo({ top: 0, behavior: 'instant' });
        },
        End: () => setFollows(true),
      }),
    [],
  );
  const onScroll = ({ currentTarget }: { readonly currentTarget: HTMLElement }): void => {
    const { scrollTop: top, scrollHeight: height, clientHeight } = currentTarget;
    const before = seen.current;
    seen.current = { top, height };
    if (height - top - clientHeight < nearEnd) setFollows(true);
    // Somebody went up; where what is seen first turns out to be lower than it was thought, nobody did.
    else if (top < before.top && height >= before.height) setFollows(false);
  };

  return (
    <div class="transcript">
      {finding && (
        <FindBar
          query={find.query}
          found={find.found}
          at={find.at}
          onQuery={find.look}
          onStep={find.step}
          onClose={props.onFound}
        />
      )}
      <div
        class="transcript-scroller"
        ref={scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label="Transcript"
      >
        {transcript.dropped > 0 && (
          <p class="note">
            What came before is in the <a href={`/v1/tasks/${task}/log`}>raw log</a>.
          </p>
        )}
        {blocks.length === 0 && !online.value && <Away />}
        <div class="blocks" style={{ height: `${size}px` }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => (
            <div
              key={key}
              class="block"
              data-index={index}
              ref={virtual.measureElement}
              style={{ transform: `translateY(${start}px)` }}
            >
              <BlockView block={blocks[index]!} task={task} live={live} asks={asks} />
            </div>
          ))}
        </div>
      </div>
      {!follows && (
        <button class="primary jump" onClick={() => setFollows(true)}>
          <DownIcon /> {live ? 'Follow' : 'To the end'}
        </button>
      )}
    </div>
  );
}

function estimate(block: Block): number {
  if (block.kind === 'output') return block.lines.length * lineHeight;
  if (block.kind === 'tool' && block.asked) return 0;
  if (block.kind === 'message') return 40 + Math.ceil(block.text.length / 80) * 24;
  return 36;
}
