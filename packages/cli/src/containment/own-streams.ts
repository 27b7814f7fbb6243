type Name = 'stdout' | 'stderr';

/** How Node opens the streams, before anything takes their place on `process`. */
const opened: Readonly<Record<Name, PropertyDescriptor>> = {
  stdout: Object.getOwnPropertyDescriptor(process, 'stdout')!,
  stderr: Object.getOwnPropertyDescriptor(process, 'stderr')!,
};

function own(name: Name): NodeJS.WriteStream {
  return (opened[name].get?.call(process) ?? opened[name].value) as NodeJS.WriteStream;
}

/**
 * The standard output and error of prefish itself. On `process`, plugins find others: see
 * `captureStreams`. Opened at the first use, as Node's own are.
 */
export const ownStreams: Readonly<Record<Name, NodeJS.WriteStream>> = {
  get stdout() {
    return own('stdout');
  },
  get stderr() {
    return own('stderr');
  },
};
