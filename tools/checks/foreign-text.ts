import { lineAt, type Problem, type Repository } from './repository.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly text: string;
  readonly files?: RegExp;
}

const RULES: readonly Rule[] = [
  {
    pattern: /(?<![\w.$}~/-])\/(work|home\/[a-z]\w*|Users\/\w+|tmp\/w)\//g,
    text: 'a path of one machine: make it relative, or take it from the environment',
  },
  {
    pattern: /"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)[^"]*"/g,
    text: 'a package of another registry: npm install with omit-lockfile-registry-resolved (.npmrc)',
    files: /(^|\/)package-lock\.json$/,
  },
  {
    pattern: /^[ \t]*(@[\w-]+:)?registry[ \t]*=.*$/gm,
    text: 'a registry of one machine: set it in your own ~/.npmrc',
    files: /(^|\/)\.npmrc$/,
  },
  {
    pattern: /\bGOPROXY=(?!https:\/\/proxy\.golang\.org\b|off\b|direct\b|\$)\S+/g,
    text: 'a module proxy of one machine: leave GOPROXY to the environment',
  },
];

/** What belongs to one machine and not to the project. */
export function checkForeignText(repository: Repository): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of repository) {
    for (const rule of RULES) {
      if (rule.files && !rule.files.test(file)) continue;
      for (const match of text.matchAll(rule.pattern)) {
        problems.push({ file, line: lineAt(text, match.index), text: `${match[0].trim()}: ${rule.text}` });
      }
    }
  }
  return problems;
}
