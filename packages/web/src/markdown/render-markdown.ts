import DOMPurify from 'dompurify';
import { Marked, type Tokens } from 'marked';
import { visible, visibleText } from '../text/visible.ts';

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

/** Longer texts, and those of more parts, are shown as they are: nobody reads them as Markdown. */
const longest = 100_000;
const mostElements = 10_000;
/** What nests deeper at the beginning of a line than anybody writes: a parser goes as deep, and again for each level. */
const nested = /^(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){12}/m;
/** So many openings that nothing closes: each is looked for to the end of the text. */
const openings = /(?:[[`*_~<!\\](?!\w)[^\w\n]{0,3}){500}/;

/** Markdown from elsewhere as nodes that can do no harm. */
export function renderMarkdown(text: string): DocumentFragment {
  if (text.length > longest || nested.test(text) || openings.test(text)) return plain(text);
  let fragment: DocumentFragment;
  try {
    fragment = DOMPurify.sanitize(marked.parse(visible(text), { async: false }), allowed);
  } catch {
    return plain(text);
  }
  if (fragment.querySelectorAll('*').length > mostElements) return plain(text);
  showHidden(fragment);
  for (const link of fragment.querySelectorAll('a')) sayWhereItLeads(link);
  // Wide tables and code scroll by themselves, with the keyboard too.
  for (const wide of fragment.querySelectorAll('pre, table')) wide.setAttribute('tabindex', '0');
  return fragment;
}

/** HTML that a library made of code, as nodes. */
export function markup(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, { ...allowed, ALLOWED_TAGS: ['span'] });
}

/** A link says where it leads, whatever its text claims: an address of another script by its ASCII name. */
function sayWhereItLeads(link: HTMLAnchorElement): void {
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  if (link.href === '') return;
  link.title = link.href;
  const place = link.host || link.pathname;
  if (link.textContent.includes(place)) return;
  const host = document.createElement('span');
  host.className = 'link-host';
  host.textContent = `(${visible(place)})`;
  link.append(host);
}

/** Character references (`&#x202e;`) have become characters only now. */
function showHidden(fragment: DocumentFragment): void {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  while (walker.nextNode() !== null) {
    const text = walker.currentNode.nodeValue ?? '';
    const shown = visible(text);
    if (shown !== text) walker.currentNode.nodeValue = shown;
  }
}

function plain(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const paragraph = document.createElement('pre');
  paragraph.tabIndex = 0;
  paragraph.textContent = visibleText(text, 2 * longest);
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
