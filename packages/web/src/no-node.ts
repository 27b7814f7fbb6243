/** Stands in for the modules of Node that the shared packages name and the page does not use. */
const absent = (): never => {
  throw new Error('There is no Node in a browser.');
};

export { absent as randomBytes, absent as request, absent as Readable, absent as StringDecoder };
