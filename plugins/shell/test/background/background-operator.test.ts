import { describe, expect, test } from 'vitest';
import { backgroundCommand } from '../../src/background/background-operator.ts';

describe('a line that ends in & goes to the background', () => {
  test.each([
    ['npm run dev &', 'npm run dev'],
    ['npm run dev&', 'npm run dev'],
    ['sleep 1 && npm run dev &  ', 'sleep 1 && npm run dev'],
    [`echo 'a & b' "c & d" &`, `echo 'a & b' "c & d"`],
    ['cat <<< word &', 'cat <<< word'],
    ['echo \\# not a comment &', 'echo \\# not a comment'],
    ['npm run dev 2>&1 &', 'npm run dev 2>&1'],
    [`echo 'a\\' &`, `echo 'a\\'`],
  ])('%s', (line, command) => {
    expect(backgroundCommand(line)).toBe(command);
  });
});

describe('any other stays', () => {
  test.each([
    'npm test',
    'a &&',
    'a & b',
    '&',
    'a >&',
    'a \\&',
    'a |&',
    'a ;&',
    `echo 'a &`,
    `echo "it\\"s &`,
    'echo `date &',
    'npm test # later &',
    'cat <<EOF &\ntext\nEOF',
    'cat <<EOF\ntext &',
  ])('%s', (line) => {
    expect(backgroundCommand(line)).toBeUndefined();
  });
});
