import DOMPurify from 'dompurify';
import MarkdownIt, { type MarkdownIt as Parser } from 'markdown-it';
import { visible, visibleText } from '../text/visible.ts';

const allowedLink = /^(https?|mailto):/i;

/** What is known while a text is rendered. */
interface Rendering {
  /** Where the link leads that is being rendered, where nobody can follow it. */
  place?: string | undefined;
}

/**
 * Markdown in which HTML stands for itself, and nothing is loaded from anywhere. It takes a time that grows
 * with the text alone, whatever is in it, and follows nesting as deep as somebody reads.
 */
const markdown: Parser = new MarkdownIt({ html: false, linkify: true, maxNesting: 40 });
markdown.renderer.rules.image = (tokens, index) => {
  const image = tokens[index]!;
  return markdown.utils.escapeHtml(`![${image.content}](${image.attrGet('src') ?? ''})`);
};
// A file, or a place of a page that is not here: nothing to click, but where it leads is to be seen.
markdown.renderer.rules.link_open = (tokens, index, options, env, renderer) => {
  const href = String(tokens[index]!.attrGet('href'));
  const place = allowedLink.test(href) ? undefined : markdown.normalizeLinkText(href);
  (env as Rendering).place = place;
  return place === undefined ? renderer.renderToken(tokens, index, options) : '<span class="no-link">';
};
markdown.renderer.rules.link_close = (tokens, index, options, env, renderer) => {
  const { place } = env as Rendering;
  return place === undefined
    ? renderer.renderToken(tokens, index, options)
    : `<span class="link-host">(${markdown.utils.escapeHtml(place)})</span></span>`;
};
for (const cell of ['th_open', 'td_open']) {
  markdown.renderer.rules[cell] = (tokens, index, options, _env, renderer) => {
    const style = tokens[index]!.attrs?.find(([name]) => name === 'style');
    // The page lets no style stand in an element.
    if (style !== undefined) style.splice(0, 2, 'align', String(style[1]).replace('text-align:', ''));
    return renderer.renderToken(tokens, index, options);
  };
}
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

const allowed = {
  ALLOWED_TAGS:
    'span p br hr h1 h2 h3 h4 h5 h6 strong em s code pre blockquote ul ol li a table thead tbody tr th td'.split(
      ' ',
    ),
  ALLOWED_ATTR: ['href', 'class', 'start', 'align'],
  ALLOWED_URI_REGEXP: allowedLink,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

/** Longer texts, and those of more parts, are shown as they are: nobody reads them as Markdown. */
const longest = 40_000;
const mostElements = 5000;

/** Markdown from elsewhere as nodes that can do no harm. */
export function renderMarkdown(text: string): DocumentFragment {
  if (text.length > longest) return plain(text);
  const fragment = DOMPurify.sanitize(markdown.render(visible(text)), allowed);
  if (fragment.querySelectorAll('*').length > mostElements) return plain(text);
  showHidden(fragment);
  for (const item of fragment.querySelectorAll('li')) drawBox(item);
  for (const link of fragment.querySelectorAll('a')) sayWhereItLeads(link);
  for (const place of fragment.querySelectorAll('.no-link')) sayOnce(place);
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
  const said = link.textContent.toLowerCase().replace(/^(https?:\/\/|mailto:)/, '');
  // At its beginning, and as a whole: `microsoft.com` holds `t.co`.
  if (said.startsWith(place) && /^([/?#]|$)/.test(said.slice(place.length))) return;
  const host = document.createElement('span');
  host.className = 'link-host';
  host.textContent = `(${visible(place)})`;
  link.append(host);
}

/** A place whose text names it, as that of a file does, is named once. */
function sayOnce(place: Element): void {
  const name = place.lastElementChild!;
  const target = name.textContent.slice(1, -1);
  if (target === '' || place.textContent === `${target}${name.textContent}`) name.remove();
}

/** `[ ]` and `[x]` at the beginning of an item are boxes of a list of things to do. */
function drawBox(item: Element): void {
  const text = document.createTreeWalker(item, NodeFilter.SHOW_TEXT).nextNode();
  if (text?.nodeValue == null) return;
  text.nodeValue = text.nodeValue.replace(/^\s*\[([ xX])\](?=\s)/, (_, mark) => (mark === ' ' ? '☐' : '☑'));
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
  paragraph.textContent = visibleText(text, 200_000);
  fragment.append(paragraph);
  return fragment;
}
