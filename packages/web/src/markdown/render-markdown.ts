import DOMPurify from 'dompurify';
import { Marked, type Tokens } from 'marked';
import { visible } from '../text/visible.ts';

/** Markdown in which HTML stands for itself, and nothing is loaded from anywhere. */
const marked = new Marked({
  gfm: true,
  breaks: false,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    image: ({ href, text }: Tokens.Image) => escapeHtml(`![${text}](${href})`),
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
  },
});

const allowed = {
  ALLOWED_TAGS:
    'p br hr h1 h2 h3 h4 h5 h6 strong em del code pre blockquote ul ol li a table thead tbody tr th td'.split(
      ' ',
    ),
  ALLOWED_ATTR: ['href', 'class', 'start', 'align'],
  ALLOWED_URI_REGEXP: /^(https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

/** Longer texts are shown as they are: nobody reads them as Markdown. */
const longest = 200_000;

/** Markdown from elsewhere as nodes that can do no harm. */
export function renderMarkdown(text: string): DocumentFragment {
  if (text.length > longest) return plain(text);
  const fragment = DOMPurify.sanitize(marked.parse(visible(text), { async: false }), allowed);
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    // A link says where it leads, whatever its text claims.
    if (link.href !== '') link.title = link.href;
  }
  // Wide tables and code scroll by themselves, with the keyboard too.
  for (const wide of fragment.querySelectorAll('pre, table')) wide.setAttribute('tabindex', '0');
  return fragment;
}

/** HTML that a library made of code, as nodes. */
export function markup(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, { ...allowed, ALLOWED_TAGS: ['span'] });
}

function plain(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const paragraph = document.createElement('pre');
  paragraph.textContent = visible(text);
  fragment.append(paragraph);
  return fragment;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
