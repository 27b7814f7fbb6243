import { sanitize, type Style } from '@prefish/screen';

/** A warning or an error as events carry it. */
export interface Complaint {
  readonly type: 'warning' | 'error';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly plugin?: string;
}

/** The one form in which people see warnings and errors; the text ends with a line break. */
export function formatError({ type, code, message, hint, plugin }: Complaint, style: Style): string {
  if (code === 'PREFISH_INTERRUPTED') {
    return `${style.dim(['interrupted', ...(hint === undefined ? [] : [sanitize(hint)])].join(' · '))}\n`;
  }
  if (code === 'PREFISH_DECLINED') return `${style.dim(sanitize(message))}\n`;
  const label = type === 'error' ? style.red('prefish:') : style.yellow('prefish: warning:');
  const origin = plugin === undefined ? code : `${code} · ${plugin}`;
  return [
    `${label} ${indent(sanitize(message))}`,
    ...(hint === undefined ? [] : [`  hint: ${indent(sanitize(hint))}`]),
    `  ${style.dim(`[${sanitize(origin)}]`)}`,
    '',
  ].join('\n');
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
