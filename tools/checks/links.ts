import path from 'node:path';
import { lineAt, type Problem, type Repository } from './repository.ts';

/** Paths that a checkout does not hold but a build makes. */
const MADE = /(^|\/)(dist|node_modules|out)(\/|$)/;
const TOP_FOLDERS = /^(protocol|operator|agent|e2e|tools|docs|charts|crds|manifests|\.ci)\//;

/** Relative links of the documentation, paths named in `backquotes`, and pages named anywhere, that lead nowhere. */
export function checkLinks(repository: Repository): Problem[] {
  const folders = listFolders(repository);
  const exists = (target: string) => repository.has(target) || folders.has(target) || MADE.test(target);
  const problems: Problem[] = [];
  const pages = new Set([...repository.keys()].map((file) => path.posix.basename(file)));
  for (const [file, source] of repository) {
    if (!/\.(md|ts|ya?ml|sh|tpl|txt)$|(^|\/)(Makefile|Containerfile|run)$/.test(file)) continue;
    for (const match of source.matchAll(/(?<![\w/.-])[A-Z][A-Z_]+\.md\b/g)) {
      if (pages.has(match[0])) continue;
      problems.push({ file, line: lineAt(source, match.index), text: `${match[0]} is not in the tree` });
    }
    if (!file.endsWith('.md')) continue;
    const text = blankFences(source);
    for (const match of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const fault = findLinkFault(file, match[1] ?? '', repository, exists);
      if (fault) problems.push({ file, line: lineAt(text, match.index), text: fault });
    }
    for (const match of text.matchAll(/`([^`\s]+)`/g)) {
      const named = (match[1] ?? '').replace(/\/$/, '');
      if (!TOP_FOLDERS.test(named) || /[<>*{}$]/.test(named) || exists(named)) continue;
      problems.push({ file, line: lineAt(text, match.index), text: `\`${named}\` is not in the tree` });
    }
  }
  return problems;
}

function findLinkFault(
  file: string,
  link: string,
  repository: Repository,
  exists: (target: string) => boolean,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  const [relative = '', anchor] = link.split('#');
  const target = relative
    ? path.posix.join(path.posix.dirname(file), decodeURI(relative)).replace(/\/$/, '')
    : file;
  if (!exists(target)) return `${link} leads nowhere: no ${target}`;
  const text = repository.get(target);
  if (anchor && text !== undefined && !listAnchors(text).has(anchor)) return `${link}: no such heading`;
  return undefined;
}

function listFolders(repository: Repository): ReadonlySet<string> {
  const folders = new Set<string>(['.']);
  for (const file of repository.keys()) {
    for (let at = path.posix.dirname(file); at !== '.'; at = path.posix.dirname(at)) folders.add(at);
  }
  return folders;
}

/** The anchors that GitHub gives the headings of a page. */
function listAnchors(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const match of blankFences(text).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const words = (match[1] ?? '').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
    anchors.add(words.replace(/\s/g, '-'));
  }
  return anchors;
}

/** Code blocks hold commands, not links. Lines stay where they are. */
function blankFences(text: string): string {
  return text.replace(/^( *)(```|~~~)[\s\S]*?^ *\2/gm, (block) => block.replace(/[^\n]/g, ' '));
}
